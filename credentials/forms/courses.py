from django import forms

from credentials.forms.filters import DistrictFilterForm, words
from credentials.forms.types import LinesField
from credentials.forms.widgets import GradeLevels, TypedList
from credentials.models import MOST_GROUPS, CredentialField, CredentialType, DataType, Descriptor, Vocabulary

OF_CHOICES = [DataType.CHOICE, DataType.CHOICES]


class CourseFilterForm(DistrictFilterForm):
    WITH, WITHOUT = "yes", "no"

    type = None
    q = words("Title or code")
    rule = forms.ChoiceField(
        required=False, choices=[("", "With and without"), (WITH, "With a rule"), (WITHOUT, "Without a rule")]
    )
    field_order = ["q", "school", "rule"]

    @property
    def is_refused(self):
        return "q" in self.errors

    def narrow(self, courses):
        """Those that were asked for; none for words that cannot be searched."""
        if self.is_refused:
            return courses.none()
        asked = self.chosen
        if "q" in asked:
            courses = courses.named(asked["q"])
        if "school" in asked:
            courses = courses.filter(school=asked["school"])
        if "rule" in asked:
            courses = courses.with_rule() if asked["rule"] == self.WITH else courses.without_rule()
        return courses


class RequirementForm(forms.Form):
    """One credential that is enough for a group of a course; what is left empty may be anything."""

    group_number = forms.TypedChoiceField(label="Where it belongs", coerce=int)
    type = forms.ModelChoiceField(CredentialType.objects, required=False, label="Credential Type", empty_label="Any")
    field = forms.ChoiceField(required=False, label="Credential field")
    subjects = forms.MultipleChoiceField(required=False, widget=TypedList, help_text="One of them is enough.")
    grade_levels = forms.MultipleChoiceField(
        required=False, label="Grade levels", widget=GradeLevels, help_text="One of them is enough."
    )
    levels = forms.MultipleChoiceField(
        required=False,
        label="Level",
        widget=TypedList,
        help_text="Of one field, such as “Professional” or “Master's Degree”. One of them is enough.",
    )

    def __init__(self, *args, course, groups, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Descriptor.objects.offered()
        self.fields["field"].choices = [("", "Any"), *_pairs(offered[Vocabulary.CREDENTIAL_FIELD])]
        self._offer("subjects", _pairs([*offered[Vocabulary.SUBJECT], *course.subjects]))
        self._offer("grade_levels", _pairs([*offered[Vocabulary.GRADE_LEVEL], *course.grade_levels]))
        self.keys = _level_keys()
        self._offer("levels", _pairs([level for level, _ in self.keys]))
        self.fields["group_number"].choices = self._places(groups)

    def _offer(self, name, choices):
        self.fields[name].choices = self.fields[name].widget.choices = choices

    @staticmethod
    def _places(groups):
        last = max(groups, default=0)
        places = [(number, f"Another way to meet group {number}") for number in groups]
        if last < MOST_GROUPS:
            said = "Needed besides what is asked for already" if groups else "The first requirement"
            places.append((last + 1, f"{said} (group {last + 1})"))
        return places

    def clean(self):
        cleaned = super().clean()
        asked = ("type", "field", "subjects", "grade_levels", "levels")
        if not self.errors and not any(cleaned.get(name) for name in asked):
            raise forms.ValidationError("Say at least one thing that the credential must have.")
        levels = cleaned.get("levels") or []
        keys = [key for key in dict.fromkeys(key for _, key in self.keys) if self._has(key, levels)]
        if levels and not keys:
            self.add_error("levels", "Choose levels of one field only.")
        cleaned["level_key"] = keys[0] if levels and keys else ""
        return cleaned

    def _has(self, key, levels):
        return all((level, key) in self.keys for level in levels)


def _pairs(values):
    return [(value, value) for value in dict.fromkeys(values)]


def _level_keys():
    """(choice, key) of the types' own fields that offer choices; the same choice may be of several."""
    fields = CredentialField.objects.filter(element="", data_type__in=OF_CHOICES).exclude(choices=[])
    found = [(choice, field.key) for field in fields.order_by("type__order", "order") for choice in field.choices]
    # “Teaching credential” comes first, as the usual level.
    return sorted(dict.fromkeys(found), key=lambda pair: pair[1] != "teaching_credential")


class CourseForm(forms.ModelForm):
    """In the admin; a subject may have commas in it."""

    subjects = LinesField(required=False, help_text="One per line.")
    grade_levels = LinesField(required=False, help_text="One per line.")
