"""QS133 statement 3: video feedback programmes. Source: NICE QS133 (2016), NG26 recommendations 1.4.1 and 1.5.1 to 1.5.6."""

from config.local_choices import local_choices
from metrics.measures.kinds import NO_END, Better, Evidence, Needed, Proportion, Rows, Statement
from metrics.units import CHILDREN_RISK as CHILDREN
from metrics.units import PROGRAMME_ENDS
from metrics.units.dates import days_between

choices = local_choices()
_preschool = CHILDREN.c.age < choices.preschool_under_age
_preschool_note = (
    f"Preschool is younger than {choices.preschool_under_age} on the last day of the period on which the child was in scope; children "
    "without a birth date are left out."
)

STATEMENT = Statement(
    number=3,
    title="Video feedback programme",
    words="Parents and carers of preschool-age children with or at risk of attachment difficulties are offered a video feedback programme.",
    why=(
        "Watching themselves with their child, parents see the moments that went well. It is the programme with the best evidence for "
        "young children, and the window for it is short."
    ),
    structure=(Evidence(
        id="video_feedback_arrangements",
        words="Evidence of local arrangements to ensure that parents and carers of preschool-age children identified to have or be at "
        "risk of attachment difficulties are offered a video feedback programme.",
    ),),
)

video_feedback_received = Proportion(
    id="video_feedback_received",
    title="Preschool children whose parents or carers received video feedback",
    unit=CHILDREN,
    nice="NICE process measure",
    denominator=Rows("the number of preschool-age children with or at risk of attachment difficulties", _preschool),
    numerator=Rows(
        "the number in the denominator whose parents or carers received a video feedback programme",
        CHILDREN.c.video_feedback_first_session_on <= CHILDREN.c.on_date,
    ),
    needs=(Needed("programmes", 365), Needed("programme_sessions", 365)),
    better=Better.HIGHER,
    counted=f"Received means that at least one session was delivered by then. {_preschool_note}",
    why="An offer that never becomes a session changes nothing for the child.",
    memory_days=NO_END,
)

video_feedback_offered = Proportion(
    id="video_feedback_offered",
    title="Preschool children whose parents or carers were offered video feedback",
    unit=CHILDREN,
    nice="Ours: the statement's own word, 'offered'",
    denominator=video_feedback_received.denominator,
    numerator=Rows(
        "the number in the denominator whose parents or carers were offered a video feedback programme",
        CHILDREN.c.video_feedback_first_offered_on <= CHILDREN.c.on_date,
    ),
    needs=(Needed("programmes", 365),),
    better=Better.HIGHER,
    counted=f"A programme offered on any day up to then. {_preschool_note}",
    why="The gap between offered and received says whether families can take it up.",
    memory_days=NO_END,
)

video_feedback_as_defined = Proportion(
    id="video_feedback_as_defined",
    title="Video feedback programmes delivered as NICE defines them",
    unit=PROGRAMME_ENDS,
    nice="Ours: NICE's definition of a video feedback programme",
    denominator=Rows("the number of video feedback programmes that ended", PROGRAMME_ENDS.c.programme == "video_feedback"),
    numerator=Rows(
        "the number in the denominator delivered as NICE defines them",
        PROGRAMME_ENDS.c.sessions_as_defined >= choices.video_feedback_sessions,
        days_between(PROGRAMME_ENDS.c.first_session_on, PROGRAMME_ENDS.c.last_session_on) >= choices.video_feedback_days_from,
        days_between(PROGRAMME_ENDS.c.first_session_on, PROGRAMME_ENDS.c.last_session_on) <= choices.video_feedback_days_to,
    ),
    needs=(Needed("programmes", choices.video_feedback_days_to), Needed("programme_sessions", choices.video_feedback_days_to)),
    better=Better.HIGHER,
    counted=(
        f"At least {choices.video_feedback_sessions} sessions, each of {choices.video_feedback_minutes} minutes or more with "
        f"{choices.video_feedback_filmed_minutes_from} to {choices.video_feedback_filmed_minutes_to} minutes filmed and watched together, "
        f"and {choices.video_feedback_days_from} to {choices.video_feedback_days_to} days from the first of all its sessions to the last. "
        "Every programme counts, whether or not the child has an attachment need on record."
    ),
    why="Evidence holds for the programme that was studied, not for a short version of it.",
)

placement_breakdown_preschool = Proportion(
    id="placement_breakdown_preschool",
    title="Preschool children whose placement broke down",
    unit=CHILDREN,
    nice="Outcome b: placement breakdown",
    denominator=Rows(
        "the number of preschool-age children with or at risk of attachment difficulties in a placement in care",
        _preschool, CHILDREN.c.days_in_care > 0,
    ),
    numerator=Rows("the number in the denominator who had a placement that broke down", CHILDREN.c.placements_broken_down > 0),
    needs=(Needed("arrangements"),),
    better=Better.LOWER,
    counted=(
        "A placement broke down when its last episode ended for one of the return's reasons "
        f"{', '.join(choices.breakdown_reasons)}, or a local record says so; there is no official rate to compare with. Its last day was "
        f"in the period and in scope. {_preschool_note}"
    ),
    why="For a very young child, losing a carer is the injury itself.",
    grows=True,
)
