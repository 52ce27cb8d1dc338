from django import forms

from contacts import ActionRefused, actions
from contacts.forms.time_zones import TimeZoneField
from contacts.models import User


class PersonAdminForm(forms.ModelForm):
    """The admin's form of a person."""

    time_zone = TimeZoneField(required=False, empty="The district's time zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].offer(self.instance.time_zone)

    def clean_district(self):
        if self.instance.pk and "district" in self.changed_data:
            try:
                actions.refuse_to_move(self.instance)
            except ActionRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return self.cleaned_data["district"]


class PersonForm(forms.ModelForm):
    """A person of the administrator's district."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "school", "title", "phone"]
        error_messages = {
            "first_name": {"required": "Enter the first name."},
            "last_name": {"required": "Enter the last name."},
            "email": {
                "required": "Enter the e-mail address.",
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
    """What people keep current about themselves."""

    time_zone = TimeZoneField(required=False, empty="My district's time zone", help_text="You see times in this zone.")

    class Meta:
        model = User
        fields = ["title", "phone", "time_zone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].offer(self.instance.time_zone)
        if not self.instance.district_id:
            self.fields["time_zone"].choices = [("", "UTC"), *self.fields["time_zone"].choices[1:]]
