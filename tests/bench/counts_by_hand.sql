-- The counts of every measure by quarter and every breakdown, as somebody who knows DuckDB and this database would write them by hand:
-- each step once, in temporary tables, with the local choices as they are by default, for
-- periods that the data covers whole. The last table of each unit is what is compared.

create or replace temp table periods as
select label as period, start_date, least(last_date, as_at) as last_date, as_at
from period, data_version where grain = 'quarter' and start_date <= as_at;

create or replace temp table scope as
with wanted as (
    select 'any' as scope, child_id, start_date, coalesce(end_date, date '9999-12-31') as end_date from attachment_need
    union all
    select 'risk', child_id, start_date, coalesce(end_date, date '9999-12-31') from attachment_need where status in ('at_risk', 'confirmed')
    union all
    select 'confirmed', child_id, start_date, coalesce(end_date, date '9999-12-31') from attachment_need where status = 'confirmed'
), marked as (
    select *, start_date > coalesce(max(end_date) over (
        partition by scope, child_id order by start_date, end_date rows between unbounded preceding and 1 preceding
    ), date '0001-01-01') as opens
    from wanted where end_date > start_date
), numbered as (
    select *, sum(opens::int) over (
        partition by scope, child_id order by start_date, end_date rows between unbounded preceding and current row
    ) as island
    from marked
)
select scope, child_id, min(start_date) as start_date, max(end_date) as end_date from numbered group by scope, child_id, island;

create or replace temp table days as
select scope, period, child_id, greatest(s.start_date, p.start_date) as start_date, least(s.end_date, p.last_date + 1) as end_date
from scope s join periods p on s.start_date <= p.last_date and s.end_date > p.start_date;

create or replace temp table child_period as
select scope, period, child_id, max(end_date) - 1 as on_date from days group by all;

create or replace temp table starts_of_programmes as
select period, child_id, p.start_date as on_date from programme p join periods q on p.start_date between q.start_date and q.last_date;

create or replace temp table ends_of_programmes as
select period, programme_id, programme, child_id, p.end_date as on_date
from programme p join periods q on p.end_date between q.start_date and q.last_date;

create or replace temp table completed_assessments as
select period, child_id, completed_date as on_date, coalesce(personal, 0) + coalesce(placement, 0) + coalesce(education, 0)
    + coalesce(parental_sensitivity, 0) + coalesce(parental_factors, 0) + coalesce(maltreatment_or_trauma, 0)
    + coalesce(physical_health, 0) + coalesce(coexisting_conditions, 0) as factors
from assessment a join periods q on a.completed_date between q.start_date and q.last_date;

create or replace temp table starts_of_care as
select period, child_id, c.start_date from care_start c join periods q on c.start_date between q.start_date and q.last_date
where exists (
    from scope s where s.scope = 'risk' and s.child_id = c.child_id
    and s.start_date <= least(c.start_date + 90, q.as_at) and s.end_date > c.start_date
);

create or replace temp table sensitivity_dates as
select distinct child_id, score_date as on_date from outcome_score where domain = 'parental_sensitivity';

create or replace temp table arranged as
with points as (
    select child_id, on_date from child_period
    union select child_id, on_date from starts_of_programmes
    union select child_id, on_date from ends_of_programmes
    union select child_id, on_date from completed_assessments
    union select child_id, start_date from starts_of_care
    union select child_id, on_date from sensitivity_dates
)
select child_id, on_date, care_status, placement, start_date, care_status in ('section_20', 'care_order', 'other_looked_after') as in_care
from points join care_arrangement a using (child_id)
where a.start_date <= on_date and coalesce(a.end_date, date '9999-12-31') > on_date
qualify row_number() over (
    partition by child_id, on_date order by start_date desc, in_care desc, coalesce(placement, '') desc, care_status desc
) = 1;

