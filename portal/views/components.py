"""One page that shows every template partial in all its states; development and tests alone have it."""

from datetime import UTC, datetime

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.models import TimelineEntry
from contacts.models import User
from contacts.pagination import Page

SAMPLE_MESSAGES = [
    (constants.SUCCESS, "Case 100042 is submitted. You get a message when Support answers."),
    (constants.INFO, "Your district has a new building coach."),
    (constants.WARNING, "Your designation ends in 14 days."),
    (constants.ERROR, "Someone else closed this case while you were typing. What you typed is below."),
]


class SampleForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[("question", "Question"), ("issue", "Issue"), ("request", "Request")],
        widget=forms.RadioSelect,
        help_text="An issue is something that does not work as its documentation says.",
    )
    area = forms.ChoiceField(label="Product area", choices=[("", "Choose…"), ("a", "Attendance"), ("b", "Scheduling")])
    subject = forms.CharField(max_length=100, help_text="One line that says what it is about.")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))
    due = forms.DateField(label="Due date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    tell = forms.BooleanField(label="Tell my district's other contacts", required=False)


class SampleFilter(forms.Form):
    q = forms.CharField(label="Words", required=False)
    status = forms.ChoiceField(choices=[("", "Any"), ("new", "New"), ("closed", "Closed")], required=False)
    area = forms.ChoiceField(label="Product area", choices=[("", "Any"), ("a", "Attendance")], required=False)


def _sample_timeline():
    at = datetime(2026, 11, 20, 15, 4, tzinfo=UTC)
    text = "The roster of period 3 has been empty since this morning.\nOther periods are fine."
    contact, agent = (
        User(first_name="Demo", last_name="Contact", district_id=1),
        User(first_name="Demo", last_name="Agent"),
    )
    return [
        TimelineEntry(created_at=at, by=contact, action="submitted", text=text),
        TimelineEntry(created_at=at, by=agent, action="taken"),
        TimelineEntry(created_at=at, by=agent, action="noted", text="Seen in another district too.", is_internal=True),
        TimelineEntry(created_at=at, by=agent, action="asked", text="Which calendar?"),
        TimelineEntry(created_at=at, by=contact, action="closed"),
    ]


@login_not_required
@require_safe
def components(request):
    """Every partial of templates/_partials/ in all its states; only where settings.COMPONENT_PAGE says so."""
    typed = {"kind": "issue", "subject": "Roster is empty", "due": "tomorrow"}
    person = {
        "display_name": "Demo Contact",
        "initials": "DC",
        "title": "Data manager",
        "email": "support@demo.example",
    }
    context = {
        "untouched": SampleForm(prefix="untouched"),
        "refused": SampleForm({f"refused-{name}": value for name, value in typed.items()}, prefix="refused"),
        "filter_form": SampleFilter(auto_id="filter_%s"),
        "filter_in_use": SampleFilter({"q": "roster", "status": "new"}, auto_id="filter_in_use_%s"),
        "timeline": _sample_timeline(),
        "person": person,
        "person_without_email": User(first_name="Demo", last_name="Coach", phone="555-0100"),
        "rows": [
            {"label": "Issuing state", "old": "MN", "new": "MN", "changed": False},
            {"label": "Effective", "old": "Jul 1, 2021", "new": "Jul 1, 2026", "changed": True},
            {"label": "Grade levels", "old": "", "new": "Kindergarten to 6", "changed": True},
            {"label": "Field", "old": "", "new": "", "changed": False},
        ],
        "details": [("Case", "100042"), ("Status", "Assigned"), ("Due", "")],
        "page": Page([], previous="previous", next="next"),
        "at": datetime(2026, 11, 20, 15, 4, tzinfo=UTC),
        "samples": [Message(level, text) for level, text in SAMPLE_MESSAGES],
        "reader": {"is_authenticated": True, "display_name": "Demo Teacher", "role_labels": ["Building coach"]},
    }
    return render(request, "portal/component_page.html", context)
