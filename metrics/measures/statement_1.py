"""QS133 statement 1: comprehensive assessment. Source: NICE QS133 (2016), NG26 recommendations 1.3.1 to 1.3.4 and 1.1.5."""

from config.code_lists import ASSESSMENT_FACTORS
from config.cohorts import Cohort
from config.local_choices import local_choices
from metrics.measures.kinds import NO_END, Better, Evidence, Mean, Needed, Proportion, Rows, Statement, Total
from metrics.units import ASSESSMENTS, CHILDREN_ANY, CHILDREN_CONFIRMED, CHILDREN_RISK, PROGRAMME_STARTS
from metrics.units.dates import days_between

choices = local_choices()

STATEMENT = Statement(
    number=1,
    title="Comprehensive assessment",
    words=(
        "Children and young people who may have attachment difficulties, and their parents or carers, have a comprehensive "
        "assessment before any intervention programme."
    ),
    why=(
        "An assessment shows what lies behind a child's difficulties: the child, the placement, school, the parents, what has "
        "happened before. Without it a family may get a programme that can't help, and lose months."
    ),
    structure=(Evidence(
        id="assessment_arrangements",
        words="Evidence of local arrangements to undertake comprehensive assessment before any intervention programme for "
        "attachment difficulties.",
    ),),
)

assessed_before_programme = Proportion(
    id="assessed_before_programme",
    title="Programmes that began after a comprehensive assessment",
    unit=PROGRAMME_STARTS,
    nice="NICE process measure",
    denominator=Rows("the number of intervention programmes commencing for attachment difficulties in children and young people"),
    numerator=Rows(
        "the number in the denominator that included a comprehensive assessment before the interventions began",
        days_between(PROGRAMME_STARTS.c.assessed_before_on, PROGRAMME_STARTS.c.started_on) <= choices.assessment_before_programme_days,
    ),
    needs=(Needed("programmes"), Needed("assessments", choices.assessment_before_programme_days)),
    better=Better.HIGHER,
    counted=(
        f"The child's assessment was completed in the {choices.assessment_before_programme_days} days before the programme began. "
        "An assessment completed on the day the programme starts does not count. Every programme counts, whether or not the child "
        "has an attachment need on record."
    ),
    why="A programme chosen without an assessment is a guess.",
)

assessment_covers_all_factors = Proportion(
    id="assessment_covers_all_factors",
    title="Assessments that covered all eight factors",
    unit=ASSESSMENTS,
    nice="Ours: what NICE's guideline says an assessment covers (NG26 1.3.2)",
    denominator=Rows("the number of comprehensive assessments completed"),
    numerator=Rows(
        "the number in the denominator that covered all eight factors", ASSESSMENTS.c.factors_covered == len(ASSESSMENT_FACTORS),
    ),
    needs=(Needed("assessments"),),
    better=Better.HIGHER,
    counted=(
        "The factors are personal factors, the placement, education, parental sensitivity, parental factors, maltreatment or trauma, "
        "physical health and coexisting conditions. A factor that is not recorded counts as not covered."
    ),
    why="A comprehensive assessment that leaves out school or trauma can point to the wrong programme.",
)

social_emotional_concern = Proportion(
    id="social_emotional_concern",
    title="Children whose SDQ score is a cause for concern",
    unit=CHILDREN_RISK,
    nice="Outcome a: social and emotional development and behavioural functioning",
    denominator=Rows(
        "the number of children at risk of or with attachment difficulties who have an SDQ total difficulties score in the period",
        CHILDREN_RISK.c.sdq_score.is_not(None),
    ),
    numerator=Rows(
        f"the number in the denominator whose latest score is {choices.sdq_concern_from} or more",
        CHILDREN_RISK.c.sdq_score >= choices.sdq_concern_from,
    ),
    needs=(Needed("sdq_scores"),),
    better=Better.LOWER,
    counted=(
        "SDQ is the Strengths and Difficulties Questionnaire; its total difficulties score runs from 0 to 40. A score counts when it "
        "is dated on a day on which the child was at risk or confirmed; of several in a period the latest counts (same date: the "
        "highest). The statutory return has no date for its score, so it is dated 31 March: most quarters other than January to March "
        "hold few scores."
    ),
    why="It is the national signal of how children in care are doing, and the only one every authority has.",
    seasonal=True,
)

social_emotional_mean = Mean(
    id="social_emotional_mean",
    title="Average SDQ score",
    unit=CHILDREN_RISK,
    nice="Outcome a: social and emotional development and behavioural functioning",
    denominator=social_emotional_concern.denominator,
    score=Total("their latest SDQ total difficulties scores", CHILDREN_RISK.c.sdq_score),
    highest_score=40,
    needs=social_emotional_concern.needs,
    better=Better.LOWER,
    counted=social_emotional_concern.counted,
    why="An average moves before a threshold does: it shows change among the children below and above 'cause for concern'.",
    seasonal=True,
)

parental_sensitivity_improved = Proportion(
    id="parental_sensitivity_improved",
    title="Parents on the edge of care who became more sensitive to their child",
    unit=CHILDREN_CONFIRMED,
    nice="Outcome b: sensitivity and responsiveness in parents of children on the edge of care (also statement 3, outcome a)",
    denominator=Rows(
        "the number of children with attachment difficulties on the edge of care whose parent has a parental sensitivity score in the "
        "period and an earlier one to compare it with",
        CHILDREN_CONFIRMED.c.parental_sensitivity_score.is_not(None),
    ),
    numerator=Rows(
        "the number in the denominator whose latest score is above the earliest",
        CHILDREN_CONFIRMED.c.parental_sensitivity_score > CHILDREN_CONFIRMED.c.parental_sensitivity_before,
    ),
    needs=(Needed("outcome_scores", choices.parental_sensitivity_lookback_days), Needed("arrangements")),
    no_data_in=(Cohort.LOOKED_AFTER,),
    better=Better.HIGHER,
    counted=(
        "The latest score of the period is compared with the earliest on the same instrument in the "
        f"{choices.parental_sensitivity_lookback_days} days before it. The later score must be dated on a day when the child had "
        "attachment difficulties and was on the edge of care; the earlier one need not be."
    ),
    why="A parent who reads and answers the child's signals is what keeps a child safely at home.",
    also_in=(3,),
)

unaccompanied_assessed_once_stable = Proportion(
    id="unaccompanied_assessed_once_stable",
    title="Unaccompanied children assessed once their placement was stable",
    unit=CHILDREN_ANY,
    nice="Ours: from the statement's equality section",
    denominator=Rows(
        "the number of unaccompanied asylum-seeking children in care who may have, are at risk of or have attachment difficulties and "
        f"whose placement has lasted {choices.stable_placement_days} days or more",
        CHILDREN_ANY.c.unaccompanied == "yes", CHILDREN_ANY.c.in_care == 1,
        days_between(CHILDREN_ANY.c.placement_started_on, CHILDREN_ANY.c.on_date) >= choices.stable_placement_days,
    ),
    numerator=Rows(
        "the number in the denominator with an assessment completed since that placement began",
        CHILDREN_ANY.c.last_assessed_on >= CHILDREN_ANY.c.placement_started_on,
    ),
    needs=(Needed("assessments", 365), Needed("arrangements")),
    better=Better.HIGHER,
    counted=(
        f"A placement is stable once it has lasted {choices.stable_placement_days} days. The assessment was completed on or after the day "
        "the placement began and by the last day of the period on which the child was in scope."
    ),
    why="These children can be assessed fairly only once they are settled, and are then easily forgotten.",
    memory_days=NO_END,
)