create or replace temp table grouped as
with points as (
    select child_id, on_date from child_period
    union select child_id, on_date from starts_of_programmes
    union select child_id, on_date from ends_of_programmes
    union select child_id, on_date from completed_assessments
    union select child_id, start_date from starts_of_care
), aged as (
    select p.child_id, p.on_date, c.* exclude (child_id), a.placement as lives, a.care_status as status, coalesce(a.in_care, false) as in_care,
        a.start_date as arrangement_started_on, year(p.on_date) - year(date_of_birth)
        - (month(p.on_date) * 100 + day(p.on_date) < month(date_of_birth) * 100 + day(date_of_birth))::int as age
    from points p left join child c using (child_id) left join arranged a using (child_id, on_date)
)
select child_id, on_date, age, in_care, arrangement_started_on,
    coalesce(lives, 'Not recorded') as placement,
    coalesce(status, 'Not recorded') as care_status,
    case when ethnicity in ('WBRI', 'WIRI', 'WOTH', 'WIRT', 'WROM') then 'White' when ethnicity in ('MWBC', 'MWBA', 'MWAS', 'MOTH') then 'Mixed'
        when ethnicity in ('AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE') then 'Asian' when ethnicity in ('BCRB', 'BAFR', 'BOTH') then 'Black'
        when ethnicity = 'OOTH' then 'Other' else 'Not recorded' end as ethnicity_group,
    case when ethnicity in ('REFU', 'NOBT') then 'Not recorded' else coalesce(ethnicity, 'Not recorded') end as ethnicity,
    case disabled when 1 then 'yes' when 0 then 'no' else 'Not recorded' end as disabled,
    case mental_health_problem when 1 then 'yes' when 0 then 'no' else 'Not recorded' end as mental_health_problem,
    case when disabled = 1 or mental_health_problem = 1 then 'yes' when disabled = 0 and mental_health_problem = 0 then 'no'
        else 'Not recorded' end as disability_or_mental_health,
    coalesce(origin, 'Not recorded') as origin,
    case when unaccompanied is null then 'Not recorded'
        when unaccompanied = 1 and coalesce(unaccompanied_until, date '9999-12-31') > on_date then 'yes' else 'no' end as unaccompanied,
    coalesce(sex, 'Not recorded') as sex,
    case when age is null then 'Not recorded' when age < 5 then '0 to 4' when age < 11 then '5 to 10' when age < 16 then '11 to 15'
        else '16 and over' end as age_band,
    coalesce(team, 'Not recorded') as team
from aged;

create or replace temp table placed as
select c.scope, c.period, c.child_id, case when g.in_care then max(p.start_date) else any_value(g.arrangement_started_on) end as started_on
from child_period c join grouped g using (child_id, on_date)
left join placement p on p.child_id = c.child_id and p.start_date <= c.on_date and coalesce(p.end_date, date '9999-12-31') > c.on_date
group by c.scope, c.period, c.child_id, g.in_care;

create or replace temp table care as
with marked as (
    select child_id, start_date, coalesce(end_date, date '9999-12-31') as end_date, start_date > coalesce(max(coalesce(end_date,
        date '9999-12-31')) over (partition by child_id order by start_date, end_date nulls last rows between unbounded preceding and 1 preceding),
        date '0001-01-01') as opens
    from placement where coalesce(end_date, date '9999-12-31') > start_date
), numbered as (
    select *, sum(opens::int) over (partition by child_id order by start_date, end_date rows between unbounded preceding and current row) as island
    from marked
)
select child_id, min(start_date) as start_date, max(end_date) as end_date from numbered group by child_id, island;

create or replace temp table care_days as
select scope, period, child_id, sum(least(d.end_date, c.end_date) - greatest(d.start_date, c.start_date)) as n
from days d join care c using (child_id) where c.start_date < d.end_date and c.end_date > d.start_date group by all;

create or replace temp table broken as
select scope, period, child_id, count(*) as n from days d join placement p using (child_id)
where p.ended_by_breakdown = 1 and p.end_date > p.start_date and p.end_date - 1 >= d.start_date and p.end_date - 1 < d.end_date group by all;

create or replace temp table sdq as
select scope, period, child_id, arg_max(score, (score_date, score)) as score from days d join outcome_score o using (child_id)
where o.domain = 'social_emotional' and o.instrument = 'sdq_total' and score_date >= d.start_date and score_date < d.end_date group by all;

create or replace temp table video as
select child_id, min(offered_date) as offered_on, min(session_date) as session_on
from programme left join programme_session using (programme_id) where programme = 'video_feedback' group by child_id;

