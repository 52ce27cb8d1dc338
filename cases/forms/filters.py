from django import forms
from django.utils import timezone

from cases.models import Case, ProductArea, Team
from cases.models.ages import AGE_LABELS
from contacts.forms import TOO_LONG, SearchForm, TypedInput
from contacts.models import SUPPORT_SIDE, District, User

Kind, Priority, Status = Case.Kind, Case.Priority, Case.Status
# A name that fits more districts, or more people, than this says too little to look for.
MOST_NAMESAKES = 50

LOOKUPS = {
    "kind": "kind",
    "priority": "priority",
    "area": "product_area",
    "district": "district__in",
    "assignee": "assignee__in",
    "contact": "contact__in",
}
STATUS_FILTERS = [
    ("", "Any status"),
    ("open", "All open"),
    ("waiting", "Waiting for the district"),
    ("exception", "Exception cases waiting for a contact"),
    ("offered", "Needs a contact"),
    ("call", "Critical, and a call is awaited"),
    *((status.value, status.label) for status in Status),
]
AGE_FILTERS = [("", "Any age"), *((name, f"Age: {said[0].lower()}{said[1:]}") for name, said in AGE_LABELS.items())]
# How the list stands, beside what it is narrowed to.
OF_THE_LIST = ["view", "sort"]
ME, NOBODY = "me", "nobody"
MINE, NONE = "mine", "none"


def typed(label, suggestions):
    """A name, or a part of one."""
    too_long = {"max_length": TOO_LONG}
    widget = TypedInput(suggestions)
    return forms.CharField(label=label, required=False, max_length=200, error_messages=too_long, widget=widget)


class CaseFilterForm(forms.Form):
    """What the list shows; it lives in the address."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="Words, number or name",
        required=False,
        max_length=200,
        error_messages={"max_length": TOO_LONG},
    )
    status = forms.ChoiceField(required=False, choices=STATUS_FILTERS)
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *((kind.value, kind.label) for kind in Kind)])
    priority = forms.ChoiceField(required=False, choices=[("", "Any priority"), *Priority.choices])
    age = forms.ChoiceField(required=False, choices=AGE_FILTERS)
    area = forms.ChoiceField(label="Product area", required=False)
    team = forms.ChoiceField(required=False)
    district = typed("District's name", "cases:choose_district")
    assignee = typed("Support agent (a name, me, or nobody)", "cases:choose_agent")
    contact = typed("Contact", "cases:choose_contact")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["area"].choices = [("", "Any area"), *ProductArea.objects.values_list("pk", "name")]
        if not user.is_support:
            del self.fields["team"], self.fields["district"], self.fields["assignee"]
            return
        teams = Team.objects.values_list("pk", "name")
        self.fields["team"].choices = [("", "Any team"), (MINE, "My team"), *teams, (NONE, "No team")]
        self.fields["status"].choices += [
            ("today", "Due today"),
            ("answer", "Answer due soon or missed"),
            ("overdue", "Exception cases not accepted in time"),
        ]

    def clean_district(self):
        """The keys of the districts that are called so, else of those with the words in their name; None if empty."""
        words, districts = self.cleaned_data["district"], District.objects.all()
        # Where a link names a district, it is this one, in however many longer names the words are.
        named = words and [*districts.filter(name__iexact=words).values_list("pk", flat=True)[:MOST_NAMESAKES]]
        return named or _keys(districts, words, "No district has this in its name.", "districts")

    def clean_assignee(self):
        """As the districts; nobody is a list of none."""
        words = self.cleaned_data["assignee"]
        if words.casefold() in (ME, NOBODY):
            return [self.user.pk] if words.casefold() == ME else []
        agents = User.objects.holding(*SUPPORT_SIDE)
        return _keys(agents, words, "No agent of Support is called so.", "agents")

    def clean_contact(self):
        people = User.objects.visible_to(self.user).filter(district__isnull=False)
        return _keys(people, self.cleaned_data["contact"], "Nobody is called so.", "people")

    @property
    def is_refused(self):
        """Whether something typed cannot be searched; a value that is none of the choices just does not narrow."""
        typed = {name for name, field in self.fields.items() if isinstance(field.widget, forms.TextInput)}
        return not self.errors.keys().isdisjoint(typed)

    def chosen(self, name):
        """What the address says of it, in words; empty where it says nothing that can be read."""
        return str(self.data.get(name) or "").strip() if name in self.fields and name not in self.errors else ""

    @property
    def narrowing(self):
        """The fields that narrow the list now, but the words that are searched."""
        return [name for name in self.fields if name not in [*OF_THE_LIST, "q"] and self.chosen(name)]

    def chips(self):
        """(what the list is narrowed to, the address's query without it) of each of the filters."""
        names = ["q", *self.narrowing] if self.chosen("q") else self.narrowing
        return [(self._said(name), self._without(name)) for name in names]

    def _said(self, name):
        value, field = self.chosen(name), self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return {str(key): label for key, label in field.choices}[value]
        if name == "assignee" and value.casefold() in (ME, NOBODY):
            return "Mine" if value.casefold() == ME else "No agent"
        return f"“{value}”" if name == "q" else f"{'' if name == 'district' else f'{field.label}: '}{value}"

    def _without(self, name):
        query = self.data.copy()
        for each in (name, "cursor"):
            query.pop(each, None)
        return query.urlencode()

    def cases(self, cases):
        """Those of the cases that were asked for; the person sees all of them."""
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        cases = self._in_status(cases, asked.get("status"))
        if asked.get("assignee") == []:
            cases, asked["assignee"] = cases.filter(assignee=None), None
        for name, lookup in LOOKUPS.items():
            if asked.get(name) is not None:
                cases = cases.filter(**{lookup: asked[name]})
        if "age" in asked:
            cases = cases.aged(asked["age"], timezone.now())
        if "team" in asked:
            cases = self._of_team(cases, asked["team"])
        if "q" in asked:
            cases = cases.matching(asked["q"], district_id=None if self.user.is_support else self.user.district_id)
        return cases

    def _of_team(self, cases, team):
        if team == NONE:
            return cases.filter(product_area__team=None)
        return cases.filter(product_area__team__in=self.user.teams.all() if team == MINE else [team])

    @staticmethod
    def _in_status(cases, status):
        if status == "today":
            return cases.due_today(timezone.now())
        if status == "answer":
            return cases.answer_pressing(timezone.now())
        if status == "overdue":
            return cases.handover_overdue(timezone.now())
        groups = {
            "open": cases.open,
            "waiting": cases.waiting_for_district,
            "exception": cases.awaiting_handover,
            "offered": cases.offered,
            "call": cases.awaiting_call,
        }
        if status in groups:
            return groups[status]()
        return cases.filter(status=status) if status else cases


class ChooseForm(SearchForm):
    """Searches a name for the list at the address ``back``."""

    back = forms.CharField(required=False, widget=forms.HiddenInput)


def _keys(rows, words, none, what):
    """Of the rows that are called exactly so, else of those with the words in their name; None without words."""
    if not words:
        return None
    found = list(rows.named(words)[: MOST_NAMESAKES + 1])
    if not found:
        raise forms.ValidationError(none)
    if len(found) > MOST_NAMESAKES:
        raise forms.ValidationError(f"Too many {what} have this in their name. Type more of it.")
    exact = [row for row in found if str(row).casefold() == words.casefold()]
    return [row.pk for row in exact or found]
