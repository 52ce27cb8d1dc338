"""Where a search found its words: one line of text of each case on the page, with the words marked."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline
from django.db.models import Func, Value
from django.utils.html import escape
from django.utils.safestring import mark_safe

from cases.models.search import CASE_NUMBER, entry_vector, query_of

# They stand around a word until the text is escaped, so nothing that people wrote becomes a tag.
START, STOP = "\x02", "\x03"
TEXTS = [("description", "Description"), ("steps_to_replicate", "Steps to replicate"), ("caller_name", "Caller")]


@dataclass(frozen=True)
class Hit:
    where: str
    text: str
    is_internal: bool = False


def mark_hits(cases, words, user):
    """Give each of the cases its ``hit``, where the words stand in a text that the person may read."""
    if not cases or CASE_NUMBER.fullmatch(words):
        return
    query, keys = query_of(words), [case.pk for case in cases]
    found = dict(_in_entries(cases[0], query, keys, user)) | dict(_in_texts(cases[0], query, keys))
    for case in cases:
        case.hit = found.get(case.pk) or _in_contact(case, words)


def _in_texts(case, query, keys):
    lines = {f"{name}_line": _headline(name, query) for name, _ in TEXTS}
    for row in type(case).objects.filter(pk__in=keys).annotate(**lines).values("pk", *lines):
        for name, where in TEXTS:
            if START in (line := row[f"{name}_line"]):
                yield row["pk"], Hit(where, _marked(line))
                break


def _in_entries(case, query, keys, user):
    """The newest entry of each case that says the words."""
    entries = case.timeline.model.objects.visible_to(user).spoken().filter(case__in=keys)
    entries = entries.annotate(words=entry_vector()).filter(words=query).order_by("case_id", "-created_at", "-pk")
    found = entries.distinct("case_id").annotate(line=_headline("text", query)).select_related("by").defer("text")
    for entry in found:
        where = "Internal note" if entry.is_internal else entry.by.display_name if entry.by else entry.author
        yield entry.case_id, Hit(where, _marked(entry.line), entry.is_internal)


def _in_contact(case, words):
    name = case.contact.display_name if case.contact else ""
    if all(word.casefold() in name.casefold() for word in words.split()) and name:
        return Hit("Contact", _marked(f"{START}{name}{STOP}"))
    return None


def _headline(name, query):
    plain = Func(name, Value(START + STOP), Value(""), function="translate")
    return SearchHeadline(
        plain, query, config="english", start_sel=START, stop_sel=STOP, max_words=12, min_words=6, max_fragments=1
    )


def _marked(line):
    said = escape(" ".join(line.split()))
    return mark_safe(said.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 - escaped before
