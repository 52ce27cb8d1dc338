"""What lists show once a row, made cheap: 25 rows of Django's date filter would cost more than the whole query."""

from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()

MOMENT = '<time datetime="{}" title="{}">{} {}</time>'


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name, size=20):
    """A Lucide icon that screen readers pass over; beside it there is always a word."""
    return mark_safe(lucide(str(name), size=size, aria_hidden="true"))  # noqa: S308 - drawn by Lucide, no input of ours


@register.simple_tag
def moment(at):
    """When it was, in the reader's time zone; the exact moment with its zone on hover."""
    if not at:
        return ""
    here = timezone.localtime(at)
    exact = f"{here:%A} {here.day} {here:%B %Y, %H:%M:%S %Z (%z)}"
    return format_html(MOMENT, here.isoformat(), exact, here.day, f"{here:%b %Y, %H:%M}")
