from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone

from cases.forms.submitting import long_text, needed
from cases.models import SiteKind, UpdateRequest, Version, coming_windows, possible_windows
from contacts.models import Role, User

MOST_STAFF = 20


class WindowField(forms.ChoiceField):
    """One of the maintenance windows, in the reader's time zone; of those ``offered``, and no other.

    ``earlier`` are windows too, but too early.
    """

    def offer(self, offered, earlier=()):
        self.windows = {_key(window): window for window in offered}
        self.earlier = {_key(window) for window in earlier} - self.windows.keys()
        self.choices = [("", "Choose a window"), *((key, str(window)) for key, window in self.windows.items())]

    def valid_value(self, value):
        return True

    def clean(self, value):
        key = super().clean(value)
        if key in self.windows:
            return self.windows[key]
        first = f" The first possible one is {next(iter(self.windows.values()))}." if self.windows else ""
        wrong = "This window is too early." if key in self.earlier else "Choose one of the maintenance windows."
        raise forms.ValidationError(f"{wrong}{first}")


def _key(window):
    return f"{window.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def window_field(label):
    wanted = needed("Choose a maintenance window.")
    return WindowField(label=label, error_messages=wanted)


class UpdateForm(forms.Form):
    """What a request for a site asks in any case."""

    window = window_field("Preferred window")
    reason = long_text(3, error_messages=needed("Say why it is needed."))
    contacts = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Coaches and administrators to notify",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The district's support and technical contacts are always told.",
    )
    staff = forms.CharField(
        label="Others to notify",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="E-mail addresses of colleagues in your district, separated by spaces, commas or lines.",
    )

    def __init__(self, *args, site, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.site, now = site, timezone.now()
        self.fields["window"].offer(possible_windows(site.kind, now), coming_windows(site.kind, now))
        days = settings.UPDATE_LEAD_TIME.days
        self.fields["window"].help_text = f"Support needs {days} day{'' if days == 1 else 's'} to prepare it."
        # Coaches and administrators; the authorized contacts are told anyway.
        people = User.objects.active().holding(Role.BUILDING_COACH, Role.DISTRICT_ADMINISTRATOR, district=site.district)
        always = User.objects.contacts_of(site.district).values("pk")
        self.fields["contacts"].queryset = people.exclude(pk__in=always)

    def clean_staff(self):
        addresses = self.cleaned_data["staff"].replace(",", " ").replace(";", " ").lower().split()
        if len(addresses) > MOST_STAFF:
            raise forms.ValidationError(f"Name {MOST_STAFF} people at most.")
        for address in addresses:
            validate_email(address)
        found = list(User.objects.active().filter(district=self.site.district, email__in=addresses))
        if unknown := sorted(set(addresses) - {person.email for person in found}):
            raise forms.ValidationError(f"Nobody of your district who can sign in has this address: {unknown[0]}.")
        return found

    @property
    def asked(self):
        """What the action takes."""
        said = dict(self.cleaned_data)
        notify = {*said.pop("contacts"), *said.pop("staff")}
        return {**said, "kind": self.kind, "notify": notify}


class RefreshForm(UpdateForm):
    kind = UpdateRequest.Kind.REFRESH
    acknowledgement = forms.CharField(
        max_length=100, label="", error_messages=needed("Type the words, so that it is sure that you know it.")
    )

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, site=site, **kwargs)
        self.words = f"overwrite {site.get_kind_display().lower()}"
        field = self.fields["acknowledgement"]
        field.label = f"Type “{self.words}” to confirm"
        field.help_text = "All data of the site is overwritten with that of production, and cannot be brought back."
        field.widget.attrs["autocomplete"] = "off"

    def clean_acknowledgement(self):
        typed = " ".join(self.cleaned_data["acknowledgement"].split())
        if typed.casefold() != self.words:
            raise forms.ValidationError(f"Type “{self.words}”, and nothing else.")
        return typed


class VersionUpdateForm(UpdateForm):
    kind = UpdateRequest.Kind.VERSION
    target = forms.ModelChoiceField(
        Version.objects.none(),
        label="Version",
        empty_label="Choose a version",
        error_messages=needed("Choose the version."),
    )
    field_order = ["target"]

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, site=site, **kwargs)
        self.fields["target"].queryset = Version.objects.offered_to(site)
        self.fields["target"].label_from_instance = lambda each: f"{each}, {each.get_standing_display().lower()}"


class StepForm(forms.Form):
    """What Support, or the district, says with a step."""

    reason = long_text(3, label="Note", required=False, help_text="The district reads it.")


class ReasonedStepForm(forms.Form):
    reason = long_text(3, error_messages=needed("Enter the reason."), help_text="Both sides read it.")


class ScheduleUpdateForm(forms.Form):
    window = window_field("Maintenance window")
    reason = long_text(3, label="Note", required=False, help_text="The district reads it.")

    def __init__(self, *args, update, **kwargs):
        super().__init__(*args, **kwargs)
        now = timezone.now()
        windows = {*coming_windows(update.site_kind, now), *filter(lambda each: each.start > now, [update.preferred])}
        self.fields["window"].offer(sorted(windows))
        if update.scheduled:
            reason = self.fields["reason"]
            reason.required, reason.label = True, "Why it is moved"
            reason.error_messages["required"] = "Say why it is moved to another window."
        else:
            self.initial["window"] = _key(update.preferred)


class HistoryForm(forms.Form):
    """The filters of the history; what is wrong is left out."""

    district = forms.IntegerField(required=False, widget=forms.HiddenInput)
    site = forms.ChoiceField(required=False, choices=[("", "All sites"), *SiteKind.choices])
    kind = forms.ChoiceField(required=False, choices=[("", "Both kinds"), *UpdateRequest.Kind.choices])

    def narrow(self, rows):
        self.is_valid()
        asked = {"site_kind": self.cleaned_data.get("site"), "kind": self.cleaned_data.get("kind")}
        self.active = any(asked.values())
        return rows.filter(**{field: value for field, value in asked.items() if value})


def parse_month(text, today):
    """The first day of the month ``2026-12`` of this century; of today's where there is no such month."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        first = None
    return first if first and 2000 <= first.year < 2100 else today.replace(day=1)
