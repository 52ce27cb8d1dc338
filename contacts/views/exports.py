"""Tables as files: a row is sent as soon as it is read."""

import csv
from itertools import chain

from django.db import connection
from django.http import StreamingHttpResponse

from contacts import scope

# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# So that a spreadsheet reads UTF-8.
BYTE_ORDER_MARK = "\ufeff"


class CsvResponse(StreamingHttpResponse):
    """A file with the header and the rows, each a list of numbers and texts.

    It is sent after the scope of the request has ended, so it reads its rows in the same scope anew.
    """

    def __init__(self, filename, header, rows):
        writer = csv.writer(_Echo())
        lines = (writer.writerow(map(harmless, row)) for row in chain([header], rows))
        super().__init__(
            chain([BYTE_ORDER_MARK], scope.keep(connection.scope, lines)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{filename}.csv"'},
        )


class _Echo:
    """A file for csv.writer, which returns what this returns."""

    def write(self, line):
        return line


def harmless(value):
    """Numbers as they are; a text that a spreadsheet would run gets an apostrophe, which spreadsheets do not show."""
    is_formula = isinstance(value, str) and value.lstrip(" ").startswith(FORMULA)
    return f"'{value}" if is_formula else value
