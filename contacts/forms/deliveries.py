from django import forms

from contacts.models import ALWAYS_AT_ONCE, Delivery, Kind

MEANINGS = {
    Kind.ANSWER: "Somebody waits for your answer: on a case, to a question, to a nomination.",
    Kind.TO_DECIDE: "A request or an inactive contact waits for your decision.",
    Kind.CASE: "What happens on a case without asking you for anything.",
    Kind.UPDATE: "What becomes of update requests.",
    Kind.CONTACTS: "Who comes and goes among the contacts, their agreements and their training.",
    Kind.NOTICE: "What Support announces.",
}


class DeliveriesForm(forms.Form):
    """How the person wants to be told, for each kind of message for which they can choose."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = dict(person.message_deliveries.values_list("kind", "delivery"))
        for kind in Kind:
            if kind not in ALWAYS_AT_ONCE:
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=Delivery,
                    initial=chosen.get(kind, Delivery.AT_ONCE),
                    help_text=MEANINGS[kind],
                    widget=forms.RadioSelect,
                    error_messages={"required": "Choose how you are told."},
                )
