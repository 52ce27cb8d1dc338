"""The form of a new case, guided by its kind."""

from django import forms
from django.urls import reverse_lazy
from django.utils.text import Truncator

from cases.forms.sensitive import AsksBeforeSensitive
from cases.forms.submitting import (
    ComingDateField,
    IdempotentForm,
    ImpactForm,
    area_field,
    ask_for_steps,
    kind_field,
    long_text,
    needed,
    one_line,
    urgency_field,
)
from cases.models import ProductArea, Qualification, completeness
from cases.models.choices import Kind
from cases.models.qualification import ANSWERS, QUESTIONS
from contacts.models import Role

# Each typed subject is looked for among the district's cases.
LOOKS_FOR_SIMILAR = {
    "hx-get": reverse_lazy("cases:similar"),
    "hx-trigger": "input changed delay:400ms",
    "hx-target": "#similar",
    "hx-sync": "this:replace",
}


def made_of(question):
    """What a case says first that is made of a colleague's question: their words, and who asked."""
    if not question:
        return {}
    words = " ".join(question.text.split())
    text = f"Asked by {question.asker}:\n\n{question.text}"
    return {"kind": Kind.QUESTION, "subject": Truncator(words).chars(100), "description": text}


def answer_field(name):
    """Asks what the column of that name holds, in its words."""
    column = Qualification._meta.get_field(name)
    said = {"label": column.verbose_name, "help_text": column.help_text, "required": False}
    if column.choices:
        return forms.ChoiceField(choices=[("", "Not known"), *column.choices], **said)
    return one_line(column.max_length, **said) if column.max_length else long_text(3, **said)


class CaseForm(AsksBeforeSensitive, ImpactForm, IdempotentForm):
    """A question, an issue or a request of a district, each with the questions of its kind.

    The page has the questions of the other kinds, too, but hidden: a changed kind loses no answer, and what stands
    there counts for nothing.
    """

    kind = kind_field()
    product_area = area_field(ProductArea.objects.none())
    subject = one_line(
        widget=forms.TextInput(LOOKS_FOR_SIMILAR),
        help_text="One line that tells your colleagues what the case is about.",
        error_messages=needed("Enter a subject."),
    )
    description = long_text(
        6,
        error_messages=needed("Describe what happened."),
        help_text="In your own words. Leave out passwords, and write no more about a student than Support needs.",
    )
    steps_to_replicate = long_text(
        5,
        required=False,
        help_text="Required for an issue: every action from the menu on, one per line, so that Support sees the same.",
    )
    due_on = ComingDateField(label="Due date", required=False, help_text="Only when something depends on a date.")
    urgency = urgency_field()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        areas = ProductArea.objects.filter(is_active=True)
        if Role.TECHNICAL_CONTACT not in user.roles:
            areas = areas.filter(technical_only=False)
        self.fields["product_area"].queryset = areas
        self.fields["steps_to_replicate"].widget.attrs["data-conditional"] = True  # so that it is not called optional
        self.fields |= {name: answer_field(name) for name in ANSWERS}
        self.order_fields(["idempotency_key", "kind", "product_area", "subject", *QUESTIONS])
        for name, question in QUESTIONS.items():
            self.fields[name].question = question

    @property
    def chosen_kind(self):
        """Empty until one is chosen."""
        kind = self["kind"].value()
        return kind if kind in Kind.values else ""

    @property
    def completeness(self):
        return completeness(self.chosen_kind, {name: self[name].value() for name in QUESTIONS})

    def clean(self):
        ask_for_steps(self)
        self._leave_out_other_kinds()
        said = super().clean()
        answers = {name: said.pop(name, "") for name in ANSWERS}
        return said | {"qualification": {name: answer for name, answer in answers.items() if answer}}

    def _leave_out_other_kinds(self):
        for name, question in QUESTIONS.items():
            if self.cleaned_data.get("kind") not in question.kinds:
                self.cleaned_data[name] = ""
                self.errors.pop(name, None)

    def as_words(self):
        """What was typed so far, as one text."""
        said = {name: (self[name].value() or "").replace("\0", "").strip() for name in ("subject", *QUESTIONS)}
        plain = [said.pop("subject"), said.pop("description")]
        labeled = [f"{self[name].label}\n{self._shown(name)}" for name in said if said[name] and self._asks(name)]
        return "\n\n".join(filter(None, [*plain, *labeled]))

    def _asks(self, name):
        return not self.chosen_kind or self.chosen_kind in QUESTIONS[name].kinds

    def _shown(self, name):
        """An answer as people read it."""
        value = self[name].value().strip()
        return dict(getattr(self.fields[name], "choices", [])).get(value, value)
