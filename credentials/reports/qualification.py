"""Who might be qualified to teach what on a day, worked out by PostgreSQL for a whole district at once.

The statement compares each kind of record with each kind of requirement once, however many people hold the same and
however many courses ask for the same, and then counts in sets of days: a group of requirements is met on the days on
which any fitting record is valid, and a course on the days on which all of its groups are. A record is valid from the
day on which it takes effect through the day on which it expires.
"""

from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import TextChoices
from psycopg.types.json import Jsonb

from credentials.models import Element, school_year_end


class State(TextChoices):
    """What a person is for a course on a day."""

    QUALIFIED = "qualified", "Might be qualified"
    EXPIRING = "expiring", "Runs out this school year"
    EXPIRED = "expired", "Expired"
    NOT_QUALIFIED = "not_qualified", "Not qualified"
    NO_RULE = "no_rule", "No rule"


# Those of someone who might teach it today.
MIGHT = [State.QUALIFIED, State.EXPIRING]

COLUMNS = "id, holder_id, type_id, field, subjects, grade_levels, extra, effective_on, expires_on"
# The tables that every question begins with. The records of ``without`` are left out and those of ``instead`` counted.
TABLES = f"""
WITH person AS MATERIALIZED (
    SELECT id FROM contacts_user
    WHERE district_id = %(district)s AND is_active AND (%(person)s::bigint IS NULL OR id = %(person)s)
), asked AS MATERIALIZED (
    SELECT course_id, group_number, type_id, field, subjects, grade_levels, level_key, levels,
        dense_rank() OVER (ORDER BY type_id, field, subjects, grade_levels, level_key, levels) AS kind
    FROM credentials_requirement
    WHERE district_id = %(district)s AND (%(courses)s::bigint[] IS NULL OR course_id = ANY (%(courses)s))
), kind AS (
    SELECT DISTINCT ON (kind) kind, type_id, field, subjects, grade_levels, level_key, levels FROM asked ORDER BY kind
), level_key AS (
    SELECT coalesce(array_agg(DISTINCT level_key) FILTER (WHERE level_key <> ''), '{{}}') AS keys FROM asked
), record AS (
    SELECT {COLUMNS} FROM credentials_credentialrecord
    WHERE district_id = %(district)s AND id <> ALL (%(without)s::bigint[])
    UNION ALL
    SELECT {COLUMNS} FROM jsonb_to_recordset(%(instead)s::jsonb) AS row (
        id bigint, holder_id bigint, type_id bigint, field text, subjects text[], grade_levels text[], extra jsonb,
        effective_on date, expires_on date
    )
), held AS MATERIALIZED (
    SELECT record.id, holder_id, type_id, field, subjects, grade_levels, own.levels,
        CASE WHEN effective_on > expires_on THEN 'empty' ELSE daterange(effective_on, expires_on, '[]') END AS valid,
        dense_rank() OVER (ORDER BY type_id, field, subjects, grade_levels, own.levels) AS profile
    FROM record JOIN person ON person.id = holder_id CROSS JOIN level_key CROSS JOIN LATERAL (
        SELECT CASE WHEN keys = '{{}}' THEN '{{}}'
            ELSE coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(extra) WHERE key = ANY (keys)), '{{}}')
        END AS levels
    ) AS own
), profile AS (
    SELECT DISTINCT ON (profile) profile, type_id, field, subjects, grade_levels, levels FROM held ORDER BY profile
), fit AS (
    -- With CASE, PostgreSQL expects many of the pairs to fit, and compares the numbers of the kinds by hashing them.
    SELECT profile.profile, kind.kind FROM profile JOIN kind ON CASE
        WHEN kind.type_id <> profile.type_id THEN false
        WHEN kind.field <> '' AND kind.field <> profile.field THEN false
        WHEN kind.subjects <> '{{}}' AND NOT kind.subjects && profile.subjects THEN false
        WHEN kind.grade_levels <> '{{}}' AND NOT kind.grade_levels && profile.grade_levels THEN false
        ELSE kind.level_key = '' OR coalesce(profile.levels -> kind.level_key ?| kind.levels, false)
    END
), course_group AS MATERIALIZED (
    SELECT course_id, group_number, dense_rank() OVER (ORDER BY array_agg(kind ORDER BY kind)) AS shape,
        array_agg(kind ORDER BY kind) AS kinds
    FROM asked GROUP BY course_id, group_number
), shape AS (
    SELECT DISTINCT shape, kind FROM course_group, unnest(kinds) AS kind
), met AS MATERIALIZED (
    SELECT holder_id, shape, range_agg(valid) AS days
    FROM held JOIN (SELECT DISTINCT shape, profile FROM shape JOIN fit USING (kind)) AS enough USING (profile)
    GROUP BY holder_id, shape
)"""
# And then, for each person and each rule, on which days all of it is met. Of a rule with several groups the people who
# meet the rarest one are looked at, or, for ``nearly``, those who meet any.
STANDING = f"""{TABLES}, course_rule AS MATERIALIZED (
    SELECT course_id, dense_rank() OVER (ORDER BY array_agg(DISTINCT shape ORDER BY shape)) AS rule,
        array_agg(DISTINCT shape ORDER BY shape) AS shapes
    FROM course_group GROUP BY course_id
), held_by AS (
    SELECT shape, count(*) AS people FROM met GROUP BY shape
), rule AS MATERIALIZED (
    SELECT rule, needed, shape,
        row_number() OVER (PARTITION BY rule ORDER BY coalesce(people, 0), shape) = 1 AS is_rarest
    FROM (SELECT DISTINCT rule, cardinality(shapes) AS needed, shape FROM course_rule, unnest(shapes) AS shape) AS part
    LEFT JOIN held_by USING (shape)
), candidate AS (
    SELECT DISTINCT holder_id, rule, needed FROM met JOIN rule USING (shape)
    WHERE needed > 1 AND (is_rarest OR %(nearly)s)
), in_days AS (
    SELECT holder_id, rule, 1 AS needed, 1 AS met, days, days && daterange(NULL, %(day)s, '[]') AS begun
    FROM met JOIN rule USING (shape) WHERE needed = 1
    UNION ALL
    SELECT holder_id, rule, candidate.needed, count(*), range_intersect_agg(days),
        bool_and(days && daterange(NULL, %(day)s, '[]'))
    FROM candidate JOIN rule USING (rule) JOIN met USING (holder_id, shape)
    GROUP BY holder_id, rule, candidate.needed HAVING count(*) = candidate.needed OR %(nearly)s
), standing AS (
    SELECT holder_id, rule, needed, met, CASE WHEN met = needed THEN days ELSE '{{}}' END AS days, CASE
        WHEN met < needed THEN 'not_qualified'
        WHEN days @> daterange(%(day)s, %(year_end)s, '[]') THEN 'qualified'
        WHEN days @> %(day)s::date THEN 'expiring'
        WHEN begun THEN 'expired'
        ELSE 'not_qualified'
    END AS state
    FROM in_days
)"""
# The last day without a break of those who might be qualified, the last day of those who were, and the next first day.
PAIRS = """
SELECT course_id, holder_id, state, needed - met AS missing,
    (SELECT upper(part) - 1 FROM unnest(days) AS part WHERE part @> %(day)s::date) AS until,
    (SELECT max(upper(part)) - 1 FROM unnest(days) AS part WHERE part << daterange(%(day)s, NULL)) AS ended_on,
    (SELECT min(lower(part)) FROM unnest(days) AS part WHERE part >> daterange(NULL, %(day)s, '[]')) AS starts_on
FROM standing JOIN course_rule USING (rule)"""

