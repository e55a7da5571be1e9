"""What local systems call the columns of our tables, and words in files' names that tell which table they hold.

From the export screens and guides of case management systems (Mosaic, Liquidlogic LCS), of schools' systems (SIMS, Arbor, Bromcom), of
attendance collectors (Welfare Call) and of electronic personal education plans (ePEP Online).
"""

from __future__ import annotations

CHILD = (
    "child id", "child identifier", "child ref", "child reference", "child number", "child no", "person id", "person number", "mosaic id",
    "lcs id", "lcs number", "lcs person id", "liquidlogic id", "ics id", "ics number", "client id", "client number", "client ref",
    "case id",
    "case number", "swift id", "carefirst id", "framework id", "eclipse id", "azeus id", "pupil id", "pupil number", "student id",
    "subject id",
    "unique id", "local id", "social care id", "id number", "yp id", "young person id", "cla id", "lac id", "id",
)
UPN = ("upn", "unique pupil number", "pupil upn", "child upn", "student upn")
START = ("start date", "date started", "started", "start", "from", "date from", "from date", "begin date", "date began", "effective from",
         "date commenced", "commenced", "started on")
END = ("end date", "date ended", "ended", "finished", "end", "to", "date to", "to date", "finish date", "ceased", "date ceased",
       "closed date", "closed on", "closed", "ended on", "effective to")
COMPLETED = ("completed date", "date completed", "completion date", "date of completion", "date signed off", "authorised date",
             "date authorised", "finalised date", "date finalised", "completed on", "completed")
