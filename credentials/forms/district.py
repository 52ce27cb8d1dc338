"""What a district sets: who may request changes, how each type is decided, and who decides for whom for a time."""

from datetime import timedelta

from django import forms
from django.utils.functional import cached_property

from contacts.forms import TOO_LONG
from contacts.models import Role, School, User
from contacts.models.districts import validate_this_century
from credentials.models import CredentialType, RequestGrant, TypeRule, Way, fingerprint

LONGEST_DELEGATION = timedelta(days=366)
ONE_OF_THREE = "Choose a school, or a position, or enter one person."


class GrantForm(forms.Form):
    """To whom the right to request changes is given: one of the three.

    Of a school or a position one sees first whom it covers; ``accepted`` says that one saw exactly them.
    """

    school = forms.ModelChoiceField(School.objects.none(), required=False, empty_label="No school")
    position = forms.ChoiceField(required=False)
    person = forms.CharField(
        label="One person",
        required=False,
        max_length=200,
        help_text="Their e-mail address, or their whole name.",
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args, district, **kwargs):
        super().__init__(*args, **kwargs)
        self.district = district
        for field in self.fields.values():
            # One of the three is needed, so that none is called optional.
            field.widget.attrs["data-conditional"] = ""
        self.fields["school"].queryset = district.schools.all()
        positions = district.people.exclude(title="").order_by("title").values_list("title", flat=True).distinct()
        self.fields["position"].choices = [("", "No position"), *((title, title) for title in positions)]

    def clean_person(self):
        words = self.cleaned_data["person"]
        if not words:
            return None
        found = [each for each in self.district.people.named(words)[:50] if words.casefold() in _names(each)]
        if len(found) != 1:
            raise forms.ValidationError(
                "Several people are called so. Enter the e-mail address." if found else "Nobody here is called so."
            )
        return found[0]

    def clean(self):
        cleaned = super().clean()
        given = [name for name in ("school", "position", "person") if cleaned.get(name)]
        if not self.errors and len(given) != 1:
            raise forms.ValidationError(ONE_OF_THREE)
        self.grant = RequestGrant(district=self.district, **cleaned)
        return cleaned

    @property
    def is_accepted(self):
        return self.is_valid() and (self.grant.kind == "Person" or self.data.get("accepted") == self.digest)

    @cached_property
    def covered(self):
        return list(self.grant.people.select_related("school").order_by("last_name", "first_name", "pk"))

    @property
    def digest(self):
        return fingerprint([person.pk for person in self.covered])


def _names(person):
    return {str(person).casefold(), (person.email or "").casefold()}


class WaysForm(forms.Form):
    """How the requests of each type are decided."""

    def __init__(self, *args, district, **kwargs):
        super().__init__(*args, **kwargs)
        self.types = {f"type_{type.pk}": type for type in CredentialType.objects.offered_in(district)}
        chosen = {rule.type_id: rule.way for rule in TypeRule.objects.filter(district=district)}
        for name, type in self.types.items():
            initial = chosen.get(type.pk, Way.ONE)
            self.fields[name] = forms.ChoiceField(choices=Way.choices, label=str(type), initial=initial)

    @property
    def chosen(self):
        return {type: Way(self.cleaned_data[name]) for name, type in self.types.items()}


class DelegationForm(forms.Form):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label="Approver",
        empty_label="Choose one",
        error_messages={"required": "Choose an approver.", "invalid_choice": "Choose an approver from the list."},
    )
    first_day = forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[validate_this_century],
        error_messages={"required": "Enter the first day.", "invalid": "Enter the first day."},
    )
    last_day = forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[validate_this_century],
        error_messages={"required": "Enter the last day.", "invalid": "Enter the last day."},
    )

    def __init__(self, *args, approver, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = approver.district.today
        others = User.objects.active().holding(Role.CREDENTIAL_APPROVER, district=approver.district_id)
        self.fields["to"].queryset = others.exclude(pk=approver.pk)
        self.fields["first_day"].initial = self.today

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and first < self.today:
            self.add_error("first_day", "Enter a day that is not past.")
        if last and last < self.today:
            self.add_error("last_day", "Enter a day that is not past.")
        elif first and last and last < first:
            self.add_error("last_day", "The last day is not before the first.")
        elif first and last and last - first > LONGEST_DELEGATION:
            self.add_error("last_day", "Enter a day within a year of the first.")
        return cleaned
