from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from contacts.constraints import Refusal, choices_constraint
from credentials.models.vocabularies import STATES


class CredentialTypeQuerySet(models.QuerySet):
    def offered_in(self, district):
        """What a new record may be: those for every state, and those of the district's own."""
        return self.filter(is_active=True, state__in=["", district.state])


class CredentialType(models.Model):
    """A type of credential record, such as Licensure/Certification. Administrators define its fields."""

    code = models.CharField(max_length=10, unique=True, help_text="Two letters in state imports, for example LC.")
    name = models.CharField(max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField("offered on new requests", default=True)
    state = models.CharField(
        max_length=2,
        blank=True,
        choices=STATES,
        help_text="Offered in districts of this state only. Leave empty for every state.",
    )

    objects = CredentialTypeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [choices_constraint("state", STATES, name="a_type_is_of_one_of_the_states", blank=True)]

    def __str__(self):
        return self.name

    def fields_in(self, state):
        """What is asked for in a district of the state; a field of its own stands for the one of every state."""
        return _edition(self.fields.all(), state)

    def known_fields(self, state=""):
        """By name: what is asked for in the state, then whatever else a record may still have a value of."""
        fields = list(self.fields.all())
        known = {field.name: field for field in _edition(fields, state)}
        for field in fields:
            known.setdefault(field.name, field)
        return known

    def labels_in(self, state):
        """The label of each field, by the name of its value."""
        return {name: str(field) for name, field in self.known_fields(state).items()}


class Element(models.TextChoices):
    """What has a column of its own on the record: the standard elements of the Ed-Fi Credential, and its parent."""

    IDENTIFIER = "identifier", "Credential identifier"
    ISSUING_STATE = "issuing_state", "Issuing state"
    ISSUED_ON = "issued_on", "Issued on"
    EFFECTIVE_ON = "effective_on", "Effective on"
    EXPIRES_ON = "expires_on", "Expires on"
    FIELD = "field", "Credential field"
    SUBJECTS = "subjects", "Subjects"
    GRADE_LEVELS = "grade_levels", "Grade levels"
    PARENT = "parent_id", "Belongs to"


EDFI_ELEMENTS = [each for each in Element if each != Element.PARENT]
DATE_ELEMENTS = [Element.ISSUED_ON, Element.EFFECTIVE_ON, Element.EXPIRES_ON]
LIST_ELEMENTS = [Element.SUBJECTS, Element.GRADE_LEVELS]
# The most characters that a value of the element may have.
MAX_LENGTHS = {
    Element.IDENTIFIER: 60,
    Element.ISSUING_STATE: 2,
    Element.FIELD: 100,
    Element.SUBJECTS: 100,
    Element.GRADE_LEVELS: 100,
}


class DataType(models.TextChoices):
    TEXT = "text", "Text"
    LONG_TEXT = "long_text", "Long text"
    DATE = "date", "Date"
    NUMBER = "number", "Number"
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "One of"
    CHOICES = "choices", "Several of"
    STATE = "state", "State"
    SUBJECTS = "subjects", "Subjects"
    GRADE_LEVELS = "grade_levels", "Grade levels"


ELEMENT_DATA_TYPES = {
    Element.IDENTIFIER: DataType.TEXT,
    Element.ISSUING_STATE: DataType.STATE,
    Element.ISSUED_ON: DataType.DATE,
    Element.EFFECTIVE_ON: DataType.DATE,
    Element.EXPIRES_ON: DataType.DATE,
    Element.FIELD: DataType.CHOICE,
    Element.SUBJECTS: DataType.SUBJECTS,
    Element.GRADE_LEVELS: DataType.GRADE_LEVELS,
    Element.PARENT: DataType.CHOICE,
}
LIST_DATA_TYPES = [DataType.CHOICES, DataType.SUBJECTS, DataType.GRADE_LEVELS]


def _edition(fields, state):
    asked = [field for field in fields if not field.is_retired and field.state in ("", state)]
    of_the_state = {field.name for field in asked if field.state}
    return [field for field in asked if field.state or field.name not in of_the_state]


def shown(fields, answer):
    """Those of the fields whose condition holds, by ``answer(name)``. What is not shown has no answer."""
    by_name = {field.name: field for field in fields}

    def is_shown(field, before=()):
        if not field.when_field:
            return True
        other = by_name.get(field.when_field)
        if not other or other.name in before:
            return False
        return field.is_met_by(answer(other.name)) and is_shown(other, (*before, field.name))

    return [field for field in fields if is_shown(field)]


def waiting_in_vain(fields):
    """Those whose condition can never hold in some state: what it names is not asked there, or waits for it in turn."""
    states = {"", *(field.state for field in fields)}
    return [field for state in sorted(states) for field in _in_vain(_edition(fields, state))]


def _in_vain(asked):
    reached = {field.name for field in asked if not field.when_field}
    while found := {field.name for field in asked if field.when_field in reached} - reached:
        reached |= found
    return [field for field in asked if field.when_field and field.when_field not in reached]


class NoneWaitsInVain(Refusal):
    """As ``waiting_in_vain`` says. The fields of a type are saved one after the other, so it looks when all are."""

    def create_sql(self, model, schema_editor):
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
        return (
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
            f"refuse_fields_that_wait_in_vain({schema_editor.quote_value(str(self.violation_error_message))})"
        )


class CredentialField(models.Model):
    """A field of a type: a standard element, or a field of the type's own, stored as JSON under its key."""

    type = models.ForeignKey(CredentialType, on_delete=models.CASCADE, related_name="fields")
    element = models.CharField(
        "standard element",
        max_length=20,
        choices=Element,
        blank=True,
        help_text="Leave empty for a field of this type's own.",
    )
    key = models.SlugField(
        max_length=40, blank=True, help_text="For a field of the type's own: the name under which its value is stored."
    )
    data_type = models.CharField(
        max_length=20, choices=DataType, default=DataType.TEXT, help_text="For a field of the type's own."
    )
    label = models.CharField(
        max_length=100, blank=True, help_text="Leave empty to use the name of the standard element."
    )
    choices = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Leave empty for a standard element to use the Ed-Fi list.",
    )
    required = models.BooleanField(default=False)
    when_field = models.SlugField(
        "shown when",
        max_length=40,
        blank=True,
        help_text="The key or standard element of another field. Leave empty to ask always.",
    )
    when_values = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="The answers of that field for which this one is asked, one per line. For yes or no: Yes, or No.",
    )
    state = models.CharField(
        max_length=2,
        blank=True,
        choices=STATES,
        help_text="Asked in districts of this state only, where it stands for the same field of every state.",
    )
    is_retired = models.BooleanField(
        "no longer asked",
        default=False,
        help_text="What records say stays readable under this label, but nobody is asked for it.",
    )
    help_text = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(element="") & ~Q(key="") & ~Q(label="")) | (~Q(element="") & Q(key="")),
                name="a_field_is_an_element_or_its_own",
                violation_error_message="Choose a standard element, or enter a key and a label.",
            ),
            models.CheckConstraint(
                condition=~Q(key__in=Element.values),
                name="an_own_key_is_no_standard_element",
                violation_error_message="This key belongs to a standard element. Choose the element or another key.",
            ),
            models.CheckConstraint(
                condition=~Q(element="", data_type__in=[DataType.CHOICE, DataType.CHOICES], choices=[]),
                name="a_field_to_choose_from_has_choices",
                violation_error_message="Enter the choices, one per line.",
            ),
            models.UniqueConstraint(
                fields=["type", "element", "state"],
                condition=~Q(element=""),
                name="each_element_once_per_type_and_state",
                violation_error_message="This type already has this standard element for this state.",
            ),
            models.UniqueConstraint(
                fields=["type", "key", "state"],
                condition=~Q(key=""),
                name="each_key_once_per_type_and_state",
                violation_error_message="This type already has a field with this key for this state.",
            ),
            models.CheckConstraint(
                condition=Q(when_field="", when_values=[]) | (~Q(when_field="") & ~Q(when_values=[])),
                name="a_condition_names_a_field_and_its_answers",
                violation_error_message="Name the other field and at least one of its answers, or neither.",
            ),
            NoneWaitsInVain(
                name="a_condition_names_another_field_that_is_asked",
                violation_error_message="A field is shown on an answer to another field that its type asks for.",
            ),
            choices_constraint("state", STATES, name="a_field_is_of_one_of_the_states", blank=True),
            choices_constraint("element", Element, name="a_field_has_one_of_the_elements", blank=True),
            choices_constraint("data_type", DataType, name="a_field_has_one_of_the_data_types"),
        ]

    def __str__(self):
        return self.label or self.get_element_display()

    def clean(self):
        most = MAX_LENGTHS.get(self.element)
        if most and (too_long := [choice for choice in self.choices or [] if len(choice) > most]):
            raise ValidationError(
                {"choices": f"A choice may have at most {most} characters. “{too_long[0]}” has more."}
            )

    @property
    def name(self):
        """The name of the value in forms and requests."""
        return self.element or self.key

    def is_met_by(self, answer):
        """Whether the answer of the other field brings this one up; every answer of several counts."""
        answers = answer if isinstance(answer, list) else [answer]
        words = {True: "Yes", False: "No", "True": "Yes", "False": "No"}
        return not {words.get(each, each) for each in answers if each is not None}.isdisjoint(self.when_values)

    @property
    def asks_for(self):
        """The data type, also of a standard element."""
        return ELEMENT_DATA_TYPES[self.element] if self.element else self.data_type

    @property
    def holds_date(self):
        return self.asks_for == DataType.DATE
