"""QS133 statement 2: education plan. Source: NICE QS133 (2016), NG26 recommendations 1.2.1 to 1.2.3."""

import sqlalchemy as sa

from config.code_lists import EDUCATION_PLAN_PARTS
from config.local_choices import local_choices
from metrics.measures.kinds import NO_END, Better, Evidence, Needed, Proportion, Rate, RatioOfTotals, Rows, Statement, Total
from metrics.units import CHILDREN_CONFIRMED as CHILDREN
from metrics.units.dates import days_between

choices = local_choices()
_old_enough = (CHILDREN.c.age >= choices.education_plan_minimum_age,) if choices.education_plan_minimum_age else ()
_age_note = (
    f"Children younger than {choices.education_plan_minimum_age} or without a birth date are left out."
    if choices.education_plan_minimum_age else "Children of every age count, as NICE sets no age."
)
_school_age = (CHILDREN.c.age >= choices.exclusion_age_from, CHILDREN.c.age <= choices.exclusion_age_to)
_ages = f"aged {choices.exclusion_age_from} to {choices.exclusion_age_to}"

STATEMENT = Statement(
    number=2,
    title="Education plan",
    words="Children and young people with attachment difficulties have an up-to-date education plan setting out how they will be supported "
    "in school.",
    why=(
        "School is where most children with attachment difficulties are seen every day. A plan that says who helps, how, and where the "
        "child can go when it is too much keeps them in class and learning."
    ),
    structure=(Evidence(
        id="education_plan_arrangements",
        words="Evidence of local arrangements to develop education plans for all children and young people with attachment difficulties "
        "that set out how they will be supported in school.",
    ),),
)

education_plan = Proportion(
    id="education_plan",
    title="Children with an education plan",
    unit=CHILDREN,
    nice="NICE process measure",
    denominator=Rows("the number of children and young people with attachment difficulties", *_old_enough),
    numerator=Rows(
        "the number in the denominator with an education plan setting out how they will be supported in school",
        CHILDREN.c.plan_completed_on.is_not(None),
    ),
    needs=(Needed("education_plans", choices.education_plan_up_to_date_days),),
    better=Better.HIGHER,
    counted=f"A plan completed on any day up to the last day of the period on which the child was in scope. {_age_note}",
    why="Without a plan, what a child gets in school depends on who happens to teach them.",
    memory_days=NO_END,
)

education_plan_up_to_date = Proportion(
    id="education_plan_up_to_date",
    title="Children whose education plan is up to date",
    unit=CHILDREN,
    nice="Ours: the statement's own word, 'up-to-date'",
    denominator=education_plan.denominator,
    numerator=Rows(
        f"the number in the denominator with a plan completed or reviewed in the last {choices.education_plan_up_to_date_days} days",
        days_between(CHILDREN.c.plan_completed_on, CHILDREN.c.on_date) < choices.education_plan_up_to_date_days,
    ),
    needs=education_plan.needs,
    better=Better.HIGHER,
    counted=(
        f"The {choices.education_plan_up_to_date_days} days end on the last day of the period on which the child was in scope, that day "
        f"included. {_age_note}"
    ),
    why="Children change schools, carers and needs; a plan from last year describes another child.",
    memory_days=choices.education_plan_up_to_date_days,
)

education_plan_complete = Proportion(
    id="education_plan_complete",
    title="Education plans with everything NICE asks for",
    unit=CHILDREN,
    nice="Ours: the contents in NICE's definition",
    denominator=Rows(
        "the number of children and young people with attachment difficulties who have an education plan",
        CHILDREN.c.plan_completed_on.is_not(None), *_old_enough,
    ),
    numerator=Rows(
        "the number in the denominator whose latest plan has all four parts", CHILDREN.c.plan_parts == len(EDUCATION_PLAN_PARTS),
    ),
    needs=education_plan.needs,
    better=Better.HIGHER,
    counted=(
        "The four parts are details of support, contacts, a key person and a safe place. The latest plan counts; of two completed on "
        f"one day, the one with the greater number. {_age_note}"
    ),
    why="A plan without a key person or a safe place leaves the child alone on a bad day.",
    memory_days=NO_END,
)

