"""How pages speak of a district's contacts."""

from django import template
from django.conf import settings

from contacts import reports
from contacts.models import Kind

register = template.Library()

KIND_ICONS = {
    Kind.ANSWER: "message-circle-reply",
    Kind.TO_DECIDE: "stamp",
    Kind.DECIDED: "badge-check",
    Kind.CASE: "messages-square",
    Kind.UPDATE: "calendar-clock",
    Kind.CONTACTS: "users",
    Kind.NOTICE: "megaphone",
    Kind.ACCOUNT: "user-round-cog",
}


@register.filter
def kind_icon(kind):
    return KIND_ICONS[kind]


@register.filter
def gaps(severity):
    """What makes up the severity of a district, the worst first."""
    return reports.gaps(severity)


@register.filter
def coverage_sentence(coverage):
    """Which contacts there are and how many are recommended."""
    return (
        f"{settings.RECOMMENDED_SUPPORT_CONTACTS} support contacts and {settings.RECOMMENDED_TECHNICAL_CONTACTS} "
        f"technical contact are recommended. This district has {coverage.support} and {coverage.technical}. "
        "A district administrator designates them."
    )
