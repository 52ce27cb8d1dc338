"""Counts for pages and files, made by PostgreSQL."""

from cases.reports import files, tables
from cases.reports.asked import Asked
from cases.reports.charts import Columns, ages, ages_in_one, how_to_of_areas, queues, trend
from cases.reports.districts import TIMES_THE_USUAL, usual
from cases.reports.exceptions import exception_report
from cases.reports.periods import AROUND, PERIODS, Period, last_days
from cases.reports.standing import by_age, by_district, by_queue, load
from cases.reports.training import around_training

__all__ = [
    "AROUND",
    "PERIODS",
    "TIMES_THE_USUAL",
    "Asked",
    "Columns",
    "Period",
    "ages",
    "ages_in_one",
    "around_training",
    "by_age",
    "by_district",
    "by_queue",
    "exception_report",
    "files",
    "how_to_of_areas",
    "last_days",
    "load",
    "queues",
    "tables",
    "trend",
    "usual",
]
