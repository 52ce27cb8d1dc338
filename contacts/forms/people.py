from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone

from contacts.forms.time_zones import TimeZoneField
from contacts.models import ANSWER_STAFF, AUTHORIZED_CONTACTS, SUPPORT_SIDE, District, Role, User


class PersonAdminForm(forms.ModelForm):
    """The admin's form of a person."""

    time_zone = TimeZoneField(required=False, empty="The district's time zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].offer(self.instance.time_zone)

    def _get_validation_exclusions(self):
        """The district of a stored person is only read, but the other fields must still fit it."""
        return super()._get_validation_exclusions() - {"district"}


class MoveForm(forms.Form):
    """The admin's form of a move to another district."""

    district = forms.ModelChoiceField(
        District.objects.all(),
        label="New district",
        widget=AutocompleteSelect(User._meta.get_field("district"), admin.site),
        error_messages={"required": "Choose the district."},
    )
    with_email = forms.BooleanField(label="The e-mail address goes along", required=False, initial=True)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if not person.email:
            del self.fields["with_email"]


class PersonForm(forms.ModelForm):
    """A person of the administrator's district."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "school", "title", "phone", "organization"]
        error_messages = {
            "first_name": {"required": "Enter the first name."},
            "last_name": {"required": "Enter the last name."},
            "email": {"required": "Enter the e-mail address."},
        }
        help_texts = {
            "email": "The address that the person signs in with.",
            "organization": "Only for someone who works for another organization than your district.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["school"].queryset = self.instance.district.schools.all()
        self.fields["school"].empty_label = "No school"

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class PersonChangeForm(PersonForm):
    """Once the person has signed in with it, the address cannot be changed here: it opens their account."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.has_chosen_password or self.instance.last_login:
            del self.fields["email"]
        else:
            self.fields["email"].required = bool(self.instance.email)

    def clean_email(self):
        return (self.cleaned_data["email"] or "").lower() or None


class ProfileForm(forms.ModelForm):
    """What people keep current about themselves; whom staff turn to also say when, and who covers for them."""

    time_zone = TimeZoneField(required=False, empty="My district's time zone", help_text="You see times in this zone.")
    OF_CONTACTS = ["reach_hours", "away_until", "cover"]

    class Meta:
        model = User
        fields = ["title", "phone", "reach_hours", "away_until", "cover", "time_zone", "uses_shortcuts"]
        widgets = {"away_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"away_until": "The day you are back. Leave it empty while you are here."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].offer(self.instance.time_zone)
        if not self.instance.district_id:
            self.fields["time_zone"].choices = [("", "UTC"), *self.fields["time_zone"].choices[1:]]
        if self.instance.district_id and not self.instance.roles.isdisjoint(ANSWER_STAFF):
            self._offer_covers()
        else:
            for name in self.OF_CONTACTS:
                del self.fields[name]
        # Where rights are given to positions, nobody gives one to themselves.
        if self.instance.district_id and not self.instance.district.staff_may_request_changes:
            del self.fields["title"]
        # Nobody else has pages with keys.
        if self.instance.roles.isdisjoint([*AUTHORIZED_CONTACTS, *SUPPORT_SIDE, Role.CREDENTIAL_APPROVER]):
            del self.fields["uses_shortcuts"]

    def _offer_covers(self):
        colleagues = User.objects.who_answer_staff().filter(district=self.instance.district_id)
        self.fields["cover"].queryset = colleagues.exclude(pk=self.instance.pk)
        self.fields["cover"].empty_label = "Nobody"
        if not self.instance.is_away:
            # An absence that is over is no longer shown; saving the profile forgets it.
            self.initial |= {"away_until": None, "cover": None}

    def clean_away_until(self):
        until = self.cleaned_data["away_until"]
        if until and until <= timezone.localdate():
            raise forms.ValidationError("Enter a day after today, or leave it empty while you are here.")
        return until

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("cover") and not cleaned.get("away_until") and "away_until" not in self.errors:
            self.add_error("away_until", "Enter the day you are back, or leave out who covers for you.")
        return cleaned
