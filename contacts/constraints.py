"""What the database itself refuses, declared in ``Meta.constraints``: references to another district, and changes of
what stands still.

Each is named as the clause that holds, and what violates it is refused under that name, also where no form and no
action looked first. None of them reads anything to validate a form: actions explain a refusal in the same words.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.sql import Query


class DistrictKey(models.UniqueConstraint):
    """The columns that a SameDistrict refers to. They are unique wherever the primary key is, so no form looks."""

    def validate(self, *args, **kwargs):
        pass


class ChoicesConstraint(models.CheckConstraint):
    """Made by ``choices_constraint``. The field's own validation knows its choices, so no form looks twice."""

    def validate(self, *args, **kwargs):
        pass


def choices_constraint(field, choices, *, name, blank=False):
    """The field has one of its choices, a class of them or a dict; ``blank``: or is empty."""
    values = choices if isinstance(choices, dict) else choices.values
    return ChoicesConstraint(
        condition=Q(**{f"{field}__in": [*values, *([""] if blank else [])]}),
        name=name,
        violation_error_message=f"This is none of the choices of {field.replace('_', ' ')}.",
    )


class DatabaseRule(models.BaseConstraint):
    """A constraint that Django has no class for. ``arguments`` names what the subclass takes."""

    arguments = ()

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {name: value for name in self.arguments if (value := getattr(self, name))}

    def __eq__(self, other):
        return self.deconstruct() == other.deconstruct() if isinstance(other, DatabaseRule) else NotImplemented

    def constraint_sql(self, model, schema_editor):
        """Nothing within CREATE TABLE: the tables that it refers to may be made after this one."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, model, instance, exclude=None, using=None):
        pass


class SameDistrict(DatabaseRule):
    """A composite foreign key: ``field`` refers to a row of the same district.

    ``also`` names further fields that must be the same, as {"requester": "holder"}. The other model has a DistrictKey
    of its district, those fields and its primary key.
    """

    arguments = ("field", "also")

    def __init__(self, *, field, also=None, **kwargs):
        super().__init__(**kwargs)
        self.field, self.also = field, also or {}

    def create_sql(self, model, schema_editor):
        target = model._meta.get_field(self.field).related_model
        pairs = {"district": "district", **self.also, self.field: target._meta.pk.name}
        return (
            f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} "
            f"ADD CONSTRAINT {schema_editor.quote_name(self.name)} "
            f"FOREIGN KEY ({_columns(model, pairs, schema_editor)}) "
            f"REFERENCES {schema_editor.quote_name(target._meta.db_table)} "
            f"({_columns(target, pairs.values(), schema_editor)}) ON UPDATE RESTRICT ON DELETE RESTRICT NOT DEFERRABLE"
        )

    def remove_sql(self, model, schema_editor):
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}"

    def validate(self, model, instance, exclude=None, using=None):
        """By what is loaded already, as the rows chosen in a form are."""
        chosen = instance._state.fields_cache.get(self.field)
        if chosen and self.field not in (exclude or ()) and chosen.district_id != instance.district_id:
            raise ValidationError({self.field: self.get_violation_error_message()})


class Refusal(DatabaseRule):
    """A trigger that refuses the rows for which ``violated`` holds. ``condition`` says of which rows it looks at."""

    # The sentence stands in the trigger too, so that other words are another trigger.
    non_db_attrs = ()
    arguments = ("condition",)
    # The row, before or after the change, that the condition is about.
    row = "OLD"

    def __init__(self, *, condition=None, **kwargs):
        super().__init__(**kwargs)
        self.condition = condition

    def create_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        clauses = [self.violated(model, schema_editor), self._condition_sql(model, schema_editor)]
        when = " AND ".join(f"({clause})" for clause in clauses if clause)
        return (
            f"CREATE TRIGGER {quote(self.name)} BEFORE {self.events(model, schema_editor)} "
            f"ON {quote(model._meta.db_table)} FOR EACH ROW {f'WHEN ({when}) ' if when else ''}"
            f"EXECUTE FUNCTION refuse({schema_editor.quote_value(str(self.violation_error_message))})"
        )

    def remove_sql(self, model, schema_editor):
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
        return f"DROP TRIGGER {name} ON {table}"

    def _condition_sql(self, model, schema_editor):
        if self.condition is None:
            return ""
        query, connection = Query(model), schema_editor.connection
        where = query.build_where(self.condition)
        sql, params = where.as_sql(query.get_compiler(connection=connection), connection)
        sql %= tuple(schema_editor.quote_value(param) for param in params)
        return sql.replace(f"{schema_editor.quote_name(model._meta.db_table)}.", f"{self.row}.")


class Unchanging(Refusal):
    """The rows of the condition are neither changed nor deleted; with ``fields``, these are not changed."""

    arguments = ("fields", "condition")

    def __init__(self, *, fields=(), **kwargs):
        super().__init__(**kwargs)
        self.fields = list(fields)

    def events(self, model, schema_editor):
        return "UPDATE" if self.fields else "UPDATE OR DELETE"

    def violated(self, model, schema_editor):
        columns = [_columns(model, [field], schema_editor) for field in self.fields]
        return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


class ChangesWith(Unchanging):
    """The fields change only where ``field``, such as the number of a version, changes along."""

    arguments = ("field", "fields", "condition")

    def __init__(self, *, field, **kwargs):
        super().__init__(**kwargs)
        self.field = field

    def violated(self, model, schema_editor):
        column = _columns(model, [self.field], schema_editor)
        return f"OLD.{column} = NEW.{column} AND ({super().violated(model, schema_editor)})"


class OnlyCleared(Unchanging):
    """The fields are emptied at most."""

    def violated(self, model, schema_editor):
        columns = [_columns(model, [field], schema_editor) for field in self.fields]
        return " OR ".join(
            f"OLD.{column} IS DISTINCT FROM NEW.{column} AND NEW.{column} IS NOT NULL" for column in columns
        )


class Transitions(Refusal):
    """From each status one may go only where ``allowed`` says, the TRANSITIONS of the model."""

    arguments = ("field", "allowed")

    def __init__(self, *, field="status", allowed, **kwargs):
        super().__init__(**kwargs)
        self.field = field
        self.allowed = {str(old): sorted(map(str, new)) for old, new in allowed.items()}

    def events(self, model, schema_editor):
        return "UPDATE"

    def violated(self, model, schema_editor):
        quote, column = schema_editor.quote_value, _columns(model, [self.field], schema_editor)
        pairs = ", ".join(f"({quote(old)}, {quote(new)})" for old in self.allowed for new in self.allowed[old])
        return f"OLD.{column} <> NEW.{column} AND (OLD.{column}, NEW.{column}) NOT IN ({pairs})"


class PersonOfDistrictOrSupport(Refusal):
    """The person in ``field`` is of the row's district, or of none, as the people of Support and Django admins are."""

    arguments = ("field", "condition")
    row = "NEW"
    district = 'NEW."district_id"'

    def __init__(self, *, field, **kwargs):
        super().__init__(**kwargs)
        self.field = field

    def events(self, model, schema_editor):
        read = [self.field] if self.district == "NULL" else [self.field, "district"]
        columns = _columns(model, read, schema_editor)
        return "INSERT OR UPDATE" if self.condition else f"INSERT OR UPDATE OF {columns}"

    def violated(self, model, schema_editor):
        return f"NOT person_is_of_district_or_none(NEW.{_columns(model, [self.field], schema_editor)}, {self.district})"


