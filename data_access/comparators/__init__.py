"""Published figures to compare with: the Department for Education's files, read as they are and kept beside the reporting database."""

from data_access.comparators.places import Places, named_alike, places
from data_access.comparators.reading import SCHEMA, ReadFile, read_file
from data_access.comparators.series import LOCAL_AUTHORITY, NATIONAL, NEIGHBOURS, REGIONAL, SERIES, SYMBOLS, Series
from data_access.comparators.store import (
    ATTRIBUTION,
    LICENCE,
    ComparatorProblems,
    ComparatorsUnavailable,
    identity,
    load_files,
    loaded,
    published,
)

__all__ = [
    "ATTRIBUTION", "LICENCE", "LOCAL_AUTHORITY", "NATIONAL", "NEIGHBOURS", "REGIONAL", "SCHEMA", "SERIES", "SYMBOLS",
    "ComparatorProblems", "ComparatorsUnavailable", "Places", "ReadFile", "Series", "identity", "load_files", "loaded", "named_alike",
    "places", "published", "read_file",
]
