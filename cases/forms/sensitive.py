"""A question before a text is sent that looks like it holds what does not belong into a case."""

from django import forms
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cases.models.sensitive import look_for_sensitive


class AsksBeforeSensitive(forms.Form):
    """A form that is sent with such a text only when the person says so, and of which the audit then knows.

    The tick stands for the passages that were found: with another one in the text, the question is a new one.
    """

    TICK = "send_sensitive"

    def clean(self):
        said = super().clean() or self.cleaned_data
        found = list(self._found())
        if found:
            tick = self.fields[self.TICK] = _tick_for(found)
            try:
                tick.clean(tick.widget.value_from_datadict(self.data, self.files, self.add_prefix(self.TICK)))
            except forms.ValidationError as question:
                self.add_error(self.TICK, question)
        return {**said, "sensitive": "; ".join(f"{field}: {what}" for field, what, _ in found)}

    def _found(self):
        """(the field's label, what its text looks like it holds, the passages)."""
        year = timezone.localdate().year
        for name, field in self.fields.items():
            text = self.cleaned_data.get(name)
            if isinstance(field, forms.CharField) and isinstance(text, str):
                for what, passages in look_for_sensitive(text, year):
                    yield self[name].label, what, passages


def _tick_for(found):
    passages = repr([(field, what, sorted(passages)) for field, what, passages in found])
    said = " ".join(f"“{field}” seems to contain {what}." for field, what, _ in found)
    question = f"{said} Take it out if it is not needed, or send it anyway."
    return forms.MultipleChoiceField(
        label="Before you send it",
        choices=[(salted_hmac("sensitive", passages).hexdigest(), "Send it anyway: it is needed")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Everyone who may open the case will read it. That you sent it is recorded, without the text.",
        error_messages=dict.fromkeys(["required", "invalid_choice"], question),
    )
