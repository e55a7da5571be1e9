"""What an SSDA903 return says, written as a Standard Safeguarding Dataset would hold it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

Row = dict[str, object]
Return = Mapping[str, str | None]
"""A row of a return by its columns; dates are ISO text."""


def following(day: str) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()


def of_episodes(rows: Iterable[Return]) -> dict[str, list[Row]]:
    """Episodes, their placements and their legal statuses.

    A child's touching episodes share a legal status as long as LS stays the same, and a placement as long as only LS changes (RNE L).
    """
    numbers = count(1)
    episodes: list[Row] = []
    placements: list[Row] = []
    statuses: list[Row] = []
    before: Return = {}
    for row in sorted(rows, key=lambda each: (str(each["CHILD"]), str(each["DECOM"]))):
        touches = before.get("CHILD") == row["CHILD"] and before.get("DEC") == row["DECOM"]
        same = all(before.get(name) == row[name] for name in ("PLACE", "PLACE_PROVIDER"))
        if not (touches and row["RNE"] == "L" and same and not before["REASON_PLACE_CHANGE"]):
            placements.append({
                "clap_cla_placement_id": f"p{next(numbers)}", "clap_person_id": row["CHILD"], "clap_cla_placement_type": row["PLACE"],
                "clap_cla_placement_provider": row["PLACE_PROVIDER"], "clap_cla_placement_start_date": row["DECOM"],
            })
        # A status of no days would be in force on none; an episode of no days has one all the same.
        ends = following(str(row["DEC"])) if row["DEC"] == row["DECOM"] else row["DEC"]
        if touches and before["LS"] == row["LS"]:
            statuses[-1]["lega_legal_status_end_date"] = ends
        else:
            statuses.append({
                "lega_legal_status_id": f"l{next(numbers)}", "lega_person_id": row["CHILD"], "lega_legal_status": row["LS"],
                "lega_legal_status_start_date": row["DECOM"], "lega_legal_status_end_date": ends,
            })
        placements[-1] |= {
            "clap_cla_placement_end_date": row["DEC"], "clap_cla_placement_change_reason": row["REASON_PLACE_CHANGE"],
        }
        episodes.append({
            "clae_cla_episode_id": f"e{next(numbers)}", "clae_person_id": row["CHILD"], "clae_cla_episode_start_date": row["DECOM"],
            "clae_cla_episode_start_reason": row["RNE"], "clae_cla_episode_ceased_date": row["DEC"],
            "clae_cla_episode_ceased_reason": row["REC"], "clae_cla_placement_id": placements[-1]["clap_cla_placement_id"],
        })
        before = row
    return {"ssd_cla_episodes": episodes, "ssd_cla_placement": placements, "ssd_legal_status": statuses}


def of_header(rows: Iterable[Return]) -> list[Row]:
    sexes = {"1": "M", "2": "F"}
    return [
        {
            "pers_person_id": row["CHILD"], "pers_sex": sexes.get(str(row["SEX"]), row["SEX"]), "pers_dob": row["DOB"],
            "pers_ethnicity": row["ETHNIC"],
        }
        for row in rows
    ]


def of_uasc(rows: Iterable[Return]) -> list[Row]:
    return [
        {
            "immi_immigration_status_id": f"i{number}", "immi_person_id": row["CHILD"], "immi_immigration_status": "UASC",
            "immi_immigration_status_end_date": row["DUC"],
        }
        for number, row in enumerate(rows)
    ]


def of_scores(rows: Iterable[tuple[Return, int]], as_at: str) -> list[Row]:
    """OC2 rows with their collection years, on the day that a load gives them."""
    return [
        {
            "csdq_table_id": f"s{number}", "csdq_person_id": row["CHILD"], "csdq_sdq_completed_date": min(f"{year}-03-31", as_at),
            "csdq_sdq_score": row["SDQ_SCORE"] and int(row["SDQ_SCORE"]), "csdq_sdq_reason": row["SDQ_REASON"],
        }
        for number, (row, year) in enumerate(rows)
    ]


def of_previous_permanence(rows: Iterable[tuple[Return, int]]) -> list[Row]:
    """PrevPerm rows with their collection years. The dataset has no years: a child's several rows are told apart by their dates."""
    given = list(rows)
    several = {child for child, times in Counter(row["CHILD"] for row, _ in given).items() if times > 1}
    return [
        {
            "lapp_table_id": f"r{number}", "lapp_person_id": row["CHILD"], "lapp_previous_permanence_option": row["PREV_PERM"],
            "lapp_previous_permanence_order_date": f"01/04/{year - 1}" if row["CHILD"] in several else row["DATE_PERM"],
            "lapp_previous_permanence_la": row["LA_PERM"],
        }
        for number, (row, year) in enumerate(given)
    ]


def of_disabled(rows: Sequence[Mapping[str, str]]) -> list[Row]:
    codes = {"0": "NONE", "1": "LD"}
    return [
        {"disa_table_id": f"d{number}", "disa_person_id": row["child_id"], "disa_disability_code": codes[row["disabled"]]}
        for number, row in enumerate(rows) if row["disabled"] in codes
    ]
