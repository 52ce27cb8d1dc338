from datetime import timedelta

from django.utils import timezone

from cases import actions
from cases.models import Case, Notice, NoticeUpdate, ProductArea
from contacts.models import User

PAPER = "Take attendance on paper, and enter it later. What was saved before is safe."
UPDATE = "The attendance service answers slowly in the morning. We add servers, and watch it until tomorrow."


def add_notices():
    """An incident that one district says affects it too, maintenance in a week, and an incident that is over."""
    agent, lead = (User.objects.get(email=f"{name}@support.example") for name in ("agent", "lead"))
    attendance, now = ProductArea.objects.get(name="Attendance"), timezone.now()
    usual = {"everyone": True, "districts": [], "product_areas": [attendance], "is_public": True, "site_kinds": []}
    incident = actions.post_notice(
        kind=Notice.Kind.INCIDENT,
        by=agent,
        **usual | {"title": "Attendance is slow", "instructions": PAPER, "site_kinds": ["production"]},
        starts_at=now - timedelta(hours=2),
        expected_end=now + timedelta(hours=3),
    )
    contact = User.objects.get(email="b.castellano@demo.example")
    actions.report_affected(incident, by=contact, users_affected=140, note="The high school and the middle school.")
    about = Case.objects.filter(product_area=attendance, district=contact.district).exclude(status=Case.Status.CLOSED)
    actions.tie_cases(incident, list(about.order_by("-pk")[:2]), by=agent)
    actions.update_notice(incident, by=lead, text=UPDATE, expected_end=now + timedelta(hours=5))
    start = (now + timedelta(days=8)).replace(minute=30, second=0, microsecond=0)
    actions.post_notice(
        kind=Notice.Kind.MAINTENANCE,
        by=lead,
        **usual
        | {
            "title": "New servers for production",
            "instructions": "Nobody can sign in during that time. Save what you work on before it begins.",
            "product_areas": [],
            "site_kinds": ["production", "sandbox"],
        },
        starts_at=start,
        expected_end=start + timedelta(hours=3),
    )
    add_past(lead, now - timedelta(days=20))


def add_past(lead, start):
    """As it went; the actions know only of now."""
    over = start + timedelta(hours=4)
    notice = Notice.objects.create(
        kind=Notice.Kind.INCIDENT,
        title="Report cards print without grades",
        instructions="Print them again when this is resolved.",
        everyone=True,
        starts_at=start,
        posted_by=lead,
        posted_at=start,
        announced_at=start,
        updated_at=over,
        resolved_at=over,
        number=2,
    )
    about = {"notice": notice, "by": lead}
    NoticeUpdate.objects.create(**about, number=1, step="posted", at=start)
    said = "A change of the night before was taken back. Report cards have their grades again."
    NoticeUpdate.objects.create(**about, number=2, step="resolved", text=said, at=over)
