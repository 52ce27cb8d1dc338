from django.contrib.postgres.fields import ArrayField
from django.db import models

from contacts.constraints import choices_constraint
from credentials.models.types import DataType, Element


class Vocabulary(models.TextChoices):
    """The Ed-Fi descriptors of a credential; each value ends the name of its descriptor."""

    CREDENTIAL_TYPE = "CredentialType", "Credential types"
    TEACHING_CREDENTIAL = "TeachingCredential", "Teaching credentials"
    TEACHING_CREDENTIAL_BASIS = "TeachingCredentialBasis", "Teaching credential bases"
    CREDENTIAL_FIELD = "CredentialField", "Credential fields"
    SUBJECT = "AcademicSubject", "Academic subjects"
    GRADE_LEVEL = "GradeLevel", "Grade levels"
    EDUCATION_LEVEL = "LevelOfEducation", "Levels of education"
    STATE = "StateAbbreviation", "States"

    def uri(self, code_value):
        return f"{ED_FI}{self.value}Descriptor#{code_value}"


ED_FI = "uri://ed-fi.org/"
# What a field offers that has no choices of its own.
OF_ELEMENTS = {Element.FIELD: Vocabulary.CREDENTIAL_FIELD}
OF_DATA_TYPES = {
    DataType.STATE: Vocabulary.STATE,
    DataType.SUBJECTS: Vocabulary.SUBJECT,
    DataType.GRADE_LEVELS: Vocabulary.GRADE_LEVEL,
}


def vocabulary_of(field):
    """That of a credential field, or None."""
    return OF_ELEMENTS.get(field.element) or OF_DATA_TYPES.get(field.asks_for)


class DescriptorQuerySet(models.QuerySet):
    def offered(self):
        """The code values to choose from, in their order, by vocabulary."""
        found = {}
        for vocabulary, code_value in self.filter(is_offered=True).values_list("vocabulary", "code_value"):
            found.setdefault(vocabulary, []).append(code_value)
        return found

    def by_local_code(self):
        """The code value for each (vocabulary, local code)."""
        rows = self.exclude(local_codes=[]).values_list("vocabulary", "local_codes", "code_value")
        return {(vocabulary, code): value for vocabulary, codes, value in rows for code in codes}


class Descriptor(models.Model):
    """A value of the Ed-Fi vocabulary, with the codes that files of states and districts have for it."""

    vocabulary = models.CharField(max_length=30, choices=Vocabulary)
    code_value = models.CharField(max_length=100)
    uri = models.CharField("URI", max_length=255, unique=True)
    local_codes = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        help_text="What files say instead, one per line: a code such as KG, or a whole URI.",
    )
    order = models.PositiveSmallIntegerField(default=100)
    is_offered = models.BooleanField("offered in forms", default=True)

    objects = DescriptorQuerySet.as_manager()

    class Meta:
        ordering = ["vocabulary", "order", "code_value"]
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "code_value"],
                name="a_code_value_is_once_in_its_vocabulary",
                violation_error_message="This vocabulary already has this value.",
            ),
            choices_constraint("vocabulary", Vocabulary, name="a_descriptor_is_of_one_of_the_vocabularies"),
        ]

    def __str__(self):
        return self.code_value