attendance = RatioOfTotals(
    id="attendance",
    title="School sessions attended",
    unit=CHILDREN,
    nice="Outcome a: school attendance",
    denominator=Rows(
        "the possible half-day sessions of children and young people with attachment difficulties", CHILDREN.c.possible_sessions > 0,
    ),
    over=Total("the sessions among them that were attended", CHILDREN.c.attended_sessions),
    under=Total("the possible half-day sessions", CHILDREN.c.possible_sessions),
    needs=(Needed("attendance"),),
    better=Better.HIGHER,
    counted=(
        "Sessions on days on which the child had attachment difficulties, by the Department for Education's attendance codes. The interval "
        "treats each child's sessions as belonging together, because a child who misses one day often misses the next."
    ),
    why="A child who is not there can't be helped there.",
    seasonal=True,
)

persistent_absence = Proportion(
    id="persistent_absence",
    title="Children who are persistently absent",
    unit=CHILDREN,
    nice="Outcome a: school attendance",
    denominator=Rows(
        "the number of children and young people with attachment difficulties who had a possible session", CHILDREN.c.possible_sessions > 0,
    ),
    numerator=Rows(
        f"the number in the denominator who missed {choices.persistent_absence_percent}% or more of their possible sessions",
        (CHILDREN.c.possible_sessions - CHILDREN.c.attended_sessions) * 100
        >= CHILDREN.c.possible_sessions * choices.persistent_absence_percent,
    ),
    needs=attendance.needs,
    better=Better.LOWER,
    counted=(
        "Sessions on days on which the child had attachment difficulties, in the period shown. The national figure is for a whole year."
    ),
    why="Averages hide the few children who are hardly there.",
    seasonal=True,
)

suspended = Proportion(
    id="suspended",
    title="Children who were suspended",
    unit=CHILDREN,
    nice="Outcome b: exclusions from school",
    denominator=Rows(f"the number of children and young people with attachment difficulties, {_ages}", *_school_age),
    numerator=Rows("the number in the denominator with a suspension that began in the period", CHILDREN.c.suspensions > 0),
    needs=(Needed("exclusions"),),
    better=Better.LOWER,
    counted="A suspension that began on a day on which the child had attachment difficulties. Children without a birth date are left out.",
    why="Being sent home repeats the loss that made school hard in the first place.",
    seasonal=True,
    grows=True,
)

suspension_rate = Rate(
    id="suspension_rate",
    title="Suspensions for every 100 children",
    unit=CHILDREN,
    nice="Outcome b: exclusions from school",
    denominator=suspended.denominator,
    events=Total("their suspensions that began in the period", CHILDREN.c.suspensions),
    exposure=Total("children", sa.literal(1)),
    per=100,
    per_words="for every 100 children",
    needs=suspended.needs,
    better=Better.LOWER,
    counted=suspended.counted,
    why="A few children suspended again and again show here, not in the share of children suspended.",
    seasonal=True,
    grows=True,
)

permanent_exclusion_rate = Rate(
    id="permanent_exclusion_rate",
    title="Permanent exclusions for every 100 children",
    unit=CHILDREN,
    nice="Outcome b: exclusions from school",
    denominator=suspended.denominator,
    events=Total("their permanent exclusions in the period", CHILDREN.c.permanent_exclusions),
    exposure=suspension_rate.exposure,
    per=100,
    per_words="for every 100 children",
    needs=suspended.needs,
    better=Better.LOWER,
    counted=suspended.counted.replace("suspension", "permanent exclusion"),
    why="A permanent exclusion ends a child's school life as they know it; each one is worth a review.",
    seasonal=True,
    grows=True,
)
