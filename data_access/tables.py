"""The reporting database: what a load fills, and what a warehouse that fills it itself must provide.

All intervals are half-open: `start_date` is in, `end_date` is out, an empty `end_date` still runs.
Flags are 0, 1 or null (not recorded). `child_id` is a local pseudonym.
"""

from __future__ import annotations

import sqlalchemy as sa

from config.code_lists import ASSESSMENT_FACTORS, EDUCATION_PLAN_PARTS

metadata = sa.MetaData()

# 'Greatest' among names and ids means code point order, which a PostgreSQL locale would change.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _child_id() -> sa.Column[str]:
    return sa.Column("child_id", TEXT, nullable=False)


def _flags(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.SmallInteger) for name in names]


child = sa.Table(
    "child", metadata,
    _child_id(),
    sa.Column("sex", TEXT, comment="M, F or U"),
    sa.Column("date_of_birth", sa.Date),
    sa.Column("ethnicity", TEXT, comment="SSDA903 ETHNIC code"),
    *_flags("disabled", "mental_health_problem"),
    sa.Column("origin", TEXT, comment="uk or overseas"),
    sa.Column("unaccompanied", sa.SmallInteger, comment="unaccompanied asylum-seeking child"),
    sa.Column("unaccompanied_until", sa.Date, comment="from this day on no longer (DUC)"),
    sa.Column("team", TEXT),
    sa.Column(
        "record_key", sa.BigInteger,
        comment="a random whole number below 2 to the power of 40 that stays with the child: what rounding in the protected view follows",
    ),
    comment="One row a child.",
)

attachment_need = sa.Table(
    "attachment_need", metadata,
    _child_id(),
    sa.Column("status", TEXT, nullable=False, comment="possible, at_risk or confirmed"),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("end_date", sa.Date),
    comment="When a child may have, is at risk of or has attachment difficulties.",
)

care_arrangement = sa.Table(
    "care_arrangement", metadata,
    _child_id(),
    sa.Column("care_status", TEXT, nullable=False),
    sa.Column("placement", TEXT, comment="kind of placement; null is not recorded"),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("end_date", sa.Date),
    comment="One row an arrangement: an SSDA903 episode, the time after adoption or special guardianship, or a local row.",
)

placement = sa.Table(
    "placement", metadata,
    _child_id(),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("end_date", sa.Date),
    sa.Column("ended_by_breakdown", sa.SmallInteger, nullable=False),
    sa.Column("provider", TEXT),
    comment="One row a placement in care: a run of episodes with the same carer.",
)

care_start = sa.Table(
    "care_start", metadata,
    _child_id(),
    sa.Column("start_date", sa.Date, nullable=False),
    comment="One row each time a child came into care (RNE S with a legal status in care).",
)

previous_permanence = sa.Table(
    "previous_permanence", metadata,
    _child_id(),
    sa.Column("collection_year", sa.Integer, nullable=False, comment="the calendar year in which the year ends"),
    sa.Column("previous_permanence", TEXT, comment="P1 to P4 or Z1; null is missing"),
    comment="The return's permanence arrangement before this care, once for each child and collection year.",
)

assessment = sa.Table(
    "assessment", metadata,
    sa.Column("assessment_id", TEXT, nullable=False),
    _child_id(),
    sa.Column("completed_date", sa.Date, nullable=False),
    *_flags(*ASSESSMENT_FACTORS),
    comment="One row a comprehensive assessment, with the factors of NICE NG26 1.3.2 that it covered.",
)

programme = sa.Table(
    "programme", metadata,
    sa.Column("programme_id", TEXT, nullable=False),
    _child_id(),
    sa.Column("programme", TEXT, nullable=False, comment="video_feedback, parental_sensitivity or other"),
    sa.Column("offered_date", sa.Date),
    sa.Column("start_date", sa.Date, comment="empty until it starts"),
    sa.Column("end_date", sa.Date),
    sa.Column("provider", TEXT),
    comment="One row a programme offered.",
)

programme_session = sa.Table(
    "programme_session", metadata,
    sa.Column("programme_id", TEXT, nullable=False),
    sa.Column("session_date", sa.Date, nullable=False),
    sa.Column("minutes", sa.Double),
    sa.Column("filmed_minutes", sa.Double),
    *_flags("watched_together"),
    comment="One row a session delivered.",
)

