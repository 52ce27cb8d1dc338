"""Loads a district, its schools, staff and their credentials from Ed-Fi 5.x XML (bulk interchange files)."""

from credentials.edfi.importing import load
from credentials.edfi.reading import Unreadable
from credentials.edfi.summary import KINDS, Summary

__all__ = ["KINDS", "Summary", "Unreadable", "load"]
