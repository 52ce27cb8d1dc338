from zoneinfo import available_timezones

from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html

from contacts import ActionRefused, actions
from contacts.models import DISTRICT_SIDE, SUPPORT_SIDE, Designation, District, Role, School, User


class SearchForm(forms.Form):
    """One box; what was chosen before (the district) stays in the address."""

    q = forms.CharField(label="Search", required=False, max_length=100, strip=True)
    district = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, label):
        super().__init__(data)
        self.fields["q"].label = label

    @property
    def words(self):
        return self.cleaned_data["q"] if self.is_valid() else ""


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
        if not person.is_active:
            raise forms.ValidationError(f"{person} may not sign in.")
        return person

    def clean(self):
        cleaned = super().clean()
        held = Designation.objects.current().filter(user=cleaned.get("user"), role=cleaned.get("role"))
        if held.exists():
            raise forms.ValidationError("This person holds this role already.")
        return cleaned


class PersonAdminForm(forms.ModelForm):
    """The admin's form of a person."""

    def clean_district(self):
        if self.instance.pk and "district" in self.changed_data:
            try:
                actions.refuse_to_move(self.instance)
            except ActionRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return self.cleaned_data["district"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the reason."},
        help_text="The person, the district's other contacts and Support may read it.",
    )


class PersonForm(forms.ModelForm):
    """A person of the administrator's district."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "school", "title", "phone"]
        error_messages = {
            "first_name": {"required": "Write the first name."},
            "last_name": {"required": "Write the last name."},
            "email": {
                "required": "Write the e-mail address.",
                "unique": "Another person signs in with this address. Check it with them.",
            },
        }
        help_texts = {"email": "The address that the person signs in with."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["school"].queryset = self.instance.district.schools.all()
        self.fields["school"].empty_label = "No school"

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class PersonChangeForm(PersonForm):
    """Names come from the district's records, and so does the address, once the person signs in with it."""

    class Meta(PersonForm.Meta):
        fields = ["email", "school", "title", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.has_chosen_password or self.instance.last_login:
            del self.fields["email"]
        else:
            self.fields["email"].required = bool(self.instance.email)

    def clean_email(self):
        return (self.cleaned_data["email"] or "").lower() or None


class DistrictSettingsForm(forms.ModelForm):
    """What a district's own administrators may set."""

    class Meta:
        model = District
        fields = ["help_text", "help_phone", "help_email", "time_zone", "staff_may_request_changes"]
        widgets = {"help_text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "help_text": "Whom to ask, and when. Anyone can read it before signing in, so do not name people here.",
            "help_phone": "Anyone can read it before signing in.",
            "help_email": "Anyone can read it before signing in. A shared mailbox works best.",
            "time_zone": "Your staff see times in this time zone.",
            "staff_may_request_changes": "Staff may ask for changes to their own credential records.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            choices=_time_zones(self.instance.time_zone), help_text=self.fields["time_zone"].help_text
        )


UNITED_STATES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}


def _time_zones(current):
    usual = [(name, f"{label} ({name})") for name, label in UNITED_STATES.items()]
    others = [(name, name) for name in sorted((available_timezones() | {current}) - UNITED_STATES.keys())]
    return [("United States", usual), ("Elsewhere", others)]
