from django import forms

from cases.models import Case, Kind, ProductArea, Status
from contacts.models import District

STATUS_FILTERS = [
    ("", "Any status"),
    ("open", "All open"),
    ("waiting", "Waiting for the district"),
    ("exception", "Exception, to be handed over"),
    *((status.value, status.label) for status in Status),
]


class CaseFilterForm(forms.Form):
    """What the list shows; it lives in the address."""

    q = forms.CharField(label="Words or number", required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=STATUS_FILTERS)
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *((kind.value, kind.label) for kind in Kind)])
    area = forms.ChoiceField(label="Product area", required=False)
    district = forms.ChoiceField(required=False)
    assignee = forms.ChoiceField(
        label="Support agent",
        required=False,
        choices=[("", "Any agent"), ("me", "I have it"), ("nobody", "Nobody yet")],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        # Plain choices: the list that the page shows anyway also answers whether a value is one of them.
        self.fields["area"].choices = [("", "Any area"), *ProductArea.objects.values_list("pk", "name")]
        if user.is_support:
            self.fields["district"].choices = [("", "Any district"), *District.objects.values_list("pk", "name")]
        else:
            del self.fields["district"], self.fields["assignee"]

    def cases(self):
        """The rows that the person may see and asked for; a value that is none of the choices does not narrow."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        cases = self._in_status(Case.objects.visible_to(self.user), asked.get("status"))
        for name, field in {"kind": "kind", "area": "product_area", "district": "district"}.items():
            if name in asked:
                cases = cases.filter(**{field: asked[name]})
        if "assignee" in asked:
            cases = cases.filter(assignee=self.user if asked["assignee"] == "me" else None)
        if "q" in asked:
            cases = cases.matching(asked["q"], district_id=None if self.user.is_support else self.user.district_id)
        return cases

    @staticmethod
    def _in_status(cases, status):
        groups = {"open": cases.open, "waiting": cases.waiting_for_district, "exception": cases.awaiting_hand_over}
        if status in groups:
            return groups[status]()
        return cases.filter(status=status) if status else cases
