from datetime import date

from django import forms
from django.utils import timezone

from contacts.forms import TOO_LONG
from credentials.forms.fields import SHOW_FIELDS_ON_CHANGE, as_asked, form_field_for
from credentials.models import CredentialRecord, CredentialType, Descriptor, Element, serialize_values, shown

PREFIX = "value_"
# What a list of choices sends besides what was chosen already: the ends of a range, and what is typed.
PARTS = ("", "from_", "to_", "more_")
# Further away a date is a typing slip, such as the year 0206 or 2206.
MOST_YEARS_AGO, MOST_YEARS_AHEAD = 100, 20


class RequestForm(forms.Form):
    """A request: a Brief Description, and the fields of the type.

    Pass ``record`` for an update; ``holder`` is the person whose record it is or will be. A valid form has
    ``proposed``: the requested values, as ``serialize_values`` gives them. Which fields there are depends on other
    answers. ``entered`` is what was entered into fields that are not shown now; it stays in the page, so that it is
    there when they are shown again.
    """

    brief_description = forms.CharField(
        label="Brief Description",
        max_length=300,
        help_text="In one sentence, what changes and why. The approver reads it first.",
        error_messages={"required": "Enter a Brief Description.", "max_length": TOO_LONG},
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, holder, type, record=None, entered=None, is_draft=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.holder, self.type, self.record, self.is_draft = holder, type, record, is_draft
        self.is_reshown = entered is not None
        self.original = record.values if record else {}
        self.asked = {field.name: field for field in type.fields_in(holder.district.state)} if type else {}
        offered = Descriptor.objects.offered() if type else {}
        if Element.PARENT in self.asked:
            offered[Element.PARENT] = self.could_belong_to()
            if not offered[Element.PARENT]:
                del self.asked[Element.PARENT]
        for field in shown(self.asked.values(), self.answer):
            value = as_asked(field, self.original.get(field.name))
            self.fields[PREFIX + field.name] = form_field_for(field, offered, value)
            said = self.initial.setdefault(PREFIX + field.name, value)
            if not self.is_reshown:
                # An earlier request may say it as the field was then.
                self.initial[PREFIX + field.name] = as_asked(field, said)
        for name in {field.when_field for field in self.asked.values()} & {*self.value_fields}:
            self.fields[PREFIX + name].widget.attrs |= SHOW_FIELDS_ON_CHANGE
        self.kept_values = self.hidden_values(entered or self.data)
        if is_draft:
            self.ask_for_nothing()

    def ask_for_nothing(self):
        """What is saved as a draft may be incomplete."""
        for name, field in self.fields.items():
            field.required = field.required and name in ("idempotency_key", "record_version", "type", "seen")

    def could_belong_to(self):
        """(key, name) of the records of the same person to which this one may belong."""
        records = CredentialRecord.objects.could_hold(self.record or CredentialRecord(holder=self.holder))
        return [(each.pk, each.name) for each in records.select_related("type").prefetch_related("type__fields")]

    @staticmethod
    def values_of(credential_request):
        """Initial values with which to change or make the request again: what it said, and wanted to change."""
        old, new = credential_request.original, credential_request.proposed
        changed = {PREFIX + name: new.get(name) for name in {*old, *new} if old.get(name) != new.get(name)}
        return {"brief_description": credential_request.brief_description, **changed}

    def answer(self, name):
        """What a field says now, on which others depend."""
        if not self.is_bound:
            return self.initial.get(PREFIX + name, self.original.get(name))
        return self.data.getlist(PREFIX + name) if hasattr(self.data, "getlist") else self.data.get(PREFIX + name)

    @property
    def value_fields(self):
        """The names of the form fields by the names of the values that they ask for."""
        return {name.removeprefix(PREFIX): name for name in self.fields if name.startswith(PREFIX)}

    @property
    def has_unseen_fields(self):
        """Whether the answers bring up fields that were not on the page which was sent."""
        shown = self.data.get("shown_fields", "").split()
        return self.is_bound and not {*self.value_fields.values()} <= {*shown}

    def hidden_values(self, entered):
        """(name, value) of what was entered into fields that are not shown now."""
        asked = {name: name.partition(PREFIX) for name in entered if PREFIX in name}
        names = [name for name, (part, _, of) in asked.items() if part in PARTS and PREFIX + of not in self.fields]
        return [(name, value) for name in names for value in entered.getlist(name)]

    def with_fields_shown(self):
        """The same form, not yet sent, with the fields that the answers bring up and everything that was entered."""
        initial = {
            name: field.widget.value_from_datadict(self.data, self.files, name) for name, field in self.fields.items()
        }
        about = {"holder": self.holder, "type": self.type, "record": self.record}
        return self.__class__(initial=initial, entered=self.data, **about)

    def clean(self):
        cleaned = super().clean()
        values = {name: cleaned.get(field) for name, field in self.value_fields.items()}
        self.check_dates(values)
        self.check_identifier(values)
        said = {name: self.unless_unchanged(name, value) for name, value in values.items()}
        self.proposed = serialize_values({**self.original, **said, **dict.fromkeys(self.no_longer_asked)})
        if not self.errors and not self.is_draft and self.proposed == self.original:
            raise forms.ValidationError(
                "You have not changed anything yet. Change at least one value, or choose Cancel."
                if self.record
                else "Fill in at least one value of the credential."
            )
        return cleaned

    def differs(self, name):
        """Whether what the form says now is another value than the one on record."""
        bound = self[PREFIX + name]
        try:
            said = self.unless_unchanged(name, bound.field.clean(bound.value()))
        except forms.ValidationError:
            return True
        return serialize_values({name: said}) != serialize_values({name: self.original.get(name)})

    @property
    def no_longer_asked(self):
        """What these answers take off the page. What the record's own answers left out already stays on record."""
        before = {field.name for field in shown(self.asked.values(), self.original.get)}
        return before - {*self.value_fields}

    def unless_unchanged(self, name, value):
        """What the field showed is no change, nor is a list in another order, as an import may have put it."""
        held = self.original.get(name)
        if serialize_values({name: value}) == serialize_values({name: as_asked(self.asked[name], held)}):
            return held
        return held if isinstance(value, list) and isinstance(held, list) and sorted(value) == sorted(held) else value

    def check_dates(self, values):
        today = timezone.localdate()
        earliest, latest = today.year - MOST_YEARS_AGO, today.year + MOST_YEARS_AHEAD
        for name, value in values.items():
            # What is on record already need not be explained again.
            if not isinstance(value, date) or value.isoformat() == self.original.get(name):
                continue
            if not earliest <= value.year <= latest:
                self.add_error(self.value_fields[name], f"Enter a year from {earliest} to {latest}.")
            elif name == Element.ISSUED_ON and value > today:
                self.add_error(self.value_fields[name], "Enter a date that is not in the future.")
        expires_on = values.get(Element.EXPIRES_ON)
        for name, words in [(Element.ISSUED_ON, "was issued"), (Element.EFFECTIVE_ON, "takes effect")]:
            if expires_on and values.get(name) and expires_on < values[name]:
                self.add_error(self.value_fields[Element.EXPIRES_ON], f"The credential would expire before it {words}.")
                return  # one sentence per date is enough

    def check_identifier(self, values):
        identifier = values.get(Element.IDENTIFIER)
        if not identifier:
            return
        state = values.get(Element.ISSUING_STATE) or ""
        others = CredentialRecord.objects.filter(
            district=self.holder.district_id, identifier=identifier, issuing_state=state
        )
        if self.record:
            others = others.exclude(pk=self.record.pk)
        if others.exists():
            self.add_error(
                self.value_fields[Element.IDENTIFIER],
                "Your district already has a record with this identifier and state. Check the number.",
            )


class UpdateRequestForm(RequestForm):
    record_version = forms.CharField(widget=forms.HiddenInput)

    def clean_record_version(self):
        """The record may have changed since the form was opened; nobody overwrites that unseen."""
        if self.cleaned_data["record_version"] != self.record.updated_at.isoformat():
            raise forms.ValidationError(
                "Someone changed this record while you were typing. Open it again to see what it says now."
            )
        return self.cleaned_data["record_version"]


class NewRequestForm(RequestForm):
    type = forms.ModelChoiceField(
        CredentialType.objects.none(),
        label="Credential Type",
        empty_label="Choose one",
        error_messages={
            "required": "Choose a Credential Type.",
            "invalid_choice": "Choose a Credential Type from the list.",
        },
        widget=forms.Select(attrs=SHOW_FIELDS_ON_CHANGE),
    )
    field_order = ["brief_description", "type"]

    def __init__(self, *args, holder, **kwargs):
        super().__init__(*args, holder=holder, **kwargs)
        self.fields["type"].queryset = CredentialType.objects.offered_in(holder.district)


class SeenForm(forms.Form):
    """What the form of a request that stands already knows of it: the version that it began from."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class ChangeUpdateForm(SeenForm, UpdateRequestForm):
    """Another version of a request for an update."""


class ChangeNewForm(SeenForm, RequestForm):
    """Another version of a request for a new record, of the same type."""


class ChangeDraftForm(SeenForm, NewRequestForm):
    """A request for a new record that was not submitted yet."""
