from credentials.views.ahead import ahead, remind
from credentials.views.approvals import approvals, approve, decide, deny, return_for_changes
from credentials.views.courses import course, courses, courses_at_risk, own_courses
from credentials.views.delegations import delegations, end_delegation
from credentials.views.district import end_right, rights, standstill, ways
from credentials.views.editors import edit, request_new, request_update
from credentials.views.record_files import import_records, records_csv, records_edfi
from credentials.views.records import records
from credentials.views.requests import request_detail, requests, withdraw
from credentials.views.rules import add_first_rules, course_rule, remove_requirement
from credentials.views.several import approve_several
from credentials.views.staff import request_new_for, request_update_for, staff, staff_member

__all__ = [
    "add_first_rules",
    "ahead",
    "approvals",
    "approve",
    "approve_several",
    "course",
    "course_rule",
    "courses",
    "courses_at_risk",
    "decide",
    "delegations",
    "deny",
    "edit",
    "end_delegation",
    "end_right",
    "import_records",
    "own_courses",
    "records",
    "records_csv",
    "records_edfi",
    "remind",
    "remove_requirement",
    "request_detail",
    "request_new",
    "request_new_for",
    "request_update",
    "request_update_for",
    "requests",
    "return_for_changes",
    "rights",
    "staff",
    "staff_member",
    "standstill",
    "ways",
    "withdraw",
]
