from uuid import uuid4

from django import forms

from contacts.forms.fields import TOO_LONG

LONGEST_TEXT = 5_000


def text_field(rows, *, required, **kwargs):
    errors = {"required": required, "max_length": TOO_LONG}
    return forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": rows}), error_messages=errors, **kwargs
    )


class AskForm(forms.Form):
    """A question, which is asked once, however often the form is sent."""

    text = text_field(
        6,
        label="Your question",
        required="Write your question.",
        help_text="What you want to do, and where you are stuck. Leave out passwords and the names of students.",
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class AnswerForm(forms.Form):
    text = text_field(5, label="Your answer", required="Write your answer.")
