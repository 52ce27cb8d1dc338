"""Imports a district with schools, courses, staff and credentials from Ed-Fi bulk XML (3.2, 4.0 and 5.x)."""

from credentials.edfi.export import has_lines, lines_of
from credentials.edfi.importer import load
from credentials.edfi.parser import InterchangeError
from credentials.edfi.summary import Summary

__all__ = [
    "InterchangeError",
    "Summary",
    "has_lines",
    "lines_of",
    "load",
]
