"""How cases are found: by number, by words of their text, of what was said, by their caller or contact."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection
from django.db.models import Exists, F, Func, GeneratedField, OuterRef, Q
from django.db.models.sql import Query

from contacts.models import User

CASE_NUMBER = re.compile(r"(?:case|#)?\s*#?\s*(\d{1,18})", re.IGNORECASE)
# A last word of letters alone, so that it is safe in the syntax of tsquery; neither excluded (-word) nor in quotes.
LAST_WORD = re.compile(r'[^"]*(?<!\S)(?P<word>[^\W\d_]{3,60})\s*$')
# A name that fits more people than this says too little to look for.
MOST_NAMESAKES = 50
# As many cases as a search fetches by their keys.
MOST_BY_KEY = 1000


class Lexeme(SearchQuery):
    """A word of the search column as it is stored, neither parsed nor stemmed."""

    template = "(%(expressions)s)::tsquery"

    def __init__(self, word):
        super().__init__(f"'{word}'", search_type="raw")


def case_column():
    """Of a case, kept by PostgreSQL: its words, and its district and contact.

    The latter are lexemes of their own (~d<id>, ~c<id>), so that one index finds words and people within a district.
    """
    own = ["number", "subject", "description", "steps_to_replicate", "caller_name", "district_id", "contact_id"]
    return GeneratedField(
        expression=Func(*map(F, own), function="case_search_vector"), output_field=SearchVectorField(), db_persist=True
    )


def entry_vector():
    """Of a timeline entry: the words of its text, and its district."""
    return Func(F("text"), F("district_id"), function="timeline_search_vector", output_field=SearchVectorField())


def query_of(words):
    """What a text says that matches the words; the last one may be the beginning of one."""
    query = SearchQuery(words, config="english", search_type="websearch")
    if last := LAST_WORD.match(words):
        before = SearchQuery(words[: last.start("word")], config="english", search_type="websearch")
        query |= before & SearchQuery(f"{last['word']}:*", config="simple", search_type="raw")
    return query


def narrow(cases, words, *, district_id=None):
    """The cases of the queryset that match the words; the notes are searched where no district is named."""
    if number := CASE_NUMBER.fullmatch(words.strip()):
        return cases.filter(pk=number[1])
    said = query_of(words)
    people = User.objects.named(words)
    if district_id:
        people = people.filter(district=district_id)
    query = said
    for key in people.order_by().values_list("pk", flat=True)[:MOST_NAMESAKES]:
        query |= Lexeme(f"~c{key}")
    if district_id:
        query, said = query & Lexeme(f"~d{district_id}"), said & Lexeme(f"~d{district_id}")
    found = _by_text(cases.model, query) | _by_entries(cases.model, said, "replies_found", is_internal=False)
    if not district_id:
        found |= _by_entries(cases.model, said, "notes_found", is_internal=True)
    return cases.filter(found)


def _by_text(model, query):
    # What many cases match is soon met in the order of the list, without the index of the search column.
    found = _found(model, "cases_found", query)
    return Q(search=query) if len(found) > MOST_BY_KEY else Q(pk__in=found)


def _by_entries(model, query, function, *, is_internal):
    """By what was said: ``is_internal`` among the notes, else among what the district reads too."""
    found = _found(model, function, query)
    if len(found) <= MOST_BY_KEY:
        return Q(pk__in=set(found))
    entries = model._meta.get_field("timeline").related_model.objects.spoken().filter(is_internal=is_internal)
    return Q(Exists(entries.annotate(words=entry_vector()).filter(words=query, case=OuterRef("pk"))))


def _found(model, function, query):
    """The numbers of the cases within the scope that match, one more than MOST_BY_KEY at the most.

    Ahead of a policy PostgreSQL cannot use the index of the search column, so a function of the database does.
    """
    compiler = Query(model).get_compiler(connection=connection)
    expression, values = compiler.compile(query.resolve_expression(compiler.query))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({expression}, %s)", [*values, MOST_BY_KEY + 1])
        return [number for (number,) in cursor]
