from copy import copy

from django import forms

from credentials.models import Descriptor, fingerprint, waiting_in_vain
from credentials.reports import effects_of


class LinesField(forms.CharField):
    """A list of strings, one per line; blank lines are left out."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 30})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        return list(initial or []) != self.to_python(data)


class CredentialFieldForm(forms.ModelForm):
    choices = LinesField(
        required=False, help_text="One per line. Leave empty for a standard element to use the Ed-Fi list."
    )
    when_values = LinesField(
        required=False,
        label="answers",
        help_text="Of that field, one per line, for which this one is asked. For yes or no: Yes, or No.",
    )


class CredentialFieldFormSet(forms.BaseInlineFormSet):
    """The fields of a type. What a change does to values in use is shown, and accepted, before anything is saved."""

    effects = ()

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        self.check_conditions()
        self.effects = list(effects_of(self.changes()))
        if self.effects and self.data.get("accepted_effects") != self.digest:
            raise forms.ValidationError("Nothing is saved yet. See below what this change affects, and accept it.")

    @property
    def digest(self):
        """What is accepted is what was shown, and no more than that."""
        return fingerprint(self.effects)

    def check_conditions(self):
        asked = [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.has_changed() or form.instance.pk)
        ]
        for field in waiting_in_vain(asked):
            raise forms.ValidationError(
                f"“{field}” depends on “{field.when_field}”, which is not asked along with it, or depends on it."
            )

    def changes(self):
        """(field before, field after) of each changed one; None stands for the one that is taken away."""
        for form in self.initial_forms:
            if form in self.deleted_forms:
                yield form.before, None
            elif form.has_changed():
                yield form.before, form.instance

    def save(self, commit=True):
        """What is stored under a former name keeps its label."""
        saved = super().save(commit)
        for before, after in self.changes():
            if after and before.name != after.name and any(effects_of([(before, None)])):
                before.pk, before.is_retired = None, True
                before.save(force_insert=True)
        return saved

    def delete_existing(self, field, commit=True):
        """A field of which records or requests have values is asked no more, but keeps its label."""
        if not commit:
            return
        if any(effects_of([(field, None)])):
            field.is_retired = True
            field.save(update_fields=["is_retired"])
        else:
            field.delete()

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.before = copy(form.instance)
        return form


class DescriptorForm(forms.ModelForm):
    local_codes = LinesField(required=False, help_text="One per line: a code such as KG, or a whole URI.")

    def clean(self):
        cleaned = super().clean()
        others = Descriptor.objects.filter(vocabulary=cleaned.get("vocabulary", "")).exclude(pk=self.instance.pk)
        taken = others.filter(local_codes__overlap=cleaned.get("local_codes") or [""]).first()
        if taken:
            self.add_error("local_codes", f"One of these codes already stands for “{taken}”.")
        return cleaned
