"""Tables as files: a row is sent as soon as it is read."""

import csv
from itertools import chain

from django.db import connection
from django.http import StreamingHttpResponse

from contacts import scope
from contacts.reports.cells import harmless

# So that a spreadsheet reads UTF-8.
BYTE_ORDER_MARK = "\ufeff"


class LinesResponse(StreamingHttpResponse):
    """A file, line by line. It is sent after the scope of the request has ended, so it reads in the same scope anew."""

    def __init__(self, filename, lines, *, content_type, first=()):
        super().__init__(
            chain(first, scope.keep(connection.scope, lines)),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )


class CsvResponse(LinesResponse):
    """A file with the header and the rows, each a list of numbers and texts."""

    def __init__(self, filename, header, rows):
        writer = csv.writer(_Echo())
        lines = (writer.writerow(map(harmless, row)) for row in chain([header], rows))
        content_type = "text/csv; charset=utf-8"
        super().__init__(f"{filename}.csv", lines, content_type=content_type, first=[BYTE_ORDER_MARK])


class _Echo:
    """A file for csv.writer, which returns what this returns."""

    def write(self, line):
        return line
