from cases.models.affected import NoticeArea, NoticeCase, NoticeDismissal, NoticeDistrict, NoticeReport
from cases.models.calls import Call
from cases.models.canned_replies import CannedReply
from cases.models.cases import Case
from cases.models.drafts import Draft
from cases.models.exceptions import handover_due
from cases.models.feeds import CalendarFeed
from cases.models.links import CaseLink
from cases.models.notices import Notice, NoticeUpdate
from cases.models.presence import Presence
from cases.models.priorities import PriorityRule, priority_by_table
from cases.models.product_areas import ProductArea
from cases.models.qualification import Qualification, answers_of, completeness, completeness_of
from cases.models.querysets import speaks_for
from cases.models.similar import similar_cases
from cases.models.sites import Site, SiteKind, Version
from cases.models.targets import ResponseTarget, SupportHoliday, SupportHours, support_calendar
from cases.models.teams import Team, TeamMember
from cases.models.timeline import TimelineEntry
from cases.models.update_steps import UpdateRecipient, UpdateStep
from cases.models.updates import UpdateRequest, why_no_version_update
from cases.models.windows import Window, coming_windows, possible_windows

__all__ = [
    "CalendarFeed",
    "Call",
    "CannedReply",
    "Case",
    "CaseLink",
    "Draft",
    "Notice",
    "NoticeArea",
    "NoticeCase",
    "NoticeDismissal",
    "NoticeDistrict",
    "NoticeReport",
    "NoticeUpdate",
    "Presence",
    "PriorityRule",
    "ProductArea",
    "Qualification",
    "ResponseTarget",
    "Site",
    "SiteKind",
    "SupportHoliday",
    "SupportHours",
    "Team",
    "TeamMember",
    "TimelineEntry",
    "UpdateRecipient",
    "UpdateRequest",
    "UpdateStep",
    "Version",
    "Window",
    "answers_of",
    "coming_windows",
    "completeness",
    "completeness_of",
    "handover_due",
    "possible_windows",
    "priority_by_table",
    "similar_cases",
    "speaks_for",
    "support_calendar",
    "why_no_version_update",
]
