from django import forms

from contacts.forms.fields import TOO_LONG

ANSWER = "Support decides, and you get a message."


def reason_field(**kwargs):
    errors = {"required": "Enter the reason.", "max_length": TOO_LONG}
    return forms.CharField(max_length=500, widget=forms.Textarea({"rows": 3}), error_messages=errors, **kwargs)


def additional_contact_field(district, *, decides):
    """The reason for one more support contact than the district has without approval."""
    held = district.support_contacts
    known = f"{district} already has {held}." if decides else f"your district already has {held}. {ANSWER}"
    return reason_field(
        required=False,
        label="Reason for another support contact",
        help_text=f"Required for a support contact: {known}",
    )


class DecisionForm(forms.Form):
    """A support lead's decision, which always has a reason."""

    reason = reason_field(
        label="Reason for your decision", help_text="The person and the district's administrators read it."
    )
