from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from contacts.constraints import choices_constraint


class CredentialType(models.Model):
    """A type of credential record, such as Licensure/Certification. Administrators define its fields."""

    code = models.CharField(max_length=10, unique=True, help_text="Two letters in state imports, for example LC.")
    name = models.CharField(max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField("offered on new requests", default=True)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    @property
    def labels(self):
        """The label of each field, by the name of its value."""
        return {field.name: str(field) for field in self.fields.all()}


class Element(models.TextChoices):
    """The standard elements of the Ed-Fi Credential. Each has a column of its own on the record."""

    IDENTIFIER = "identifier", "Credential identifier"
    ISSUING_STATE = "issuing_state", "Issuing state"
    ISSUED_ON = "issued_on", "Issued on"
    EFFECTIVE_ON = "effective_on", "Effective on"
    EXPIRES_ON = "expires_on", "Expires on"
    FIELD = "field", "Credential field"
    SUBJECTS = "subjects", "Subjects"
    GRADE_LEVELS = "grade_levels", "Grade levels"


# The choice of a type's own field "subject_type" for which Education asks for the Core Subject Area.
CORE_SUBJECT_AREA = "Core Academic Subject Area"

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
    core_subjects_only = models.BooleanField(
        default=False,
        help_text="Ask for it only when the Subject Type is Core Academic Subject Area.",
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
                fields=["type", "element"],
                condition=~Q(element=""),
                name="each_element_once_per_type",
                violation_error_message="This type already has this standard element.",
            ),
            models.UniqueConstraint(
                fields=["type", "key"],
                condition=~Q(key=""),
                name="each_key_once_per_type",
                violation_error_message="This type already has a field with this key.",
            ),
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

    @property
    def holds_date(self):
        return self.element in DATE_ELEMENTS if self.element else self.data_type == DataType.DATE