# A record is close to what is asked for that has its type, its field and a subject of it, but not its grades or level.
IS_CLOSE = """(kind.field <> '' OR kind.subjects <> '{}')
    AND (kind.type_id IS NULL OR kind.type_id = held.type_id)
    AND (kind.field = '' OR kind.field = held.field) AND (kind.subjects = '{}' OR kind.subjects && held.subjects)"""
# Those who hold such a record now, and meet no part of the rule by any other.
CLOSE = f"""{STANDING}
SELECT DISTINCT course_id, holder_id, 'not_qualified' AS state, NULL::integer AS missing,
    NULL::date AS until, NULL::date AS ended_on, NULL::date AS starts_on
FROM asked JOIN kind USING (kind) JOIN held ON {IS_CLOSE} AND held.valid @> %(day)s::date
WHERE NOT EXISTS (
    SELECT FROM standing JOIN course_rule USING (rule)
    WHERE course_rule.course_id = asked.course_id AND standing.holder_id = held.holder_id
)"""


class Question:
    """Asked of a district on a day; ``person`` and the keys in ``courses`` narrow it.

    With ``nearly``, those who meet a part of a rule, or hold something close to a part of it, are found, too.
    ``without`` are keys of records that are not counted, and ``instead`` unsaved ones that are.
    """

    def __init__(self, district, day, *, person=None, courses=None, nearly=False, without=(), instead=()):
        self.day, self.year_end = day, school_year_end(day)
        self.values = {
            "district": district.pk,
            "day": day,
            "year_end": self.year_end,
            "person": person and person.pk,
            "courses": None if courses is None else list(courses),
            "nearly": nearly,
            "people": [],
            "without": list(without),
            "instead": Jsonb([_as_row(record) for record in instead]),
        }

    def rows(self, statement, **values):
        """What the statement, which goes on from STANDING or TABLES, finds: a dict for each row."""
        with self._room(), connection.cursor() as cursor:
            cursor.execute(statement, {**self.values, **values})
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    @contextmanager
    def _room(self):
        """Memory to sort and hash a whole district, which would else go to disk, and no time spent on compiling."""
        if self.values["person"] or self.values["courses"] is not None:
            yield
            return
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
            yield

    def pairs(self):
        """A row for each person and course whose rule the person meets, or did or will, or nearly does."""
        return self.rows(STANDING + PAIRS) + (self.rows(CLOSE) if self.values["nearly"] else [])


def _as_row(record):
    dates = {name: date and date.isoformat() for name, date in _dates(record)}
    lists = {str(name): list(getattr(record, name)) for name in (Element.SUBJECTS, Element.GRADE_LEVELS)}
    about = {"holder_id": record.holder_id, "type_id": record.type_id, "field": record.field, "extra": record.extra}
    return {"id": record.pk, **about, **lists, **dates}


def _dates(record):
    return [(str(name), getattr(record, name)) for name in (Element.EFFECTIVE_ON, Element.EXPIRES_ON)]
