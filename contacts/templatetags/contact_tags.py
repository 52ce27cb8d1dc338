"""How the contacts of a district are spoken of."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def coverage_sentence(coverage):
    """Which contacts there are and how many are recommended."""
    return (
        f"Recommended are {settings.RECOMMENDED_SUPPORT_CONTACTS} support contacts and "
        f"{settings.RECOMMENDED_TECHNICAL_CONTACTS} technical contact. This district has {coverage.support} and "
        f"{coverage.technical}. A district administrator designates them."
    )