outcome_score = sa.Table(
    "outcome_score", metadata,
    _child_id(),
    sa.Column("domain", TEXT, nullable=False, comment="social_emotional or parental_sensitivity"),
    sa.Column("instrument", TEXT, nullable=False, comment="SDQ total difficulties is sdq_total"),
    sa.Column("score_date", sa.Date, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    comment="One row a score: local ones, and the SDQ of the SSDA903 return.",
)

education_plan = sa.Table(
    "education_plan", metadata,
    sa.Column("plan_id", TEXT, nullable=False, comment="an empty text where a plan has none: the least"),
    _child_id(),
    sa.Column("completed_date", sa.Date, nullable=False),
    *_flags(*EDUCATION_PLAN_PARTS),
    comment="One row each new or reviewed education plan.",
)

attendance = sa.Table(
    "attendance", metadata,
    _child_id(),
    sa.Column("session_date", sa.Date, nullable=False),
    sa.Column("session", TEXT, nullable=False, comment="AM or PM"),
    sa.Column("mark", TEXT, nullable=False, comment="DfE attendance code, upper case"),
    comment="One row a half-day session.",
)

attendance_summary = sa.Table(
    "attendance_summary", metadata,
    _child_id(),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("end_date", sa.Date, nullable=False),
    sa.Column("possible_sessions", sa.Integer, nullable=False),
    sa.Column("attended_sessions", sa.Integer, nullable=False),
    comment="One row a child and half-term, month or week for which attendance is known only as totals, and no marks.",
)

exclusion = sa.Table(
    "exclusion", metadata,
    _child_id(),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("category", TEXT, nullable=False, comment="SUSP or PERM"),
    comment="One row a suspension or permanent exclusion.",
)

carer = sa.Table(
    "carer", metadata,
    sa.Column("carer_id", TEXT, nullable=False),
    _child_id(),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("end_date", sa.Date),
    comment="Which carer looks after which child, and when.",
)

carer_training = sa.Table(
    "carer_training", metadata,
    sa.Column("child_id", TEXT, comment="the child, where the training is known by child; else carer_id"),
    sa.Column("carer_id", TEXT, comment="the carer, where the training is known by carer; else child_id"),
    sa.Column("carer_type", TEXT),
    sa.Column("programme", TEXT),
    sa.Column("completed_date", sa.Date, nullable=False),
    sa.Column("age_group", TEXT),
    comment="One row a training completed, by a child's carer or by a carer who looks after children.",
)

period = sa.Table(
    "period", metadata,
    sa.Column("grain", TEXT, nullable=False, comment="month, quarter, term or year"),
    sa.Column("label", TEXT, nullable=False),
    sa.Column("start_date", sa.Date, nullable=False),
    sa.Column("last_date", sa.Date, nullable=False, comment="the last day of the period, included"),
    comment="The periods of every grain, so that no query needs a dialect's calendar.",
)

provided_table = sa.Table(
    "provided_table", metadata,
    sa.Column("name", TEXT, nullable=False, comment="a source table's name in the data dictionary, or one of docs/database.md"),
    comment="Which source tables were provided. A table that is provided and empty is a fact; one that is not is 'no data'.",
)

coverage = sa.Table(
    "coverage", metadata,
    sa.Column("name", TEXT, nullable=False, comment="what is covered: a name of config/coverage.toml"),
    sa.Column("authority", TEXT, comment="whose data; empty where the data is that of one authority"),
    sa.Column("start_date", sa.Date, comment="empty: from the beginning"),
    sa.Column("end_date", sa.Date, comment="the day after the last one covered; empty: without end"),
    comment="What time the data covers, as merged half-open intervals. The table may be missing; it is then worked out.",
)

data_version = sa.Table(
    "data_version", metadata,
    sa.Column("version", TEXT, nullable=False, comment="changes whenever the contents do"),
    sa.Column("loaded_at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("as_at", sa.Date, nullable=False, comment="nothing after this day counts"),
    comment="One row: which data this is.",
)

made_up = sa.Table(
    "made_up", metadata,
    sa.Column("version", TEXT, nullable=False, comment="the version in data_version that is made up"),
    comment="Holds a row where the data is made up, as the demo's is. The table may be missing; the data is then real.",
)

child_authority = sa.Table(
    "child_authority", metadata,
    _child_id(),
    sa.Column("authority", TEXT, nullable=False, comment="the name of the child's authority"),
    sa.Column("region", TEXT, comment="that authority's region"),
    comment="Whose each child is, where the data of several authorities is together. For one authority empty, or missing.",
)

authority_source = sa.Table(
    "authority_source", metadata,
    sa.Column("authority", TEXT, nullable=False),
    sa.Column("name", TEXT, nullable=False, comment="a source table's name in the data dictionary"),
    comment="Which source tables each of several authorities provided. A measure leaves out an authority that lacks one it needs.",
)

load_file = sa.Table(
    "load_file", metadata,
    sa.Column("source", TEXT, nullable=False, comment="the folder or file named in the load"),
    sa.Column("file", TEXT, nullable=False),
    sa.Column("table_name", TEXT, nullable=False),
    sa.Column("collection_year", sa.Integer, comment="of an SSDA903 return"),
    sa.Column("rows_read", sa.Integer, nullable=False),
    sa.Column("rows_loaded", sa.Integer, nullable=False),
    sa.Column("rows_quarantined", sa.Integer, nullable=False),
    sa.Column("rows_set_aside", sa.Integer, nullable=False, comment="not wanted, as the description of the file says"),
    comment="What became of every file that the contents are from. Rows read are loaded, quarantined or set aside.",
)

value_set_aside = sa.Table(
    "value_set_aside", metadata,
    sa.Column("source", TEXT, nullable=False),
    sa.Column("file", TEXT, nullable=False),
    sa.Column("table_name", TEXT, nullable=False),
    sa.Column("reason", TEXT, nullable=False, comment="what is wrong with the value, which it names"),
    sa.Column("rows", sa.Integer, nullable=False, comment="that were loaded without it"),
    comment="Values without which rows were loaded. The table may be missing.",
)

quarantine = sa.Table(
    "quarantine", metadata,
    sa.Column("source", TEXT, nullable=False),
    sa.Column("file", TEXT, nullable=False),
    sa.Column("table_name", TEXT, nullable=False),
    sa.Column("line", sa.Integer, nullable=False, comment="1 is the header"),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("row", TEXT, nullable=False, comment="the row as it was read"),
    comment="Rows that were not loaded, and why.",
)

data_quality = sa.Table(
    "data_quality", metadata,
    sa.Column("finding", TEXT, nullable=False, comment="what was found, in words"),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("children", sa.Integer, nullable=False),
    comment="What was loaded as it is although something about it is odd.",
)

return_check = sa.Table(
    "return_check", metadata,
    sa.Column("rule", TEXT, nullable=False, comment="the Department for Education's number, or a name of ours where it has none"),
    sa.Column("finding", TEXT, nullable=False, comment="what the check finds, in words"),
    sa.Column("rows", sa.Integer, nullable=False, comment="0 when nothing was found"),
    sa.Column("children", sa.Integer, nullable=False),
    comment="Every check of the SSDA903 return that the last load could run, and what it found. The table may be missing.",
)

return_check_row = sa.Table(
    "return_check_row", metadata,
    sa.Column("rule", TEXT, nullable=False, comment="the check's, as in return_check"),
    _child_id(),
    sa.Column("start_date", sa.Date, comment="the episode's DECOM; empty where the row is no episode"),
    sa.Column("collection_year", sa.Integer, comment="of the return; the calendar year in which the year ends"),
    comment="The rows that a check of the return found, for those who put the return right. The table may be missing.",
)

kept_source = sa.Table(
    "kept_source", metadata,
    sa.Column("name", TEXT, nullable=False, comment="a source table's name in the data dictionary, or of a list of children"),
    sa.Column("collection_year", sa.Integer, comment="of a return"),
    sa.Column("place", sa.Integer, nullable=False, comment="in the order in which later ones replace earlier ones"),
    sa.Column("rows", TEXT, nullable=False, comment="the rows: Arrow, as base64"),
    comment="What was loaded of each source table, so that a later load can be put beside it. Without UPNs and postcodes.",
)

source_pair = sa.Table(
    "source_pair", metadata,
    sa.Column("present_in", TEXT, nullable=False, comment="a source table's name in the data dictionary"),
    sa.Column("absent_from", TEXT, nullable=False, comment="another's"),
    sa.Column("children", sa.Integer, nullable=False, comment="who are in the one and not in the other"),
    sa.Column("of_children", sa.Integer, nullable=False, comment="who are in the one"),
    comment="Children in one source table and not in another. The table may be missing.",
)

load_history = sa.Table(
    "load_history", metadata,
    sa.Column("load_id", TEXT, nullable=False, comment="one for each time that the contents were replaced"),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("who", TEXT, nullable=False, comment="the person; on the command line, the user"),
    sa.Column("what", TEXT, nullable=False, comment="load; add: beside what was there; or back: back to an earlier load"),
    sa.Column("contents_of", TEXT, nullable=False, comment="the load whose contents these are; for a load its own load_id"),
    sa.Column("version", TEXT, nullable=False, comment="as in data_version"),
    sa.Column("as_at", sa.Date, nullable=False),
    sa.Column("rows_read", sa.Integer, nullable=False),
    sa.Column("rows_quarantined", sa.Integer, nullable=False),
    comment="Every load and every going back, the last one being what the database holds. The table may be missing.",
)

NEEDED_BY_MEASURES = (
    child, attachment_need, care_arrangement, placement, care_start, previous_permanence, assessment, programme,
    programme_session, outcome_score, education_plan, attendance, attendance_summary, exclusion, carer, carer_training, period,
    provided_table, data_version,
)
"""What a warehouse that fills the database itself must provide; the other tables belong to `qs133 load`."""
