from django import forms
from django.urls import reverse

LISTED = 8
# A text that is too long comes back whole, and the field says by how much.
TOO_LONG = "Use at most %(limit_value)d characters. You typed %(show_value)d."


class TypedInput(forms.TextInput):
    """A name, which the page at the address ``suggestions`` completes while it is typed; empty: nothing does."""

    template_name = "contacts/_typed.html"

    def __init__(self, suggestions=""):
        super().__init__(attrs={"autocomplete": "off", "class": "form-control"})
        self.suggestions = suggestions

    def get_context(self, name, value, attrs):
        url = reverse(self.suggestions) if self.suggestions else ""
        return {**super().get_context(name, value, attrs), "suggestions_url": url}


class ByNameField(forms.CharField):
    """One row of a queryset with ``named()``, typed: its name, or enough of it to be the only one."""

    def __init__(self, queryset, *, suggestions="", error_messages=None, **kwargs):
        widget = TypedInput(suggestions)
        error_messages = {"max_length": TOO_LONG, **(error_messages or {})}
        super().__init__(max_length=200, widget=widget, error_messages=error_messages, **kwargs)
        self.queryset = queryset

    def clean(self, value):
        words = super().clean(value)
        if not words:
            return None
        found = list(self.queryset.named(words)[: LISTED + 1])
        exact = [row for row in found if words.casefold() in (str(row).casefold(), getattr(row, "email", None))]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError("There is no match for this name. Check the spelling, or type only part of it.")
        names = ", ".join(map(self.label_of, found[:LISTED])) + (", and more" if len(found) > LISTED else "")
        raise forms.ValidationError(f"Type more of the name. Found: {names}.")

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else str(value)

    @staticmethod
    def label_of(row):
        """Namesakes are told apart by their e-mail addresses."""
        return f"{row} ({row.email})" if getattr(row, "email", None) else str(row)
