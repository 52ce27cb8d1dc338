"""How the thread of a case reads: links in what people wrote, and runs of small changes folded into one line."""

import re
from itertools import groupby

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from cases.models import TimelineEntry

register = template.Library()
Action = TimelineEntry.Action

# Of these nobody needs to read more than a line.
QUIET = {
    Action.TAKEN,
    Action.ASSIGNED,
    Action.CORRECTED,
    Action.RELATED,
    Action.UNRELATED,
    Action.REMINDED,
    Action.SUBMITTED,
    Action.PHONED,
    Action.ASKED_TO_ACCEPT,
    Action.HANDED_OVER,
    Action.ACCEPTED,
    Action.CONFIRMED,
}
# The portal's own words, in which "case 123" is always a case of the same district.
ABOUT_CASES = {Action.MERGED, Action.UNMERGED, Action.RELATED, Action.UNRELATED, Action.SPLIT}
# Fewer are read faster than unfolded.
FOLDED_FROM = 3

# Longer ones no browser follows, and trimming them would take long.
ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`]{1,2000}", re.IGNORECASE)
AFTER_ADDRESS = ".,;:!?*_"
OPENED_BY = {")": "(", "]": "["}
CASE = re.compile(r"\b([Cc]ase )(\d+)\b")


@register.filter
def with_links(text):
    """Escaped, with its lines, and with http and https addresses to follow. Nothing else becomes a link."""
    return mark_safe("".join(_pieces(str(text))).replace("\r\n", "\n").replace("\n", "<br>"))  # noqa: S308 - each piece is escaped


def _pieces(text):
    end = 0
    for found in ADDRESS.finditer(text):
        address = _trimmed(found[0])
        yield conditional_escape(text[end : found.start()])
        yield format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', address)
        end = found.start() + len(address)
    yield conditional_escape(text[end:])


def _trimmed(address):
    """Without the punctuation of the sentence around it; a bracket belongs to it only where it was opened in it."""
    while address[-1] in AFTER_ADDRESS or address.count(address[-1]) > address.count(OPENED_BY.get(address[-1], "")):
        address = address[:-1]
    return address


@register.filter
def entry_text(entry):
    """The words of an entry. Where the portal names another case, its number leads there."""
    if entry.action not in ABOUT_CASES:
        return with_links(entry.text)
    return format_html_join("", "{}{}", _cases(entry))


def _cases(entry):
    # The subject that follows the first line's colon is a person's.
    said, colon, subject = entry.text.partition(": ") if entry.action == Action.SPLIT else (entry.text, "", "")
    end = 0
    for found in CASE.finditer(said):
        link = format_html('<a href="{}">{}</a>', reverse("cases:detail", args=[found[2]]), found[0])
        yield said[end : found.start()], link
        end = found.end()
    yield said[end:], f"{colon}{subject}"


@register.filter
def is_quiet(entry):
    return entry.action in QUIET


@register.filter
def runs(timeline):
    """The entries in order, as (entries, whether they are folded). The newest is always seen."""
    entries = list(timeline)
    for quiet, run in groupby(entries, key=is_quiet):
        run = list(run)
        seen = [run.pop()] if run[-1] is entries[-1] else []
        if quiet and len(run) >= FOLDED_FROM:
            yield run, True
        elif run:
            yield run, False
        if seen:
            yield seen, False
