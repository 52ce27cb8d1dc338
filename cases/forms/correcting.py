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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.case.steps_to_replicate or self.case.is_exception:
            del self.fields["steps_to_replicate"]
        offered = Q(is_active=True) | Q(pk=self.case.product_area_id)
        self.fields["product_area"].queryset = ProductArea.objects.filter(offered)
        # A date that has passed may stay as it is.
        self.fields["due_on"].kept = self.case.due_on
        for name in ["kind", "product_area", "due_on", *ASKED]:
            self.fields[name].initial = getattr(self.case, name)

    def clean(self):
        ask_for_steps(self)