PROVIDER = ("provider", "provider name", "agency", "organisation", "supplier", "delivered by")

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "children": {
        "sex": ("sex", "gender", "gender at birth"), "date_of_birth": ("date of birth", "dob", "birth date", "d o b"),
        "ethnicity": ("ethnicity", "ethnic origin", "ethnic group", "ethnicity code", "ethnic code", "ethnicity description"),
        "disabled": ("disabled", "disability", "has disability", "disability flag", "disability indicator", "registered disabled"),
        "mental_health_problem": ("mental health problem", "mental health", "mental health need", "mental health flag",
                                  "mental ill health"),
        "origin": ("origin", "country of origin", "uk or overseas", "place of origin"),
        "uasc": ("uasc", "unaccompanied asylum seeking child", "unaccompanied", "uasc flag", "uasc status", "is uasc"),
        "team": ("team", "allocated team", "social work team", "team name", "worker team", "responsible team", "case team"),
    },
    "attachment_needs": {
        "status": ("status", "attachment status", "attachment need", "need status", "level of need", "attachment need status",
                   "attachment difficulty", "attachment difficulties", "attachment flag"),
        "start_date": (*START, "date identified", "identified on", "date recorded", "date flagged",
                       "need start date", "date of identification"),
        "end_date": (*END, "need end date", "date removed"),
    },
    "care_arrangements": {
        "care_status": ("care status", "legal status", "status", "legal status description", "arrangement status"),
        "placement": ("placement", "placement type", "type of placement", "placement description", "accommodation type", "place type",
                      "living with", "living arrangements"),
        "start_date": (*START, "placement start", "placement start date", "date placed", "arrangement start date", "case start"),
        "end_date": (*END, "placement end", "placement end date", "arrangement end date", "case end"),
        "end_reason": ("end reason", "reason ended", "reason for ending", "reason placement ended", "placement end reason"),
        "provider": (*PROVIDER, "placement provider"),
    },
    "assessments": {
        "assessment_id": ("assessment id", "assessment number", "assessment ref", "assessment reference", "form id", "workflow id",
                          "step id", "ref", "reference"),
        "completed_date": (*COMPLETED, "assessment date", "assessment completed date", "date of assessment"),
        "personal": ("personal", "personal factors", "child factors"), "placement": ("placement", "placement factors"),
        "education": ("education", "educational factors", "school factors"),
        "parental_sensitivity": ("parental sensitivity", "carer sensitivity", "sensitivity"),
        "parental_factors": ("parental factors", "parent factors", "carer factors"),
        "maltreatment_or_trauma": ("maltreatment or trauma", "maltreatment", "trauma", "abuse or trauma"),
        "physical_health": ("physical health", "health"),
        "coexisting_conditions": ("coexisting conditions", "co existing conditions", "comorbidities", "other conditions"),
    },
    "programmes": {
        "programme_id": ("programme id", "programme ref", "intervention id", "referral id", "referral number", "referral ref",
                         "service id", "ref", "reference"),
        "programme": ("programme", "intervention", "programme name", "programme type", "intervention type",
                      "programme offered", "service", "service type"),
        "offered_date": ("offered date", "date offered", "offer date", "offered on", "referral date",
                         "date referred"),
        "start_date": (*START, "programme start", "intervention start date"), "end_date": (*END, "programme end",
                       "intervention end date"),
        "provider": PROVIDER,
    },
    "programme_sessions": {
        "programme_id": ("programme id", "programme ref", "intervention id", "referral id", "referral number", "referral ref",
                         "service id"),
        "session_date": ("session date", "date of session", "appointment date", "date delivered", "date", "visit date"),
        "minutes": ("minutes", "duration", "duration minutes", "length", "session length", "duration mins", "length mins"),
        "filmed_minutes": ("filmed minutes", "minutes filmed", "video minutes", "mins filmed", "filming time"),
        "watched_together": ("watched together", "video watched together", "video reviewed", "watched back", "footage reviewed",
                             "watched with parent"),
    },
    "outcome_scores": {
        "domain": ("domain", "outcome domain", "area"), "instrument": ("instrument", "measure", "tool", "questionnaire", "scale",
                   "measure name"),
        "score_date": ("score date", "date of score", "date scored", "date of sdq", "sdq date", "date completed",
                       "date administered", "assessment date"),
        "score": ("score", "total score", "sdq score", "total difficulties", "total difficulties score", "sdq total"),
    },
    "education_plans": {
        "plan_id": ("plan id", "pep id", "pep number", "pep ref", "epep id", "pep reference"),
        "completed_date": (*COMPLETED, "pep date", "date of pep", "pep completed date", "pep completed", "pep completion date",
                           "pep meeting date",
                           "date pep completed", "date of pep meeting", "meeting date", "pep signed off", "date of meeting",
                           "event date", "review date", "date of review"),
        "support_details": ("support details", "support recorded", "details of support", "attachment support", "support in place",
                            "support strategies", "support recorded in pep"),
        "contacts": ("contacts", "contact details", "contacts recorded", "contact details recorded", "professional contacts"),
        "key_person": ("key person", "key adult", "key adult identified", "key person identified", "named key adult", "trusted adult",
                       "key worker", "key worker in school", "named person"),
        "safe_place": ("safe place", "safe space", "safe place identified", "safe space identified", "safe base"),
    },
    "attendance": {
        "date": ("date", "session date", "mark date", "attendance date", "register date", "day"),
        "session": ("session", "am pm", "ampm", "session name", "session type", "half day", "am or pm"),
        "mark": ("mark", "code", "attendance code", "attendance mark", "session mark", "mark code", "register mark"),
    },
    "exclusions": {
        "start_date": (*START, "exclusion date", "exclusion start", "exclusion start date", "suspension start", "suspension start date",
                       "date of exclusion", "date of suspension", "suspension date", "incident date", "date of incident"),
        "category": ("category", "exclusion category", "exclusion type", "suspension type", "type", "exclusion category description",
                     "suspension or exclusion"),
        "sessions": ("sessions", "number of sessions", "sessions excluded", "sessions missed", "total sessions", "no of sessions"),
        "reason": ("reason", "exclusion reason", "reason for exclusion", "suspension reason", "reason for suspension"),
    },
    "attendance_summary": {
        "start_date": (*START, "period start", "week commencing", "w c", "month start", "term start", "period from", "half term start",
                       "ht start"),
        "end_date": (*END, "period end", "week ending", "w e", "month end", "term end", "period to", "half term end",
                     "ht end"),
        "possible_sessions": ("possible sessions", "sessions possible", "possible", "possible marks", "total possible",
                              "possible attendances",
                              "poss sessions", "poss", "total sessions"),
        "attended_sessions": ("attended sessions", "sessions attended", "attended", "attendances", "present", "present marks",
                              "sessions present", "total attended", "total present", "actual attendances", "att"),
    },
    "carers": {
        "carer_id": ("carer id", "carer ref", "carer reference", "carer number", "foster carer id", "household id", "provider id",
                     "carer person id", "fostering household id"),
        "start_date": (*START, "placement start", "placement start date", "date placed"),
        "end_date": (*END, "placement end", "placement end date"),
    },
    "carer_training": {
        "carer_id": ("carer id", "carer ref", "carer reference", "carer number", "foster carer id", "household id", "delegate id",
                     "learner id", "attendee id", "carer person id"),
        "carer_type": ("carer type", "type of carer", "role", "carer category"),
        "programme": ("programme", "course", "course title", "course name", "training", "training course", "training title", "event"),
        "completed_date": (*COMPLETED, "training date", "course date", "date attended", "attended on", "date of training", "event date"),
        "age_group": ("age group", "age range", "child age group"),
    },
    "same_child": {
        "old_id": ("old id", "previous id", "former id", "merged from", "old child id", "duplicate id", "old person id"),
        "new_id": ("new id", "current id", "merged to", "merged into", "new child id", "retained id", "new person id"),
    },
    "same_team": {
        "old": ("old", "old team", "old team name", "previous team", "former team"),
        "new": ("new", "new team", "new team name", "current team"),
    },
}
"""By table and column; `child_id` is CHILD or UPN wherever a table has it."""

FILE_WORDS: dict[str, tuple[str, ...]] = {
    "children": ("children", "child", "demographics", "persons", "caseload", "cohort"),
    "attachment_needs": ("attachment",),
    "care_arrangements": ("placements", "placement", "arrangements", "edge", "care"),
    "assessments": ("assessments", "assessment"),
    "programmes": ("programmes", "programme", "interventions", "intervention", "referrals", "referral"),
    "programme_sessions": ("sessions", "session", "appointments", "visits"),
    "outcome_scores": ("sdq", "sdqs", "scores", "score", "outcomes", "questionnaire"),
    "education_plans": ("pep", "peps", "epep", "plans", "plan"),
    "attendance": ("attendance", "marks", "registers", "register", "welfare", "sessions"),
    "exclusions": ("exclusions", "exclusion", "suspensions", "suspension"),
    "attendance_summary": ("attendance", "summary", "percentages", "welfare", "halfterm", "weekly", "monthly"),
    "carers": ("carers", "carer", "fostering", "households"),
    "carer_training": ("training", "courses", "learning", "cpd"),
    "same_child": ("merged", "merges", "duplicates", "renumbered", "ids"),
    "same_team": ("teams", "team", "restructure"),
}
