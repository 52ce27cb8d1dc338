from datetime import datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()
SHARED = ' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name, size=20):
    """A Lucide icon that screen readers pass over; beside it there is always a word.

    What all icons share is said once, in the style sheet: it would be half of a list's bytes.
    """
    drawn = lucide(str(name), size=size, aria_hidden="true").replace(SHARED, ' class="icon"')
    return mark_safe("".join(map(str.strip, drawn.splitlines())))  # noqa: S308 - drawn by Lucide, no input of ours


@register.simple_tag
@lru_cache(maxsize=500)
def chip(label, tone="neutral", icon_name=""):
    """A word or two in a colored pill. Its icon tells the tone to people who do not see the color; the style sheet
    draws the usual one of the tone.
    """
    drawn = icon(icon_name, 14) if icon_name else ""
    return format_html('<span class="chip tone-{}">{}{}</span>', tone, drawn, label)


@register.simple_tag
def moment(at, zone=False):
    """``Nov 22, 2026, 7:35 PM`` in the reader's time zone; the exact moment with its zone on hover.

    With ``zone`` its abbreviation follows, for pages where people read different clocks.
    """
    if not at:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}{}</time>',
        local.isoformat(timespec="seconds"),
        date_format(local, "D, M j, Y, g:i:s A T"),
        date_format(local, "DATETIME_FORMAT"),
        f" {local:%Z}" if zone else "",
    )


@register.simple_tag
def day(on):
    """``Nov 22, 2026``, of a date or of a moment in the reader's time zone."""
    if isinstance(on, datetime):
        on = timezone.localdate(on)
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), date_format(on)) if on else ""


@register.filter
def breakable(email):
    """The e-mail address. Where it is too long for its line, it breaks after the @ rather than within a word."""
    return mark_safe(escape(email).replace("@", "@<wbr>"))  # noqa: S308 - escaped before