class PersonOfSupport(PersonOfDistrictOrSupport):
    """The person in ``field`` is of no district."""

    district = "NULL"


class UnderAgreement(Refusal):
    """A contact of another organization starts under an agreement with it, and ends no later than it does."""

    row = "NEW"
    since = 'NEW."started_at"'

    def events(self, model, schema_editor):
        return "INSERT"

    def violated(self, model, schema_editor):
        return f'agreement_covers(NEW."user_id", NEW."agreement_id", {self.since}, NEW."ends_at") IS NOT TRUE'


class StillUnderAgreement(UnderAgreement):
    """As UnderAgreement for a renewal: the next agreement begins before the one so far ends."""

    since = 'OLD."ends_at"'

    def events(self, model, schema_editor):
        return "UPDATE OF agreement_id, ends_at"


class CanSignIn(Refusal):
    """Only who can sign in starts with a role."""

    row = "NEW"

    def events(self, model, schema_editor):
        return "INSERT"

    def violated(self, model, schema_editor):
        return 'NOT can_sign_in(NEW."user_id")'


class NobodyHolds(Refusal):
    """``field`` of a person never changes while they hold one of the roles."""

    arguments = ("field", "roles", "condition")

    def __init__(self, *, field, roles, **kwargs):
        super().__init__(**kwargs)
        self.field, self.roles = field, sorted(map(str, roles))

    def events(self, model, schema_editor):
        return f"UPDATE OF {_columns(model, [self.field], schema_editor)}"

    def violated(self, model, schema_editor):
        column = _columns(model, [self.field], schema_editor)
        roles = ", ".join(map(schema_editor.quote_value, self.roles))
        return f"OLD.{column} IS DISTINCT FROM NEW.{column} AND holds_role(NEW.id, ARRAY[{roles}])"


def _columns(model, fields, schema_editor):
    return ", ".join(schema_editor.quote_name(model._meta.get_field(field).column) for field in fields)
