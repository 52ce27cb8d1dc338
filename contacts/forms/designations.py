from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html

from contacts import ActionRefused, actions
from contacts.models import DISTRICT_SIDE, SUPPORT_SIDE, Designation, Role, School

CHOICE = '<strong>{}</strong> <span class="quiet d-block">{}</span>'


class DesignationForm(forms.Form):
    """Which role a person gets in their district."""

    role = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose a role."})
    school = forms.ModelChoiceField(
        School.objects.none(),
        required=False,
        empty_label="No school",
        help_text="Only for a building coach: the school they help.",
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["role"].choices = [(role, format_html(CHOICE, role.label, role.purpose)) for role in DISTRICT_SIDE]
        self.fields["school"].queryset = person.district.schools.all()
        self.fields["school"].initial = person.school_id

    @cached_property
    def technical_contact(self):
        """The designation to the role that a district has once."""
        held = Designation.objects.current().filter(district=self.person.district, role=Role.TECHNICAL_CONTACT)
        return held.select_related("user").first()

    def clean_role(self):
        role = Role(self.cleaned_data["role"])
        if role == Role.TECHNICAL_CONTACT and (held := self.technical_contact):
            raise forms.ValidationError(f"{held.user} is the technical contact now. End that designation first.")
        return role

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Role.BUILDING_COACH:
            if not cleaned.get("school") and "school" not in self.errors:
                self.add_error("school", "Choose the school that the coach helps.")
        else:
            cleaned["school"] = None
        return cleaned


class SupportDesignationForm(forms.ModelForm):
    """The admin's form: roles at Support; a district's roles are given on the district's own pages."""

    class Meta:
        model = Designation
        fields = ["user", "role"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, role.label) for role in SUPPORT_SIDE]

    def clean_user(self):
        person = self.cleaned_data["user"]
        if person.district_id:
            raise forms.ValidationError(f"{person} belongs to a district; people of Support belong to none.")
        try:
            actions.refuse_who_cannot_act(person)
        except ActionRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return person

    def clean(self):
        cleaned = super().clean()
        held = Designation.objects.current().filter(user=cleaned.get("user"), role=cleaned.get("role"))
        if held.exists():
            raise forms.ValidationError("This person already holds this role.")
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the reason."},
        help_text="The person, the district's other contacts and Support may read it.",
    )
