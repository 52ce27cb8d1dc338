from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html

from contacts import ActionRefused, actions
from contacts.forms.contact_requests import additional_contact_field
from contacts.models import AUTHORIZED_CONTACTS, DISTRICT_SIDE, SUPPORT_SIDE, Agreement, Designation, Role, School

CHOICE = '<strong>{}</strong> <span class="quiet d-block">{}</span>'


class DesignationForm(forms.Form):
    """Which role a person gets in their district; ``decides`` whether no approval is to be asked for."""

    role = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose a role."})
    school = forms.ModelChoiceField(
        School.objects.none(),
        required=False,
        empty_label="No school",
        help_text="For a building coach: the school they help. For a credential approver: the school whose staff they "
        "decide about; leave it out for the whole district. For another school, designate them again.",
    )

    agreement = forms.ModelChoiceField(
        Agreement.objects.none(),
        required=False,
        empty_label=None,
        help_text="For an authorized contact: the role ends with the agreement.",
    )

    def __init__(self, *args, person, decides, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.decides = person, decides
        self.ask_why()
        self._offer_agreements()
        self.fields["role"].choices = [(role, format_html(CHOICE, role.label, role.purpose)) for role in DISTRICT_SIDE]
        self.fields["school"].queryset = person.district.schools.all()
        self.fields["school"].initial = person.school_id

    def _offer_agreements(self):
        field = self.fields["agreement"]
        if self.person.organization:
            in_force = Agreement.objects.in_force(timezone.now()).covering(self.person)
            field.queryset = in_force.order_by("-expires_on", "-pk")
            field.label_from_instance = lambda agreement: f"{agreement}, until {date_format(agreement.expires_on)}"
        self.lacks_agreement = bool(self.person.organization) and not field.queryset.exists()
        if not self.person.organization or self.lacks_agreement:
            del self.fields["agreement"]

    @cached_property
    def technical_contact(self):
        """The designation to the role that a district has once."""
        held = Designation.objects.current().filter(district=self.person.district, role=Role.TECHNICAL_CONTACT)
        return held.select_related("user").first()

    def ask_why(self):
        """Where an additional support contact needs an approval, the form asks for the reason."""
        district = self.person.district
        if district.support_contacts >= district.support_contacts_allowed:
            self.fields["reason"] = additional_contact_field(district, decides=self.decides)

    @property
    def is_beyond(self):
        """Whether the choice needs an approval."""
        return "reason" in self.fields and self.cleaned_data["role"] == Role.SUPPORT_CONTACT

    @property
    def is_taken(self):
        """Whether the choice is the one seat, in which somebody sits."""
        return self.cleaned_data["role"] == Role.TECHNICAL_CONTACT and bool(self.technical_contact)

    def clean_role(self):
        return Role(self.cleaned_data["role"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Role.SUPPORT_CONTACT and cleaned.get("reason") == "" and "reason" not in self.errors:
            self.add_error("reason", "Say why the district needs another support contact.")
        if self.lacks_agreement and cleaned.get("role") in AUTHORIZED_CONTACTS:
            self.add_error("role", f"No agreement with {self.person.organization} is in force. Record one first.")
        if cleaned.get("role") == Role.BUILDING_COACH:
            if not cleaned.get("school") and "school" not in self.errors:
                self.add_error("school", "Choose the school that the coach helps.")
        elif cleaned.get("role") != Role.CREDENTIAL_APPROVER:
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
