"""Cases that a new one may be about: of the same district, open, or closed so lately that they can be reopened."""

from django.conf import settings
from django.db import connection

from cases.models.cases import Case

# Nobody compares more.
MOST_SIMILAR = 5
LONGEST_SUBJECT = 200


def similar_cases(subject, user, at):
    """Those whose text fits the subject best, the best one first. No note counts: it is no text of a case."""
    words = subject.replace("\0", " ")[:LONGEST_SUBJECT]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_like(%s, %s, %s)", [words, at - settings.CASE_REOPEN_WITHIN, MOST_SIMILAR])
        numbers = [number for (number,) in cursor]
    if not numbers:
        return []
    cases = Case.objects.visible_to(user).rows().in_bulk(numbers)
    return [cases[number] for number in numbers if number in cases]
