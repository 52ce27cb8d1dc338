from django import forms


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
