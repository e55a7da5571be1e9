"""QS133 statement 4: training, education and support for carers. Source: NICE QS133 (2016), NG26 recommendations 1.4 and 1.5."""

from config.local_choices import local_choices
from metrics.measures import statement_2
from metrics.measures.derived import only
from metrics.measures.kinds import Better, Evidence, Needed, Proportion, Rate, Rows, Statement, Total
from metrics.units import CARE_STARTS
from metrics.units import CHILDREN_CONFIRMED as CHILDREN
from metrics.units.dates import days_between

choices = local_choices()
_ages = f"aged {choices.carer_training_age_from} to {choices.carer_training_age_to}"
_breakdown_note = (
    f"A placement broke down when its last episode ended for one of the return's reasons {', '.join(choices.breakdown_reasons)}, or a "
    "local record says so; there is no official rate to compare with. It lasted at least a day, and its last day was in the period and "
    "on a day on which the child had attachment difficulties."
)

STATEMENT = Statement(
    number=4,
    title="Training and support for carers",
    words="Health and social care provider organisations provide training, education and support programmes for carers of school-age "
    "children and young people with attachment difficulties.",
    why=(
        "Carers who understand what a child's behaviour is saying stay with the child through it. Placements last, and so do school "
        "places and friendships."
    ),
    structure=(
        Evidence(
            id="carer_programme_arrangements", label="structure a",
            words="Evidence of local arrangements to provide training, education and support programmes for carers of children and young "
            "people with attachment difficulties.",
        ),
        Evidence(
            id="carer_programmes_by_age", label="structure b",
            words="Evidence that training, education and support programmes for carers of children and young people with attachment "
            "difficulties are appropriate to the age of the child.",
        ),
    ),
)

carer_trained = Proportion(
    id="carer_trained",
    title="Children whose carer was trained",
    unit=CHILDREN,
    nice="Ours: NICE gives no process measure here",
    denominator=Rows(
        f"the number of children and young people with attachment difficulties, {_ages}, who live with foster carers, kinship foster "
        "carers, special guardians or adoptive parents",
        CHILDREN.c.age >= choices.carer_training_age_from, CHILDREN.c.age <= choices.carer_training_age_to,
        CHILDREN.c.placement.in_(("foster_carer", "kinship_foster_carer", "special_guardian", "adoptive_parents")),
    ),
    numerator=Rows(
        f"the number in the denominator whose carer completed training in the last {choices.carer_training_days} days",
        days_between(CHILDREN.c.carer_trained_on, CHILDREN.c.on_date) < choices.carer_training_days,
    ),
    needs=(Needed("carer_training", choices.carer_training_days), Needed("arrangements"), Needed("carers")),
    better=Better.HIGHER,
    counted=(
        f"A training recorded for the child's carer and completed in the {choices.carer_training_days} days that end on the last day of "
        "the period on which the child was in scope. Children without a birth date are left out."
    ),
    why="Training fades; two years is what most fostering services renew by.",
    memory_days=choices.carer_training_days,
)

carer_trained_before_placement = Proportion(
    id="carer_trained_before_placement",
    title="Children whose carer was trained before they moved in",
    unit=CHILDREN,
    nice="Ours: NICE's 'before and during the placement'",
    denominator=carer_trained.denominator,
    numerator=Rows(
        "the number in the denominator whose carer's training was completed before the placement began",
        days_between(CHILDREN.c.carer_trained_before_placement_on, CHILDREN.c.on_date) < choices.carer_training_days,
    ),
    needs=carer_trained.needs,
    better=Better.HIGHER,
    counted=f"{carer_trained.counted} The training was completed before the day the present placement began.",
    why="The first weeks of a placement are the hardest, and come before most courses.",
    memory_days=choices.carer_training_days,
)

placement_breakdown = Proportion(
    id="placement_breakdown",
    title="Children whose placement broke down",
    unit=CHILDREN,
    nice="Outcome a: placement stability",
    denominator=Rows(
        "the number of children and young people with attachment difficulties in a placement in care", CHILDREN.c.days_in_care > 0,
    ),
    numerator=Rows("the number in the denominator who had a placement that broke down", CHILDREN.c.placements_broken_down > 0),
    needs=(Needed("arrangements"),),
    better=Better.LOWER,
    counted=_breakdown_note,
    why="Each breakdown teaches a child that people leave.",
    grows=True,
)

