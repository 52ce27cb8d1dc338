from django.db.models import Q

from cases.forms.submitting import (
    ComingDateField,
    ImpactForm,
    area_field,
    ask_for_steps,
    kind_field,
    long_text,
    urgency_field,
)
from cases.forms.verbs import UpToDateForm
from cases.models import ProductArea
from cases.models.priorities import ASKED


class CorrectForm(ImpactForm, UpToDateForm):
    """``only`` names the part of PARTS that is asked for; what else the case says stays as it is."""

    PARTS = {
        "kind": ["kind", "steps_to_replicate"],
        "product_area": ["product_area"],
        "due_on": ["due_on"],
        "urgency": ASKED,
    }
    heading, button = "Correct the case", "Save corrections"
    lead = (
        "The timeline keeps the old values. The district is told when the kind, the due date, the urgency or the "
        "priority changes."
    )
    kind = kind_field()
    product_area = area_field(ProductArea.objects.none())
    due_on = ComingDateField(label="Due date", required=False)
    steps_to_replicate = long_text(3, required=False, help_text="Only if it becomes an issue.")
    urgency = urgency_field()

    def __init__(self, *args, only="", **kwargs):
        super().__init__(*args, **kwargs)
        if self.case.steps_to_replicate or self.case.is_exception:
            del self.fields["steps_to_replicate"]
        offered = Q(is_active=True) | Q(pk=self.case.product_area_id)
        self.fields["product_area"].queryset = ProductArea.objects.filter(offered)
        # A date that has passed may stay as it is.
        self.fields["due_on"].kept = self.case.due_on
        for name in ["kind", "product_area", "due_on", *ASKED]:
            self.fields[name].initial = getattr(self.case, name)
        self.narrow_to(only or self.data.get("only", ""))

    def narrow_to(self, part):
        self.only = part if part in self.PARTS else ""
        if self.only:
            kept = {*self.PARTS[self.only], *UpToDateForm.base_fields}
            self.fields = {name: field for name, field in self.fields.items() if name in kept}
            self.auto_id = f"correct_{self.only}_%s"

    def clean(self):
        ask_for_steps(self)
