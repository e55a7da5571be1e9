"""The limits of data quality and how loads are kept, read once from `data_quality.toml`."""

from __future__ import annotations

import functools
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from config.toml_file import read_model

Percent = Annotated[float, Field(gt=0, le=100)]


class GapLimits(BaseModel):
    """Days without a row from which a table has a gap."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    attendance: int = Field(gt=0)
    assessments: int = Field(gt=0)
    programmes: int = Field(gt=0)
    programme_sessions: int = Field(gt=0)
    education_plans: int = Field(gt=0)
    exclusions: int = Field(gt=0)
    carer_training: int = Field(gt=0)
    sdq_scores: int = Field(gt=0)


class DataQuality(BaseModel):
    """Every limit with its unit in its name; the TOML file says what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    loads_kept: int = Field(ge=0)
    upload_megabytes: int = Field(gt=0)
    quarantined_percent: Percent
    not_recorded_percent: Percent
    return_check_percent: Percent
    disagreement_percent: Percent
    children_with_marks_percent: Percent
    months_without_school: list[Annotated[int, Field(ge=1, le=12)]]
    months_looked_at: int = Field(gt=0)
    days_without_rows: GapLimits


@functools.cache
def data_quality() -> DataQuality:
    """The limits of `data_quality.toml`.

    Raises ConfigError, naming the line, for a setting that is missing, unknown, of the wrong type or out of its range.
    """
    return read_model("data_quality.toml", DataQuality)