placement_breakdown_rate = Rate(
    id="placement_breakdown_rate",
    title="Placement breakdowns for every 1,000 placement days",
    unit=CHILDREN,
    nice="Outcome a: placement stability",
    denominator=placement_breakdown.denominator,
    events=Total("placements that broke down", CHILDREN.c.placements_broken_down),
    exposure=Total("days in a placement in care", CHILDREN.c.days_in_care),
    per=1000,
    per_words="for every 1,000 placement days",
    needs=placement_breakdown.needs,
    better=Better.LOWER,
    counted=f"{_breakdown_note} Placement days are days on which the child was in scope and in a placement in care, each day once.",
    why="Counting days lets a small month stand beside a large one.",
)

three_or_more_placements = Proportion(
    id="three_or_more_placements",
    title="Children with three or more placements in a year",
    unit=CHILDREN,
    nice="Outcome a: placement stability, as the Department for Education measures it",
    denominator=Rows(
        "the number of children and young people with attachment difficulties who are in care on the last day of the period",
        CHILDREN.c.in_scope_on_last_day == 1, CHILDREN.c.in_care == 1,
    ),
    numerator=Rows(
        f"the number in the denominator with {choices.placement_moves_count} or more placements in {choices.placement_moves_days} days",
        CHILDREN.c.placements_in_last_year >= choices.placement_moves_count,
    ),
    needs=(Needed("arrangements", choices.placement_moves_days - 1, from_last=True),),
    better=Better.LOWER,
    counted=(
        f"Placements with a day in the {choices.placement_moves_days} days that end on the last day of the period. Only children who were "
        "in scope and in care on that day count. Going away for a while (hospital, holiday, missing) and coming back to the same carer is "
        "one placement."
    ),
    why="It is the stability measure that authorities are compared on.",
    memory_days=choices.placement_moves_days,
)

return_after_permanence = Proportion(
    id="return_after_permanence",
    title="Children who came into care after a permanent home broke down",
    unit=CARE_STARTS,
    nice="Outcome a: placement stability, after adoption or special guardianship",
    denominator=Rows(
        "the number of children who came into care and were at risk of or had attachment difficulties within "
        f"{choices.return_to_care_days} days"
    ),
    numerator=Rows(
        "the number in the denominator who had left care before to adoption, special guardianship, a residence order or a child "
        "arrangements order",
        CARE_STARTS.c.returned_after_permanence == 1,
    ),
    needs=(Needed("arrangements"), Needed("prev_perm")),
    better=Better.LOWER,
    counted=(
        "A child counts once a period, in the groups of the first start. The return's PREV_PERM is P1, P2 or P3; 'unknown' (P4) and "
        "missing count in the denominator only."
    ),
    why="A permanent home that ends is the outcome carers' support is there to prevent.",
)

_in_care = ("who are in care", CHILDREN.c.in_care == 1, Needed("arrangements"))
_outcome_b, _outcome_c = "Outcome b: school attendance", "Outcome c: exclusions from school"

attendance_in_care = only(
    statement_2.attendance, *_in_care, id="attendance_in_care", title="School sessions attended by children in care", nice=_outcome_b,
)
persistent_absence_in_care = only(
    statement_2.persistent_absence, *_in_care,
    id="persistent_absence_in_care", title="Children in care who are persistently absent", nice=_outcome_b,
)
suspended_in_care = only(
    statement_2.suspended, *_in_care, id="suspended_in_care", title="Children in care who were suspended", nice=_outcome_c,
)
suspension_rate_in_care = only(
    statement_2.suspension_rate, *_in_care,
    id="suspension_rate_in_care", title="Suspensions for every 100 children in care", nice=_outcome_c,
)
permanent_exclusion_rate_in_care = only(
    statement_2.permanent_exclusion_rate, *_in_care,
    id="permanent_exclusion_rate_in_care", title="Permanent exclusions for every 100 children in care", nice=_outcome_c,
)
