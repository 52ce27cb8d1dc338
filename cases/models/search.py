"""How cases are found: by number, by words of their text, by their caller or their contact."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db import connection
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


def narrow(cases, words, *, district_id=None):
    """The cases of the queryset that match the words."""
    if number := CASE_NUMBER.fullmatch(words.strip()):
        return cases.filter(pk=number[1])
    query = SearchQuery(words, config="english", search_type="websearch")
    if last := LAST_WORD.match(words):
        before = SearchQuery(words[: last.start("word")], config="english", search_type="websearch")
        query |= before & SearchQuery(f"{last['word']}:*", config="simple", search_type="raw")
    people = User.objects.named(words)
    if district_id:
        people = people.filter(district=district_id)
    for key in people.order_by().values_list("pk", flat=True)[:MOST_NAMESAKES]:
        query |= Lexeme(f"~c{key}")
    query = query & Lexeme(f"~d{district_id}") if district_id else query
    found = _found(cases.model, query)
    # What many cases match is soon met in the order of the list, without the index of the search column.
    return cases.filter(search=query) if len(found) > MOST_BY_KEY else cases.filter(pk__in=found)


def _found(model, query):
    """The numbers of the cases within the scope that match, one more than MOST_BY_KEY at the most.

    Ahead of a policy PostgreSQL cannot use the index of the search column, so a function of the database does.
    """
    compiler = Query(model).get_compiler(connection=connection)
    expression, values = compiler.compile(query.resolve_expression(compiler.query))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cases_found({expression}, %s)", [*values, MOST_BY_KEY + 1])
        return [number for (number,) in cursor]
