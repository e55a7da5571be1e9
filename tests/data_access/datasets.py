"""Standard Safeguarding Datasets for the tests: the model's tables in a real database, with every column that version 1.4.5 has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]

DAYS = {
    "pers_dob", "pers_expected_dob", "pers_death_date", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date",
    "clae_cla_last_iro_contact_date", "clae_entered_care_date", "clap_cla_placement_start_date", "clap_cla_placement_end_date",
    "lega_legal_status_start_date", "lega_legal_status_end_date", "immi_immigration_status_start_date",
    "immi_immigration_status_end_date", "csdq_sdq_completed_date",
}
COLUMNS = {
    "ssd_person": "pers_legacy_id pers_person_id pers_upn pers_forename pers_surname pers_sex pers_gender pers_ethnicity pers_dob "
    "pers_single_unique_id pers_upn_unknown pers_send_flag pers_expected_dob pers_death_date pers_is_mother pers_nationality",
    "ssd_cla_episodes": "clae_cla_episode_id clae_person_id clae_cla_placement_id clae_cla_episode_start_date "
    "clae_cla_episode_start_reason clae_cla_primary_need_code clae_cla_episode_ceased_date clae_cla_episode_ceased_reason clae_cla_id "
    "clae_referral_id clae_cla_last_iro_contact_date clae_entered_care_date",
    "ssd_cla_placement": "clap_cla_placement_id clap_cla_id clap_person_id clap_cla_placement_start_date clap_cla_placement_type "
    "clap_cla_placement_urn clap_cla_placement_distance clap_cla_placement_provider clap_cla_placement_postcode "
    "clap_cla_placement_end_date clap_cla_placement_change_reason",
    "ssd_legal_status": "lega_legal_status_id lega_person_id lega_legal_status lega_legal_status_start_date lega_legal_status_end_date",
    "ssd_immigration_status": "immi_immigration_status_id immi_person_id immi_immigration_status_start_date "
    "immi_immigration_status_end_date immi_immigration_status",
    "ssd_disability": "disa_table_id disa_person_id disa_disability_code",
    "ssd_sdq_scores": "csdq_table_id csdq_person_id csdq_sdq_completed_date csdq_sdq_score csdq_sdq_reason",
    "ssd_cla_previous_permanence": "lapp_table_id lapp_person_id lapp_previous_permanence_option lapp_previous_permanence_la "
    "lapp_previous_permanence_order_date",
}
DEFAULTS: dict[str, Row] = {
    "ssd_person": {
        "pers_person_id": "1", "pers_sex": "F", "pers_ethnicity": "WBRI", "pers_dob": "2015-01-02", "pers_forename": "Forename",
        "pers_surname": "Surname", "pers_upn": "A123456789012", "pers_single_unique_id": "9434765919",
    },
    "ssd_cla_episodes": {
        "clae_cla_episode_id": "e1", "clae_person_id": "1", "clae_cla_placement_id": "p1", "clae_cla_episode_start_date": "2025-05-01",
        "clae_cla_episode_start_reason": "S",
    },
    "ssd_cla_placement": {
        "clap_cla_placement_id": "p1", "clap_person_id": "1", "clap_cla_placement_type": "U4", "clap_cla_placement_provider": "PR1",
        "clap_cla_placement_postcode": "AB1 2CD",
    },
    "ssd_legal_status": {
        "lega_legal_status_id": "l1", "lega_person_id": "1", "lega_legal_status": "C2", "lega_legal_status_start_date": "2025-05-01",
    },
    "ssd_immigration_status": {"immi_immigration_status_id": "i1", "immi_person_id": "1", "immi_immigration_status": "UASC"},
    "ssd_disability": {"disa_table_id": "d1", "disa_person_id": "1", "disa_disability_code": "NONE"},
    "ssd_sdq_scores": {"csdq_table_id": "s1", "csdq_person_id": "1", "csdq_sdq_completed_date": "2025-06-01", "csdq_sdq_score": 12},
    "ssd_cla_previous_permanence": {"lapp_table_id": "r1", "lapp_person_id": "1", "lapp_previous_permanence_option": "Z1"},
}
"""A good row of each table."""


def dataset(url: str, rows: Rows | None = None, *, schema: str | None = None) -> str:
    """Makes a dataset in a database and gives its address.

    Each table holds the given rows, each a good row changed as it says; a table of which nothing is given is empty. Days are given as
    ISO text, with a time or without.
    """
    writer = sa.create_engine(url, poolclass=NullPool)
    metadata = sa.MetaData(schema=schema)
    tables = {
        name: sa.Table(name, metadata, *(sa.Column(column, _kind(column)) for column in columns.split()))
        for name, columns in COLUMNS.items()
    }
    with writer.begin() as connection:
        if schema:
            connection.execute(sa.schema.CreateSchema(schema))
        metadata.create_all(connection)
        for name, given in (rows or {}).items():
            if given:
                values = [_typed({**dict.fromkeys(COLUMNS[name].split()), **DEFAULTS[name], **row}) for row in given]
                connection.execute(sa.insert(tables[name]), values)
    writer.dispose()
    return f"{url}{'&' if '?' in url else '?'}schema={schema}" if schema else url


def _kind(column: str) -> sa.types.TypeEngine[object]:
    if column in DAYS:
        return sa.DateTime()
    return {"csdq_sdq_score": sa.Integer(), "clap_cla_placement_distance": sa.Double()}.get(column, sa.String(255))


def _typed(row: Row) -> dict[str, object]:
    return {
        column: datetime.datetime.fromisoformat(value) if column in DAYS and isinstance(value, str) else value
        for column, value in row.items()
    }
