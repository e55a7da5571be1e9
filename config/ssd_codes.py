"""The codes in the coded columns of a Standard Safeguarding Dataset, and what an authority's own words in them stand for.

Source of the columns and their code sets: Data to Insight, ssd-data-model, version 1.4.5. The code sets are those of the Department
for Education's SSDA903 collection, and the CIN census's for disability.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from config import code_lists as codes
from config.toml_file import ConfigError, config_folder, line_of, read_toml

FILE = "ssd_codes.toml"

NO_DISABILITY = "NONE"
DISABILITIES = ("MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
UNACCOMPANIED = "UASC"

SSD_CODES: Mapping[str, tuple[str, ...]] = {
    "pers_sex": ("M", "F", "U"),
    "pers_ethnicity": codes.ETHNICITIES,
    "clae_cla_episode_start_reason": codes.RNE,
    "clae_cla_episode_ceased_reason": codes.REC,
    "clap_cla_placement_type": tuple(codes.PLACEMENT),
    "clap_cla_placement_change_reason": codes.REASON_PLACE_CHANGE,
    "lega_legal_status": tuple(codes.LEGAL_STATUS),
    "immi_immigration_status": (UNACCOMPANIED,),
    "disa_disability_code": (NO_DISABILITY, *DISABILITIES),
    "lapp_previous_permanence_option": codes.PREVIOUS_PERMANENCE,
}
"""The codes that each coded column may hold, of every collection year, because a dataset holds several years."""


@functools.cache
def local_words() -> Mapping[str, Mapping[str, str]]:
    """The words of `ssd_codes.toml` and their codes, by column; a column without any is empty.

    Raises ConfigError, naming the line, for an unknown column or code.
    """
    path = config_folder() / FILE
    words: dict[str, dict[str, str]] = {column: {} for column in SSD_CODES}
    if not path.exists():
        return words
    for column, meanings in read_toml(path).items():
        line = line_of(path, rf"^\s*\[?\s*{re.escape(column)}")
        at = f"{path.name}, line {line}"
        if column not in SSD_CODES or not isinstance(meanings, dict):
            raise ConfigError(f"{at}: {column} is no coded column of the dataset. The columns are {', '.join(SSD_CODES)}.")
        for text, code in meanings.items():
            if code not in SSD_CODES[column]:
                raise ConfigError(f"{at}: {text!r} can't stand for {code!r}, which is no code of {column}. Give one of its codes.")
            words[column][text.strip()] = code
    return words
