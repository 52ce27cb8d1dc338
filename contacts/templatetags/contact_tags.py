"""How pages speak of a district's contacts."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def coverage_sentence(coverage):
    """Which contacts there are and how many are recommended."""
    return (
        f"{settings.RECOMMENDED_SUPPORT_CONTACTS} support contacts and {settings.RECOMMENDED_TECHNICAL_CONTACTS} "
        f"technical contact are recommended. This district has {coverage.support} and {coverage.technical}. "
        "A district administrator designates them."
    )
