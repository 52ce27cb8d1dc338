from cases.models.calls import Call
from cases.models.cases import Case
from cases.models.exceptions import handover_due
from cases.models.links import CaseLink
from cases.models.priorities import PriorityRule, priority_by_table
from cases.models.product_areas import ProductArea
from cases.models.querysets import speaks_for
from cases.models.targets import ResponseTarget, SupportHoliday, SupportHours, support_calendar
from cases.models.teams import Team, TeamMember
from cases.models.timeline import TimelineEntry

__all__ = [
    "Call",
    "Case",
    "CaseLink",
    "PriorityRule",
    "ProductArea",
    "ResponseTarget",
    "SupportHoliday",
    "SupportHours",
    "Team",
    "TeamMember",
    "TimelineEntry",
    "handover_due",
    "priority_by_table",
    "speaks_for",
    "support_calendar",
]
