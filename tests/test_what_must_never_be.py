"""What must never be, said to the database past every form and action: each is refused by the rule that it breaks."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.models import Call, Case, CaseLink, Team, TeamMember, TimelineEntry
from contacts.constraints import ChoicesConstraint, DatabaseRule
from contacts.models import InactivityRun, Role
from credentials.models import CredentialRequest
from tests.factories import (
    AgentFactory,
    CaseFactory,
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    DistrictFactory,
    DistrictHolidayFactory,
    MessageFactory,
    SchoolFactory,
    StaffQuestionFactory,
    UserFactory,
)

pytestmark = pytest.mark.usefixtures("connected_as_owner")
CASE_COLUMNS = (
    "district_id, contact_id, assignee_id, kind, product_area_id, subject, description, steps_to_replicate, urgency, "
    "status, created_at, updated_at, is_exception, caller_name, caller_reach, emergency, defect_reference"
)


def change(table, row, values, key="id"):
    return f"UPDATE {table} SET {values} WHERE {key} = %({row})s"


def delete(table, row):
    return f"DELETE FROM {table} WHERE id = %({row})s"


def copy(table, row, **values):
    """Another row like this one, but with these values."""
    changed = ", ".join(f"'{column}', {value}" for column, value in {"id": "-1", **values}.items())
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(row, jsonb_build_object({changed}))).* "
        f"FROM {table} row WHERE id = %({row})s"
    )


def a_rule(column, value):
    """The values of another row of the table of priorities, but with this one."""
    values = {"urgency": "''", "priority": "'low'", '"order"': "1", column: value}
    return f"INSERT INTO cases_priorityrule ({', '.join(values)}) VALUES ({', '.join(values.values())})"


def copy_question(**values):
    return copy(QUESTIONS, "question", idempotency_key="gen_random_uuid()", **values)


def change_case(row, values):
    return change("cases_case", row, values, key="number")


def copy_case(row, **values):
    columns = ", ".join(values.get(column, column) for column in CASE_COLUMNS.split(", "))
    return f"INSERT INTO cases_case ({CASE_COLUMNS}) SELECT {columns} FROM cases_case WHERE number = %({row})s"


PEOPLE, SCHOOLS, DESIGNATIONS = "contacts_user", "contacts_school", "contacts_designation"
QUESTIONS, MESSAGES, TIMELINE, CALLS = "contacts_staffquestion", "contacts_message", "cases_timelineentry", "cases_call"
RECORDS, REQUESTS = "credentials_credentialrecord", "credentials_credentialrequest"

# (what must never be, the statement, what the refusal names)
PEOPLE_OF_DISTRICTS = [
    ("a person moved", change(PEOPLE, "teacher", "district_id = %(other)s"), "a_person_never_changes_districts"),
    ("a person freed", change(PEOPLE, "teacher", "district_id = NULL"), "a_person_never_changes_districts"),
    ("an agent in a district", change(PEOPLE, "agent", "district_id = %(own)s"), "a_person_never_changes_districts"),
    (
        "a person at another district's school",
        change(PEOPLE, "teacher", "school_id = %(other_school)s"),
        "a_person_works_at_a_school_of_their_district",
    ),
    (
        "a new person at another district's school",
        copy(PEOPLE, "teacher", email="NULL", school_id="%(other_school)s"),
        "a_person_works_at_a_school_of_their_district",
    ),
    (
        "a cover of another district",
        change(PEOPLE, "teacher", "away_until = now() + interval '9 days', cover_id = %(stranger)s"),
        "a_cover_is_of_the_same_district",
    ),
    ("an admin of a district", change(PEOPLE, "teacher", "is_staff = true"), "an_admin_belongs_to_no_district"),
    (
        "a school moved",
        change(SCHOOLS, "school", "district_id = %(other)s"),
        "a_school_never_changes_districts",
    ),
    (
        "a break moved",
        change("contacts_districtholiday", "holiday", "district_id = %(other)s"),
        "a_break_never_changes_districts",
    ),
]
ROLES = [
    (
        "a role in another district",
        copy(DESIGNATIONS, "designation", role="'technical_contact'", district_id="%(other)s"),
        "a_role_in_a_district_is_for_its_people",
    ),
    (
        "a district's role for someone of Support",
        copy(DESIGNATIONS, "designation", user_id="%(agent)s"),
        "a_role_in_a_district_is_for_its_people",
    ),
    (
        "a role at Support for someone of a district",
        copy(DESIGNATIONS, "designation", district_id="NULL", role="'support_lead'"),
        "a_role_at_support_is_for_people_of_no_district",
    ),
    (
        "a coach of another district's school",
        copy(DESIGNATIONS, "designation", role="'building_coach'", school_id="%(other_school)s"),
        "a_coach_helps_a_school_of_their_district",
    ),
    (
        "a role given from another district",
        copy(DESIGNATIONS, "designation", role="'credential_approver'", started_by_id="%(stranger)s"),
        "who_designates_is_of_the_district_or_support",
    ),
    (
        "a role ended from another district",
        change(DESIGNATIONS, "designation", "ended_at = now(), ended_by_id = %(stranger)s"),
        "who_ends_a_role_is_of_the_district_or_support",
    ),
    (
        "a role that is none",
        copy(DESIGNATIONS, "designation", role="'superintendent'"),
        "a_designation_has_one_of_the_roles",
    ),
    (
        "a role passed on",
        change(DESIGNATIONS, "designation", "user_id = %(colleague)s"),
        "a_designation_never_changes_its_start",
    ),
    (
        "another role instead",
        change(DESIGNATIONS, "designation", "role = 'technical_contact'"),
        "a_designation_never_changes_its_start",
    ),
    (
        "a start moved back",
        change(DESIGNATIONS, "designation", "started_at = started_at - interval '1 year'"),
        "a_designation_never_changes_its_start",
    ),
    (
        "a coach who is warned",
        copy(DESIGNATIONS, "designation", role="'building_coach'", warned_days_before="30"),
        "only_authorized_contacts_are_warned",
    ),
    (
        "an ended role taken up again",
        change(DESIGNATIONS, "ended", "ended_at = NULL, ended_by_id = NULL"),
        "an_ended_designation_never_changes",
    ),
    (
        "another reason for an end",
        change(DESIGNATIONS, "ended", "end_reason = 'They asked for it.'"),
        "an_ended_designation_never_changes",
    ),
    ("an ended role forgotten", delete(DESIGNATIONS, "ended"), "an_ended_designation_never_changes"),
]
MESSAGES_TO_PEOPLE = [
    (
        "a message to someone of another district",
        copy(MESSAGES, "message", recipient_id="%(stranger)s"),
        "a_message_is_for_its_district_or_support",
    ),
    (
        "a message about another district",
        copy(MESSAGES, "message", district_id="%(other)s"),
        "a_message_is_for_its_district_or_support",
    ),
    (
        "a message passed on",
        change(MESSAGES, "message", "recipient_id = %(colleague)s"),
        "a_message_never_changes_recipients",
    ),
]
THEIR_ANSWER = "answer = 'Yes.', answered_by_id = %(stranger)s, answered_at = now()"
QUESTIONS_OF_STAFF = [
    ("other words", change(QUESTIONS, "question", "text = 'Thanks.'"), "a_question_stays_as_it_was_asked"),
    ("another asker", change(QUESTIONS, "question", "asker_id = %(colleague)s"), "a_question_stays_as_it_was_asked"),
    ("a question moved", change(QUESTIONS, "question", "district_id = %(other)s"), "a_question_stays_as_it_was_asked"),
    (
        "a question of another district's person",
        copy_question(asker_id="%(stranger)s"),
        "a_question_is_asked_within_the_district",
    ),
    (
        "a question of another district's school",
        copy_question(school_id="%(other_school)s"),
        "a_question_is_of_a_school_of_the_district",
    ),
    (
        "a question passed on from another district",
        change(QUESTIONS, "question", "passed_on_by_id = %(stranger)s, passed_on_at = now()"),
        "a_question_is_passed_on_within_the_district",
    ),
    (
        "a question brought to Support by another district",
        change(
            QUESTIONS,
            "question",
            "status = 'brought', brought_by_id = %(stranger)s, brought_at = now(), reference = 'x'",
        ),
        "a_question_is_brought_by_its_district",
    ),
    (
        "a question answered from another district",
        change(
            QUESTIONS,
            "question",
            "status = 'answered', answered_by_id = %(stranger)s, answered_at = now(), answer = 'x'",
        ),
        "a_question_is_answered_within_the_district",
    ),
    (
        "another answer",
        change(QUESTIONS, "answered_question", "answer = 'No.'"),
        "an_answered_question_never_changes",
    ),
    ("an answered question deleted", delete(QUESTIONS, "answered_question"), "an_answered_question_never_changes"),
    (
        "a question at Support that is new again",
        change(QUESTIONS, "brought_question", "status = 'new'"),
        "a_question_goes_from_status_to_status_as_agreed",
    ),
    ("a status of a question that is none", copy_question(status="'lost'"), "a_question_has_one_of_the_statuses"),
    ("a question to nobody", copy_question(went_to="'nobody'"), "a_question_goes_to_coach_or_contacts"),
    (
        "a case of another district's question",
        change_case("case", "question_id = %(other_question)s"),
        "a_case_is_made_of_a_question_of_its_district",
    ),
]
CASES = [
    (
        "a case with a contact of another district",
        copy_case("case", contact_id="%(stranger)s"),
        "a_case_has_a_contact_of_its_district",
    ),
    (
        "a case with a contact of Support",
        copy_case("case", contact_id="%(agent)s"),
        "a_case_has_a_contact_of_its_district",
    ),
    (
        "a case given to another district's contact",
        change_case("case", "contact_id = %(stranger)s"),
        "a_case_has_a_contact_of_its_district",
    ),
    (
        "an exception case handed over to another district",
        change_case("exception", "contact_id = %(stranger)s, handed_over_at = now()"),
        "a_case_has_a_contact_of_its_district",
    ),
    (
        "an exception case that asks another district's contact",
        change_case("exception", "handover_to_id = %(stranger)s"),
        "a_contact_of_the_district_is_asked_to_accept",
    ),
    (
        "an exception case that asks an agent to accept",
        change_case("exception", "handover_to_id = %(agent)s"),
        "a_contact_of_the_district_is_asked_to_accept",
    ),
    ("a case moved", change_case("case", "district_id = %(other)s"), "a_case_never_changes_districts"),
    (
        "a case moved with its contact",
        change_case("case", "district_id = %(other)s, contact_id = %(stranger)s"),
        "a_case_never_changes_districts",
    ),
    ("another number", change_case("case", "number = number + 1000"), "a_case_never_changes_districts"),
    (
        "a case assigned to its own contact",
        change_case("case", "assignee_id = contact_id"),
        "a_case_is_assigned_to_support",
    ),
    (
        "a new case assigned to another district",
        copy_case("case", assignee_id="%(stranger)s"),
        "a_case_is_assigned_to_support",
    ),
    (
        "a case that asks its contact to assist",
        change_case("case", "assistant_id = contact_id"),
        "an_assistant_is_of_support",
    ),
    (
        "a case that follows another district's",
        change_case("case", "follows_id = %(other_case)s"),
        "a_case_follows_one_of_its_district",
    ),
    (
        "a case merged into another district's",
        change_case("closed_case", "merged_into_id = %(other_case)s"),
        "a_case_is_merged_within_its_district",
    ),
    (
        "a case made of another district's reply",
        change_case("case", "split_from_id = %(other_entry)s"),
        "a_case_is_split_from_a_reply_of_its_district",
    ),
    (
        "a case linked to another district's",
        "UPDATE cases_caselink SET second_id = %(other_case)s WHERE id = %(link)s",
        "both_linked_cases_are_of_one_district",
    ),
    (
        "a link that starts in another district",
        "UPDATE cases_caselink SET first_id = %(other_case)s, second_id = %(newest_case)s WHERE id = %(link)s",
        "a_linked_case_is_of_the_links_district",
    ),
    ("another colleague on a call", change(CALLS, "call", "colleague = 'Ann'"), "a_call_stays_as_it_was_recorded"),
    ("a call of another case", change(CALLS, "call", "case_id = %(new_case)s"), "a_call_stays_as_it_was_recorded"),
    ("a confirmation taken back", change(CALLS, "confirmed", "confirmed_at = NULL"), "a_confirmed_call_never_changes"),
    ("a confirmed call deleted", delete(CALLS, "confirmed"), "a_confirmed_call_never_changes"),
    (
        "a new call on another district's case",
        copy(CALLS, "call", case_id="%(other_case)s"),
        "a_call_is_of_its_cases_district",
    ),
    (
        "a call hosted from another district",
        copy(CALLS, "call", host_id="%(stranger)s"),
        "the_host_of_a_call_is_of_its_district",
    ),
    (
        "someone of a district in a team",
        "UPDATE cases_teammember SET user_id = %(contact)s WHERE id = %(team_member)s",
        "a_team_member_is_of_support",
    ),
    ("a status that is none", change_case("case", "status = 'lost'"), "a_case_goes_from_status_to_status_as_agreed"),
    ("a new case with a status that is none", copy_case("case", status="'lost'"), "a_case_has_one_of_the_statuses"),
    ("a kind that is none", change_case("case", "kind = 'complaint'"), "a_case_has_one_of_the_kinds"),
    ("an urgency that is none", change_case("case", "urgency = 'now'"), "a_case_has_one_of_the_urgencies"),
    ("a priority that is none", change_case("case", "priority = 'now'"), "a_case_has_one_of_the_priorities"),
    (
        "a case that affects nobody",
        change_case("case", "users_affected = 0"),
        "a_case_counts_its_users_in_one_of_the_extents",
    ),
    (
        "a case that affects four schools",
        change_case("case", "schools_affected = 4"),
        "a_case_counts_its_schools_in_one_of_the_extents",
    ),
    (
        "a call awaited about a case that is not critical",
        change_case("case", "phone_due_at = now()"),
        "a_call_is_awaited_about_an_open_critical_case",
    ),
    (
        "a call awaited about a closed case",
        change_case("closed_case", "phone_due_at = now(), priority = 'critical'"),
        "a_call_is_awaited_about_an_open_critical_case",
    ),
    (
        "a call awaited about an exception case",
        change_case("exception", "phone_due_at = now(), priority = 'critical'"),
        "a_call_is_awaited_about_an_open_critical_case",
    ),
    (
        "a call awaited that is recorded",
        change_case("case", "phone_due_at = now(), phoned_at = now(), priority = 'critical'"),
        "no_call_is_awaited_once_it_is_recorded",
    ),
    (
        "a case resolved that nobody took",
        change_case("new_case", "status = 'pending_verification', assignee_id = %(agent)s"),
        "a_case_goes_from_status_to_status_as_agreed",
    ),
    (
        "a closed case scheduled",
        change_case("closed_case", "status = 'scheduled', closed_at = NULL"),
        "a_case_goes_from_status_to_status_as_agreed",
    ),
    ("a case closed without its date", change_case("case", "status = 'closed'"), "a_closed_case_says_when"),
]
TIMELINES = [
    ("words changed", change(TIMELINE, "entry", "text = 'I never said that.'"), "a_timeline_entry_never_changes"),
    ("a note shown", change(TIMELINE, "note", "is_internal = false"), "a_timeline_entry_never_changes"),
    ("another author", change(TIMELINE, "entry", "by_id = %(colleague)s"), "a_timeline_entry_never_changes"),
    ("an entry deleted", delete(TIMELINE, "entry"), "a_timeline_entry_never_changes"),
    (
        "an internal note by a contact",
        copy(TIMELINE, "note", by_id="%(contact)s"),
        "an_internal_note_is_by_support",
    ),
    (
        "a reply from another district",
        copy(TIMELINE, "entry", by_id="%(stranger)s"),
        "a_timeline_entry_is_by_its_district_or_support",
    ),
    (
        "an entry of one district on a case of another",
        copy(TIMELINE, "entry", case_id="%(other_case)s"),
        "a_timeline_entry_is_of_its_cases_district",
    ),
    (
        "an entry shown to another district",
        copy(TIMELINE, "entry", district_id="%(other)s", by_id="%(agent)s"),
        "a_timeline_entry_is_of_its_cases_district",
    ),
    (
        "an action that is none",
        copy(TIMELINE, "entry", action="'denied'"),
        "a_timeline_entry_has_one_of_the_actions",
    ),
    (
        "a status on the timeline that is none",
        copy(TIMELINE, "entry", status="'lost'"),
        "a_timeline_entry_has_one_of_the_statuses",
    ),
]
CREDENTIALS = [
    (
        "a record given to a colleague",
        change(RECORDS, "record", "holder_id = %(colleague)s"),
        "a_record_never_changes_holders",
    ),
    (
        "a record given to another district",
        change(RECORDS, "record", "holder_id = %(stranger)s, district_id = %(other)s"),
        "a_record_never_changes_holders",
    ),
    (
        "a record for someone of another district",
        copy(RECORDS, "record", identifier="''", holder_id="%(stranger)s"),
        "a_record_is_of_a_holder_of_its_district",
    ),
    (
        "a request on a colleague's record",
        copy(REQUESTS, "pending", idempotency_key="gen_random_uuid()", record_id="%(colleagues_record)s"),
        "a_request_is_about_the_requesters_record",
    ),
    (
        "a request on another district's record",
        copy(REQUESTS, "pending", idempotency_key="gen_random_uuid()", record_id="%(strangers_record)s"),
        "a_request_is_about_the_requesters_record",
    ),
    (
        "a request approved with a colleague's record",
        change(
            REQUESTS,
            "pending_new",
            "status = 'approved', decided_at = now(), decided_by_id = %(approver)s, record_id = %(colleagues_record)s",
        ),
        "a_request_is_about_the_requesters_record",
    ),
    (
        "a request in another district",
        copy(REQUESTS, "pending_new", idempotency_key="gen_random_uuid()", district_id="%(other)s"),
        "a_request_is_of_a_requester_of_its_district",
    ),
    (
        "a request decided by another district",
        change(
            REQUESTS,
            "pending",
            "status = 'denied', comment = 'No.', decided_at = now(), decided_by_id = %(stranger)s",
        ),
        "a_request_is_decided_in_its_district",
    ),
    (
        "a request decided by Support",
        change(
            REQUESTS, "pending", "status = 'denied', comment = 'No.', decided_at = now(), decided_by_id = %(agent)s"
        ),
        "a_request_is_decided_in_its_district",
    ),
    (
        "a denied request approved",
        change(REQUESTS, "denied", "status = 'approved', record_id = %(record)s"),
        "a_decided_or_withdrawn_request_never_changes",
    ),
    (
        "an approved request denied",
        change(REQUESTS, "approved", "status = 'denied', comment = 'No.'"),
        "a_decided_or_withdrawn_request_never_changes",
    ),
    (
        "a withdrawn request pending again",
        change(REQUESTS, "withdrawn", "status = 'pending', withdrawn_at = NULL"),
        "a_decided_or_withdrawn_request_never_changes",
    ),
    (
        "another comment on a decision",
        change(REQUESTS, "denied", "comment = 'Yes, actually.'"),
        "a_decided_or_withdrawn_request_never_changes",
    ),
    ("a decision deleted", delete(REQUESTS, "denied"), "a_decided_or_withdrawn_request_never_changes"),
    (
        "other values than were requested",
        change(REQUESTS, "pending", """proposed = '{"identifier": "MINE"}'"""),
        "a_submitted_request_says_what_it_said",
    ),
    (
        "other values than the record had",
        change(REQUESTS, "pending", "original = '{}'"),
        "a_submitted_request_says_what_it_said",
    ),
    (
        "a request given to a colleague",
        change(REQUESTS, "pending_new", "requester_id = %(colleague)s"),
        "a_submitted_request_says_what_it_said",
    ),
    (
        "a request with another record",
        change(REQUESTS, "pending", "record_id = %(second_record)s"),
        "a_request_never_changes_records",
    ),
    (
        "a new record before the approval",
        change(REQUESTS, "pending_new", "record_id = %(record)s"),
        "a_new_record_comes_with_the_approval",
    ),
    (
        "a request with a status that is none",
        copy(REQUESTS, "pending_new", idempotency_key="gen_random_uuid()", status="'lost'"),
        "a_decided_request_says_when_and_by_whom",
    ),
    (
        "a standard element that is none",
        change("credentials_credentialfield", "field", "element = 'shoe_size'"),
        "a_field_has_one_of_the_elements",
    ),
    (
        "a data type that is none",
        change("credentials_credentialfield", "field", "data_type = 'picture'"),
        "a_field_has_one_of_the_data_types",
    ),
]
TARGETS = [
    (
        "a target of a priority that is none",
        "INSERT INTO cases_responsetarget (priority, first_answer_hours, next_answer_hours) VALUES ('soon', 1, 1)",
        "a_target_has_one_of_the_priorities",
    ),
    ("a rule that gives no priority", a_rule("priority", "'now'"), "a_rule_gives_one_of_the_priorities"),
    ("a rule for an urgency that is none", a_rule("urgency", "'now'"), "a_rule_asks_for_one_of_the_urgencies"),
    ("a rule for no people", a_rule("users_at_least", "0"), "a_rule_counts_users_in_one_of_the_extents"),
    ("a rule for four schools", a_rule("schools_at_least", "4"), "a_rule_counts_schools_in_one_of_the_extents"),
    (
        "hours on an eighth day of the week",
        "INSERT INTO cases_supporthours (weekday, opens_at, closes_at) VALUES (7, '8:00', '17:00')",
        "support_works_on_one_of_the_weekdays",
    ),
]
# Of a request with another status or another way to it, an older rule complains first.
NEVER_FIRST = {"a_request_has_one_of_the_statuses", "a_request_is_decided_or_withdrawn_once"}
RUNS = [
    (
        "a look for inactive contacts that ends before it starts",
        change("contacts_inactivityrun", "run", "finished_at = started_at - interval '1 second'"),
        "a_run_ends_after_it_starts",
    ),
    (
        "a look for inactive contacts that found someone and did not finish",
        change("contacts_inactivityrun", "run", "flagged = 1"),
        "only_a_finished_run_has_counts",
    ),
    (
        "a finished look for inactive contacts that finds someone later",
        change("contacts_inactivityrun", "finished_run", "flagged = 1"),
        "a_finished_run_never_changes",
    ),
]
NEVER = [
    *PEOPLE_OF_DISTRICTS,
    *ROLES,
    *RUNS,
    *MESSAGES_TO_PEOPLE,
    *QUESTIONS_OF_STAFF,
    *CASES,
    *TIMELINES,
    *TARGETS,
    *CREDENTIALS,
]


@pytest.fixture
def rows(db):
    """The keys of a district's rows and of another's, by the names that the statements use."""
    own, other = DistrictFactory.create_batch(2)
    school, other_school = SchoolFactory(district=own), SchoolFactory(district=other)
    teacher, colleague = UserFactory(district=own, school=school), UserFactory(district=own)
    stranger = UserFactory(district=other, school=other_school)
    contact = UserFactory(district=own, roles=[Role.SUPPORT_CONTACT])
    approver = UserFactory(district=own, roles=[Role.CREDENTIAL_APPROVER])
    agent = AgentFactory()
    record, second_record = CredentialRecordFactory.create_batch(2, holder=teacher)
    return {name: row.pk for name, row in locals().items() if name != "db"} | keys(
        designation=contact.designations.get(),
        ended=ended_designation(teacher),
        message=MessageFactory(recipient=teacher),
        colleagues_record=CredentialRecordFactory(holder=colleague),
        strangers_record=CredentialRecordFactory(holder=stranger),
        field=CredentialFieldFactory(),
        team_member=TeamMember.objects.create(team=Team.objects.create(name="Team"), user=agent),
        holiday=DistrictHolidayFactory(district=own, first_on=timezone.localdate()),
        **questions(teacher, contact, stranger),
        run=InactivityRun.objects.create(),
        finished_run=InactivityRun.objects.create(finished_at=timezone.now() + timedelta(minutes=1)),
        **cases(contact, agent, stranger),
        **requests(teacher, approver, record),
    )


def ended_designation(person):
    designation = DesignationFactory(user=person)
    designation.end(timezone.now(), by=person, reason="They left.")
    designation.save()
    return designation


def keys(**rows):
    return {name: row.pk for name, row in rows.items()}


def questions(teacher, contact, stranger):
    brought = {"status": "brought", "brought_by": contact, "brought_at": timezone.now(), "reference": "case 1"}
    answered = {"status": "answered", "answered_by": contact, "answered_at": timezone.now(), "answer": "Yes."}
    return {
        "question": StaffQuestionFactory(asker=teacher),
        "brought_question": StaffQuestionFactory(asker=teacher, **brought),
        "answered_question": StaffQuestionFactory(asker=teacher, **answered),
        "other_question": StaffQuestionFactory(asker=stranger),
    }


def cases(contact, agent, stranger):
    Status = Case.Status
    case = CaseFactory(contact=contact, status=Status.ASSIGNED, assignee=agent)
    new_case, other_case = CaseFactory(contact=contact), CaseFactory(contact=stranger)
    said = {"case": case, "district": case.district, "status": case.status, "text": "Words."}
    call = {"case": case, "district": case.district, "colleague": "Kim Lee"}
    return {
        "case": case,
        "new_case": new_case,
        "newest_case": CaseFactory(contact=contact),
        "link": CaseLink.objects.create(district=contact.district, first=case, second=new_case),
        "closed_case": CaseFactory(contact=contact, status=Status.CLOSED, assignee=agent, closed_at=timezone.now()),
        "other_case": other_case,
        "exception": CaseFactory(
            contact=None,
            district=contact.district,
            is_exception=True,
            caller_name="The front office",
            caller_reach="555 0100",
            emergency="Nobody can take attendance.",
        ),
        "call": Call.objects.create(host=contact, **call),
        "confirmed": Call.objects.create(host=contact, confirmed_at=timezone.now(), **call),
        "entry": TimelineEntry.objects.create(action="replied", by=contact, **said),
        "other_entry": TimelineEntry.objects.create(
            case=other_case, district=other_case.district, action="replied", by=stranger, text="Words.", status="new"
        ),
        "note": TimelineEntry.objects.create(action="noted", by=agent, is_internal=True, **said),
    }


def requests(teacher, approver, record):
    Status = CredentialRequest.Status
    decided = {"requester": teacher, "decided_by": approver, "decided_at": timezone.now()}
    return {
        "pending": CredentialRequestFactory(
            requester=teacher, is_new=False, record=record, original={"identifier": record.identifier}
        ),
        "pending_new": CredentialRequestFactory(requester=teacher),
        "denied": CredentialRequestFactory(status=Status.DENIED, comment="No.", **decided),
        "approved": CredentialRequestFactory(status=Status.APPROVED, record=record, **decided),
        "withdrawn": CredentialRequestFactory(requester=teacher, status=Status.WITHDRAWN, withdrawn_at=timezone.now()),
    }


@pytest.mark.parametrize(("what", "statement", "rule"), NEVER, ids=[what for what, *_ in NEVER])
def test_what_must_never_be_is_refused_by_its_rule(what, statement, rule, rows):
    with pytest.raises(DatabaseError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, rows)


def test_every_rule_that_is_declared_has_a_statement_that_breaks_it():
    declared = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, DatabaseRule | ChoicesConstraint)
    }
    assert declared - {rule for _, _, rule in NEVER} == NEVER_FIRST