create or replace temp table sensitivity as
select period, child_id, s.score, b.score as before
from days d join outcome_score s using (child_id)
join arranged a on a.child_id = d.child_id and a.on_date = s.score_date and a.care_status = 'edge_of_care'
join outcome_score b on b.child_id = d.child_id and b.domain = s.domain and b.instrument = s.instrument
    and b.score_date < s.score_date and b.score_date >= s.score_date - 365
where d.scope = 'confirmed' and s.domain = 'parental_sensitivity' and s.score_date >= d.start_date and s.score_date < d.end_date
qualify row_number() over (
    partition by period, child_id order by s.score_date desc, s.instrument desc, s.score desc, b.score_date, b.score desc
) = 1;

create or replace temp table plans as
select c.child_id, c.on_date, max(completed_date) as completed_on,
    arg_max(coalesce(support_details = 1 and contacts = 1 and key_person = 1 and safe_place = 1, false), (completed_date, plan_id)) as whole
from child_period c join education_plan e on e.child_id = c.child_id and e.completed_date <= c.on_date
where scope = 'confirmed' group by c.child_id, c.on_date;

create or replace temp table sessions as
select period, child_id, count(*) as possible,
    count(*) filter (mark in ('/', '\', 'L', 'B', 'K', 'P', 'V', 'W') or mark = 'J') as attended
from days d join attendance a using (child_id)
where d.scope = 'confirmed' and session_date >= d.start_date and session_date < d.end_date
    and (mark not in ('D', 'J', 'Q', 'X', 'Y', 'Y1', 'Y2', 'Y3', 'Y4', 'Y5', 'Y6', 'Y7', 'Z', '#', '-')
        or mark = 'J' and session_date < date '2024-08-19')
group by all;

create or replace temp table excluded as
select period, child_id, count(*) filter (category = 'SUSP') as suspensions, count(*) filter (category = 'PERM') as permanent
from days d join exclusion e using (child_id)
where d.scope = 'confirmed' and e.start_date >= d.start_date and e.start_date < d.end_date group by all;

create or replace temp table moves as
select c.child_id, c.on_date, count(*) as n from child_period c join placement p using (child_id)
where scope = 'confirmed' and p.start_date <= c.on_date and coalesce(p.end_date, date '9999-12-31') > c.on_date - 364
    and coalesce(p.end_date, date '9999-12-31') > p.start_date group by all;

create or replace temp table trained as
select c.period, c.child_id, max(completed_date) as latest, max(completed_date) filter (completed_date < p.started_on) as before
from child_period c join placed p using (scope, period, child_id)
join carer_training t on t.child_id = c.child_id and t.completed_date <= c.on_date where c.scope = 'confirmed' group by all;

create or replace temp table programme_starts as
select s.period, columns(g.* exclude (child_id, on_date, age, in_care, arrangement_started_on)),
    count(*) as "assessed_before_programme.denominator",
    count(*) filter (exists (
        from assessment a where a.child_id = s.child_id and a.completed_date < s.on_date and a.completed_date >= s.on_date - 365
    )) as "assessed_before_programme.numerator"
from starts_of_programmes s join grouped g using (child_id, on_date) group by all;

create or replace temp table assessments_completed as
select s.period, columns(g.* exclude (child_id, on_date, age, in_care, arrangement_started_on)),
    count(*) as "assessment_covers_all_factors.denominator", count(*) filter (factors = 8) as "assessment_covers_all_factors.numerator"
from completed_assessments s join grouped g using (child_id, on_date) group by all;

create or replace temp table programmes_ended as
with delivered as (
    select programme_id, max(session_date) - min(session_date) as days,
        count(*) filter (minutes >= 60 and filmed_minutes between 10 and 20 and watched_together = 1) as n
    from programme_session, data_version where session_date <= as_at group by programme_id
)
select e.period, columns(g.* exclude (child_id, on_date, age, in_care, arrangement_started_on)),
    count(*) filter (programme = 'video_feedback') as "video_feedback_as_defined.denominator",
    count(*) filter (programme = 'video_feedback' and d.n >= 10 and d.days between 84 and 124) as "video_feedback_as_defined.numerator"
from ends_of_programmes e join grouped g using (child_id, on_date) left join delivered d using (programme_id) group by all;

create or replace temp table children_any as
with rows as (
    select c.period, g.*, exists (
        from assessment a where a.child_id = c.child_id and a.completed_date >= p.started_on and a.completed_date <= c.on_date
    ) as assessed, g.unaccompanied = 'yes' and g.in_care and c.on_date - p.started_on >= 90 as stable
    from child_period c join grouped g using (child_id, on_date) join placed p using (scope, period, child_id) where c.scope = 'any'
)
select columns(* exclude (child_id, on_date, age, in_care, arrangement_started_on, assessed, stable)),
    count(*) filter (stable) as "unaccompanied_assessed_once_stable.denominator",
    count(*) filter (stable and assessed) as "unaccompanied_assessed_once_stable.numerator"
from rows group by all;

create or replace temp table children_at_risk as
select c.period, columns(g.* exclude (child_id, on_date, age, in_care, arrangement_started_on)),
    count(q.score) as "social_emotional_concern.denominator",
    count(*) filter (q.score >= 17) as "social_emotional_concern.numerator",
    count(q.score) as "social_emotional_mean.denominator",
    coalesce(sum(q.score), 0) as "social_emotional_mean.numerator",
    coalesce(sum(q.score * q.score), 0) as "social_emotional_mean.squares",
    count(*) filter (age < 5) as "video_feedback_received.denominator",
    count(*) filter (age < 5 and v.session_on <= c.on_date) as "video_feedback_received.numerator",
    count(*) filter (age < 5) as "video_feedback_offered.denominator",
    count(*) filter (age < 5 and v.offered_on <= c.on_date) as "video_feedback_offered.numerator",
    count(*) filter (age < 5 and k.n > 0) as "placement_breakdown_preschool.denominator",
    count(*) filter (age < 5 and k.n > 0 and b.n > 0) as "placement_breakdown_preschool.numerator"
from child_period c join grouped g using (child_id, on_date)
left join sdq q using (scope, period, child_id) left join video v on v.child_id = c.child_id
left join care_days k using (scope, period, child_id) left join broken b using (scope, period, child_id)
where c.scope = 'risk' group by all;

create or replace temp table confirmed as
select c.period, g.* exclude (arrangement_started_on), s.score as sensitive, s.before, p.completed_on, p.whole, a.possible, a.attended,
    coalesce(e.suspensions, 0) as suspensions, coalesce(e.permanent, 0) as permanent, coalesce(k.n, 0) as care_days, coalesce(b.n, 0) as broken,
    coalesce(m.n, 0) as moves, t.latest, t.before as trained_before, age between 5 and 15 as of_school_age, c.on_date = z.last_date as to_the_last_day, age between 5 and 17
    and placement in ('foster_carer', 'kinship_foster_carer', 'special_guardian', 'adoptive_parents') as with_carers
from child_period c join grouped g using (child_id, on_date) join periods z using (period)
left join sensitivity s using (period, child_id) left join plans p using (child_id, on_date) left join sessions a using (period, child_id)
left join excluded e using (period, child_id) left join care_days k using (scope, period, child_id)
left join broken b using (scope, period, child_id) left join moves m using (child_id, on_date) left join trained t using (period, child_id)
where c.scope = 'confirmed';

create or replace temp table children_confirmed as
select columns(* exclude (child_id, on_date, age, in_care, sensitive, before, completed_on, whole, possible, attended, suspensions, permanent,
        care_days, broken, moves, latest, trained_before, of_school_age, to_the_last_day, with_carers)),
    count(sensitive) as "parental_sensitivity_improved.denominator",
    count(*) filter (sensitive > before) as "parental_sensitivity_improved.numerator",
    count(*) as "education_plan.denominator",
    count(completed_on) as "education_plan.numerator",
    count(*) as "education_plan_up_to_date.denominator",
    count(*) filter (completed_on > on_date - 183) as "education_plan_up_to_date.numerator",
    count(completed_on) as "education_plan_complete.denominator",
    count(*) filter (whole) as "education_plan_complete.numerator",
    coalesce(sum(possible), 0) as "attendance.denominator",
    coalesce(sum(attended), 0) as "attendance.numerator",
    count(possible) as "attendance.children",
    coalesce(sum(attended * attended), 0) as "attendance.over_squares",
    coalesce(sum(possible * possible), 0) as "attendance.under_squares",
    coalesce(sum(attended * possible), 0) as "attendance.products",
    count(possible) as "persistent_absence.denominator",
    count(*) filter ((possible - attended) * 10 >= possible) as "persistent_absence.numerator",
    count(*) filter (of_school_age) as "suspended.denominator",
    count(*) filter (of_school_age and suspensions > 0) as "suspended.numerator",
    count(*) filter (of_school_age) as "suspension_rate.denominator",
    coalesce(sum(suspensions) filter (of_school_age), 0) as "suspension_rate.numerator",
    count(*) filter (of_school_age) as "permanent_exclusion_rate.denominator",
    coalesce(sum(permanent) filter (of_school_age), 0) as "permanent_exclusion_rate.numerator",
    count(*) filter (with_carers) as "carer_trained.denominator",
    count(*) filter (with_carers and latest > on_date - 730) as "carer_trained.numerator",
    count(*) filter (with_carers) as "carer_trained_before_placement.denominator",
    count(*) filter (with_carers and trained_before > on_date - 730) as "carer_trained_before_placement.numerator",
    count(*) filter (care_days > 0) as "placement_breakdown.denominator",
    count(*) filter (care_days > 0 and broken > 0) as "placement_breakdown.numerator",
    coalesce(sum(care_days), 0) as "placement_breakdown_rate.denominator",
    coalesce(sum(broken) filter (care_days > 0), 0) as "placement_breakdown_rate.numerator",
    count(*) filter (in_care and to_the_last_day) as "three_or_more_placements.denominator",
    count(*) filter (in_care and to_the_last_day and moves >= 3) as "three_or_more_placements.numerator",
    coalesce(sum(possible) filter (in_care), 0) as "attendance_in_care.denominator",
    coalesce(sum(attended) filter (in_care), 0) as "attendance_in_care.numerator",
    count(possible) filter (in_care) as "attendance_in_care.children",
    coalesce(sum(attended * attended) filter (in_care), 0) as "attendance_in_care.over_squares",
    coalesce(sum(possible * possible) filter (in_care), 0) as "attendance_in_care.under_squares",
    coalesce(sum(attended * possible) filter (in_care), 0) as "attendance_in_care.products",
    count(possible) filter (in_care) as "persistent_absence_in_care.denominator",
    count(*) filter (in_care and (possible - attended) * 10 >= possible) as "persistent_absence_in_care.numerator",
    count(*) filter (in_care and of_school_age) as "suspended_in_care.denominator",
    count(*) filter (in_care and of_school_age and suspensions > 0) as "suspended_in_care.numerator",
    count(*) filter (in_care and of_school_age) as "suspension_rate_in_care.denominator",
    coalesce(sum(suspensions) filter (in_care and of_school_age), 0) as "suspension_rate_in_care.numerator",
    count(*) filter (in_care and of_school_age) as "permanent_exclusion_rate_in_care.denominator",
    coalesce(sum(permanent) filter (in_care and of_school_age), 0) as "permanent_exclusion_rate_in_care.numerator"
from confirmed group by all;

create or replace temp table care_starts as
with answers as (
    select s.period, s.child_id, s.start_date, arg_min(p.previous_permanence, p.collection_year) as answer
    from starts_of_care s left join (
        select child_id, collection_year, coalesce(previous_permanence, '') as previous_permanence from previous_permanence
    ) p on p.child_id = s.child_id and p.collection_year >= year(s.start_date) + (month(s.start_date) >= 4)::int
    group by all
), firsts as (
    select period, child_id, min(start_date) as on_date, bool_or(coalesce(answer in ('P1', 'P2', 'P3'), false)) as returned
    from answers group by period, child_id
)
select f.period, columns(g.* exclude (child_id, on_date, age, in_care, arrangement_started_on)),
    count(*) as "return_after_permanence.denominator", count(*) filter (returned) as "return_after_permanence.numerator"
from firsts f join grouped g using (child_id, on_date) group by all;
