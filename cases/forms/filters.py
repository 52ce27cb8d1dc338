from django import forms
from django.utils import timezone

from cases.models import Case, ProductArea, Team
from contacts.forms import TOO_LONG
from contacts.models import District

Kind, Priority, Status = Case.Kind, Case.Priority, Case.Status
# A name that fits more districts than this says too little to look for.
MOST_DISTRICTS = 50

LOOKUPS = {"kind": "kind", "priority": "priority", "area": "product_area", "district": "district__in"}
STATUS_FILTERS = [
    ("", "Any status"),
    ("open", "All open"),
    ("waiting", "Waiting for the district"),
    ("exception", "Exception cases waiting for a contact"),
    ("call", "Critical, and a call is awaited"),
    *((status.value, status.label) for status in Status),
]


class CaseFilterForm(forms.Form):
    """What the list shows; it lives in the address."""

    q = forms.CharField(
        label="Words, number or name",
        required=False,
        max_length=200,
        error_messages={"max_length": TOO_LONG},
    )
    status = forms.ChoiceField(required=False, choices=STATUS_FILTERS)
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *((kind.value, kind.label) for kind in Kind)])
    priority = forms.ChoiceField(required=False, choices=[("", "Any priority"), *Priority.choices])
    area = forms.ChoiceField(label="Product area", required=False)
    team = forms.ChoiceField(required=False)
    district = forms.CharField(
        label="District's name", required=False, max_length=200, error_messages={"max_length": TOO_LONG}
    )
    assignee = forms.ChoiceField(
        label="Support agent",
        required=False,
        choices=[("", "Any agent"), ("me", "Me"), ("nobody", "None yet")],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["area"].choices = [("", "Any area"), *ProductArea.objects.values_list("pk", "name")]
        if not user.is_support:
            del self.fields["team"], self.fields["district"], self.fields["assignee"]
            return
        teams = Team.objects.values_list("pk", "name")
        self.fields["team"].choices = [("", "Any team"), ("mine", "My team"), *teams]
        self.fields["status"].choices += [
            ("answer", "Answer due soon or missed"),
            ("overdue", "Exception cases not accepted in time"),
        ]

    def clean_district(self):
        """The keys of the districts that are called so, else of those with the words in their name; None if empty."""
        if not (words := self.cleaned_data["district"]):
            return None
        found = list(District.objects.named(words)[: MOST_DISTRICTS + 1])
        if not found:
            raise forms.ValidationError("No district has this in its name.")
        if len(found) > MOST_DISTRICTS:
            raise forms.ValidationError("Too many districts have this in their name. Type more of it.")
        exact = [district for district in found if district.name.casefold() == words.casefold()]
        return [district.pk for district in exact or found]

    @property
    def is_refused(self):
        """Whether something typed cannot be searched; a value that is none of the choices just does not narrow."""
        return not self.errors.keys().isdisjoint({"q", "district"})

    def cases(self):
        """The rows that the person may see and asked for."""
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        cases = self._in_status(Case.objects.visible_to(self.user), asked.get("status"))
        for name, lookup in LOOKUPS.items():
            if name in asked:
                cases = cases.filter(**{lookup: asked[name]})
        if "team" in asked:
            teams = self.user.teams.all() if asked["team"] == "mine" else [asked["team"]]
            cases = cases.filter(product_area__team__in=teams)
        if "assignee" in asked:
            cases = cases.filter(assignee=self.user if asked["assignee"] == "me" else None)
        if "q" in asked:
            cases = cases.matching(asked["q"], district_id=None if self.user.is_support else self.user.district_id)
        return cases

    @staticmethod
    def _in_status(cases, status):
        if status == "answer":
            return cases.answer_pressing(timezone.now())
        if status == "overdue":
            return cases.handover_overdue(timezone.now())
        groups = {
            "open": cases.open,
            "waiting": cases.waiting_for_district,
            "exception": cases.awaiting_handover,
            "call": cases.awaiting_call,
        }
        if status in groups:
            return groups[status]()
        return cases.filter(status=status) if status else cases
