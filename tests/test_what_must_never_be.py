"""What must never be, said to the database past every form and action: each is refused by the rule that it breaks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.models import (
    CalendarFeed,
    Call,
    Case,
    CaseLink,
    Draft,
    NoticeArea,
    NoticeCase,
    NoticeDismissal,
    NoticeDistrict,
    Presence,
    Qualification,
    Team,
    TeamMember,
    TimelineEntry,
    UpdateRecipient,
)
from contacts.constraints import ChoicesConstraint, DatabaseRule
from contacts.models import CoverageGap, Gap, InactivityRun, Role
from credentials.models import CredentialRequest
from tests.factories import (
    AgentFactory,
    AgreementFactory,
    ApprovalDelegationFactory,
    CallerCodeFactory,
    CaseFactory,
    ContactRequestFactory,
    CourseFactory,
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    DistrictFactory,
    DistrictHolidayFactory,
    MaintenanceFactory,
    MessageDeliveryFactory,
    MessageFactory,
    NominationFactory,
    NoticeFactory,
    NoticeReportFactory,
    ProductAreaFactory,
    RequestGrantFactory,
    RequestVersionFactory,
    RequirementFactory,
    SchoolFactory,
    SiteFactory,
    StaffQuestionFactory,
    ThirdPartyFactory,
    TrainingCompletionFactory,
    TrainingModuleFactory,
    TypeRuleFactory,
    UpdateRequestFactory,
    UserFactory,
    VersionFactory,
    VersionUpdateFactory,
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
DRAFTS, PRESENCES, QUALIFICATIONS = "cases_draft", "cases_presence", "cases_qualification"
QUESTIONS, MESSAGES, TIMELINE, CALLS = "contacts_staffquestion", "contacts_message", "cases_timelineentry", "cases_call"
CHOICES = "contacts_messagedelivery"
TRAININGS = "contacts_trainingcompletion"
NOMINATIONS, CONTACT_REQUESTS = "contacts_nomination", "contacts_contactrequest"
RECORDS, REQUESTS = "credentials_credentialrecord", "credentials_credentialrequest"
REQUEST_VERSIONS = "credentials_requestversion"
IN_VAIN = "a_condition_names_another_field_that_is_asked"
GRANTS, DELEGATIONS, WAYS = "credentials_requestgrant", "credentials_approvaldelegation", "credentials_typerule"

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
    (
        "a seat that goes back to another district",
        copy(
            DESIGNATIONS,
            "acting",
            reverts_to_id="%(stranger)s",
            district_id="%(own)s",
            ended_at="'infinity'::timestamptz",
        ),
        "a_seat_goes_back_to_somebody_of_its_district",
    ),
    (
        "a support contact who acts",
        copy(
            DESIGNATIONS, "designation", user_id="%(colleague)s", is_acting="true", ends_at="now() + interval '1 day'"
        ),
        "only_a_technical_contact_acts_and_until_an_end",
    ),
    (
        "an acting contact without an end",
        change(DESIGNATIONS, "acting", "ends_at = NULL"),
        "only_a_technical_contact_acts_and_until_an_end",
    ),
    (
        "a seat that goes back to who gives it back",
        copy(DESIGNATIONS, "acting", reverts_to_id="%(colleague)s", ended_at="'infinity'::timestamptz"),
        "an_acting_contact_gives_the_seat_to_somebody_else",
    ),
    (
        "a seat that goes back to another",
        change(DESIGNATIONS, "acting", "reverts_to_id = %(contact)s"),
        "a_seat_goes_back_to_whom_it_was_taken_from",
    ),
    (
        "an acting contact who stays for good",
        change(DESIGNATIONS, "acting", "is_acting = false, reverts_to_id = NULL"),
        "a_designation_never_changes_its_start",
    ),
    (
        "a second technical contact beside an acting one",
        copy(DESIGNATIONS, "acting", user_id="%(teacher)s", is_acting="false", ends_at="NULL", reverts_to_id="NULL"),
        "one_technical_contact_per_district",
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
    ("a message about nothing", copy(MESSAGES, "message", about="''"), "a_message_is_about_something"),
    (
        "a kind of message that is none",
        change(MESSAGES, "message", "kind = 'lost'"),
        "a_message_is_of_one_of_the_kinds",
    ),
    (
        "a way to tell a message that is none",
        change(MESSAGES, "message", "delivery = 'pigeon'"),
        "a_message_is_told_in_one_of_the_ways",
    ),
    ("a message without a name", copy(MESSAGES, "message", subject="''"), "a_message_is_about_something"),
    (
        "a decision on one's request put off to the daily e-mail",
        change(MESSAGES, "message", "kind = 'decided', delivery = 'digest'"),
        "what_must_be_sent_goes_out_at_once",
    ),
    (
        "news of one's account kept from one's e-mail",
        change(MESSAGES, "message", "kind = 'account', delivery = 'here'"),
        "what_must_be_sent_goes_out_at_once",
    ),
    ("two choices for one kind", copy(CHOICES, "choice"), "a_person_chooses_once_for_each_kind"),
    (
        "a choice of another district",
        copy(CHOICES, "choice", kind="'update'", district_id="%(other)s"),
        "a_choice_is_of_its_persons_district",
    ),
    (
        "a choice of somebody else's",
        change(CHOICES, "choice", "person_id = %(colleague)s"),
        "a_choice_stays_with_its_person_and_kind",
    ),
    (
        "a choice for a kind that is none",
        copy(CHOICES, "choice", kind="'lost'"),
        "a_choice_is_for_one_of_the_kinds",
    ),
    (
        "a way chosen that is none",
        change(CHOICES, "choice", "delivery = 'pigeon'"),
        "a_choice_is_one_of_the_deliveries",
    ),
    ("the usual chosen", change(CHOICES, "choice", "delivery = 'at_once'"), "a_choice_differs_from_the_usual"),
    (
        "a choice about what must be sent",
        copy(CHOICES, "choice", kind="'decided'"),
        "nobody_chooses_how_to_get_what_must_be_sent",
    ),
]
DECIDED_ELSEWHERE = "decided_at = now(), decided_by_id = %(stranger)s"
NOMINATED = [
    (
        "a nominee of another district",
        copy(NOMINATIONS, "declined", nominee_id="%(stranger)s", status="'withdrawn'"),
        "a_nominee_is_of_the_district",
    ),
    (
        "a nomination from another district",
        copy(NOMINATIONS, "declined", nominated_by_id="%(stranger)s"),
        "who_nominates_is_of_the_district_or_support",
    ),
    (
        "a nomination withdrawn from another district",
        change(NOMINATIONS, "nomination", f"status = 'withdrawn', {DECIDED_ELSEWHERE}"),
        "who_decides_a_nomination_is_of_the_district_or_support",
    ),
    (
        "somebody who accepts for somebody else",
        change(NOMINATIONS, "nomination", "status = 'accepted', decided_at = now(), decided_by_id = %(colleague)s"),
        "the_nominee_answers",
    ),
    (
        "an acceptance without a moment",
        change(NOMINATIONS, "nomination", "status = 'accepted'"),
        "a_decided_nomination_says_when_and_by_whom",
    ),
    (
        "a seat that is held until the last day that there is",
        copy(NOMINATIONS, "declined", acting_until="'9999-12-31'"),
        "a_seat_is_held_within_this_century",
    ),
    ("two open nominations", copy(NOMINATIONS, "nomination"), "one_open_nomination_per_district"),
    (
        "a status of a nomination that is none",
        copy(NOMINATIONS, "declined", status="'lost'"),
        "a_nomination_has_one_of_the_statuses",
    ),
    (
        "a nomination of another day",
        change(NOMINATIONS, "nomination", "acting_until = now()"),
        "a_nomination_stays_as_it_was_made",
    ),
    ("another answer", change(NOMINATIONS, "declined", "answer = 'No.'"), "a_decided_nomination_never_changes"),
    ("an answered nomination deleted", delete(NOMINATIONS, "declined"), "a_decided_nomination_never_changes"),
    (
        "a declined nomination that is accepted",
        change(NOMINATIONS, "declined", "status = 'accepted'"),
        "a_decided_nomination_never_changes",
    ),
]
DENIAL = "status = 'denied', decision_reason = 'No.', decided_at = now(), decided_by_id = %(agent)s"
REQUESTED = [
    (
        "a request for another district's person",
        copy(CONTACT_REQUESTS, "contact_request", person_id="%(stranger)s"),
        "a_contact_is_requested_within_the_district",
    ),
    (
        "a request from another district",
        copy(CONTACT_REQUESTS, "denied_contact", requested_by_id="%(stranger)s"),
        "who_requests_a_contact_is_of_the_district_or_support",
    ),
    (
        "a request withdrawn from another district",
        change(
            CONTACT_REQUESTS,
            "contact_request",
            "status = 'withdrawn', decided_at = now(), decided_by_id = %(stranger)s",
        ),
        "who_withdraws_a_contact_request_is_of_the_district_or_support",
    ),
    (
        "a district that decides about its own request",
        change(CONTACT_REQUESTS, "contact_request", DENIAL.replace("agent", "approver")),
        "a_contact_request_is_decided_by_support",
    ),
    (
        "a denial without a reason",
        change(CONTACT_REQUESTS, "contact_request", DENIAL.replace("'No.'", "''")),
        "supports_decision_has_a_reason",
    ),
    (
        "an approval that designates nobody",
        change(CONTACT_REQUESTS, "contact_request", DENIAL.replace("denied", "approved")),
        "an_approval_designates",
    ),
    (
        "an approval that designates somebody else",
        change(
            CONTACT_REQUESTS,
            "contact_request",
            DENIAL.replace("denied", "approved") + ", designation_id = %(designation)s",
        ),
        "a_contact_request_designates_its_person",
    ),
    (
        "two open requests for a person",
        copy(CONTACT_REQUESTS, "contact_request"),
        "one_open_contact_request_per_person",
    ),
    (
        "a status of a request for a contact that is none",
        copy(CONTACT_REQUESTS, "contact_request", status="'lost'"),
        "a_contact_request_has_one_of_the_statuses",
    ),
    (
        "a request for a contact with another reason",
        change(CONTACT_REQUESTS, "contact_request", "reason = 'Please.'"),
        "a_contact_request_stays_as_it_was_made",
    ),
    (
        "another decision",
        change(CONTACT_REQUESTS, "denied_contact", "decision_reason = 'Never.'"),
        "a_decided_contact_request_never_changes",
    ),
    (
        "a decided request for a contact deleted",
        delete(CONTACT_REQUESTS, "denied_contact"),
        "a_decided_contact_request_never_changes",
    ),
    (
        "a denied request that is open again",
        change(CONTACT_REQUESTS, "denied_contact", "status = 'open'"),
        "a_decided_contact_request_never_changes",
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
        "an answer changed",
        change(QUALIFICATIONS, "qualification", "happened = 'Nothing.'"),
        "a_qualification_stays_as_it_was_submitted",
    ),
    ("answers deleted", delete(QUALIFICATIONS, "qualification"), "a_qualification_stays_as_it_was_submitted"),
    (
        "answers about another district's case",
        copy(QUALIFICATIONS, "qualification", case_id="%(other_case)s"),
        "a_qualification_is_of_its_cases_district",
    ),
    (
        "answers that say nothing",
        copy(QUALIFICATIONS, "qualification", case_id="%(new_case)s", happened="''"),
        "a_qualification_says_something",
    ),
    (
        "another frequency",
        copy(QUALIFICATIONS, "qualification", case_id="%(new_case)s", frequency="'never'"),
        "a_frequency_is_one_of_the_known",
    ),
    (
        "a site of no kind",
        copy(QUALIFICATIONS, "qualification", case_id="%(new_case)s", environment="'moon'"),
        "a_case_is_about_a_known_kind_of_site",
    ),
    (
        "the answers of a case twice",
        copy(QUALIFICATIONS, "qualification"),
        "case_id",
    ),
    ("a draft of somebody else", change(DRAFTS, "draft", "person_id = %(agent)s"), "a_draft_never_changes_hands"),
    ("a draft of another case", change(DRAFTS, "draft", "case_id = %(new_case)s"), "a_draft_never_changes_hands"),
    ("a draft to be sent otherwise", change(DRAFTS, "draft", "mode = 'shout'"), "a_draft_has_one_of_the_modes"),
    (
        "a draft on another district's case",
        copy(DRAFTS, "draft", case_id="%(other_case)s"),
        "a_draft_is_of_its_cases_district",
    ),
    (
        "a draft of a person of another district",
        copy(DRAFTS, "draft", person_id="%(stranger)s"),
        "a_draft_is_of_its_district_or_support",
    ),
    (
        "an agent at a case of another district than is noted",
        copy(PRESENCES, "presence", case_id="%(other_case)s"),
        "a_presence_is_of_its_cases_district",
    ),
    (
        "someone of a district noted at a case",
        copy(PRESENCES, "presence", agent_id="%(contact)s"),
        "only_support_is_seen_at_a_case",
    ),
    (
        "someone of a district in a team",
        "UPDATE cases_teammember SET user_id = %(contact)s WHERE id = %(team_member)s",
        "a_team_member_is_of_support",
    ),
    ("a status that is none", change_case("case", "status = 'lost'"), "a_case_goes_from_status_to_status_as_agreed"),
    ("a new case with a status that is none", copy_case("case", status="'lost'"), "a_case_has_one_of_the_statuses"),
    ("a kind that is none", change_case("case", "kind = 'complaint'"), "a_case_has_one_of_the_kinds"),
    (
        "a case settled in a way that is none",
        change_case("case", "settled_as = 'magic'"),
        "a_case_is_settled_in_one_of_the_known_ways",
    ),
    (
        "training of an area at an address without encryption",
        "UPDATE cases_productarea SET training = 'Attendance', training_url = 'http://training.example'",
        "an_address_of_training_has_a_name_and_https",
    ),
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
        "a record issued before anybody lived",
        change(RECORDS, "record", "issued_on = '1899-12-31', effective_on = NULL, expires_on = NULL"),
        "a_record_is_of_days_from_1900_to_2099",
    ),
    (
        "a record issued after this century",
        change(RECORDS, "record", "issued_on = '2100-01-01', effective_on = NULL, expires_on = NULL"),
        "a_record_is_of_days_from_1900_to_2099",
    ),
    (
        "a record that takes effect before anybody lived",
        change(RECORDS, "record", "issued_on = NULL, effective_on = '1899-12-31', expires_on = NULL"),
        "a_record_is_of_days_from_1900_to_2099",
    ),
    (
        "a record that never expires in so many words",
        change(RECORDS, "record", "issued_on = NULL, effective_on = NULL, expires_on = '9999-12-31'"),
        "a_record_is_of_days_from_1900_to_2099",
    ),
    (
        "an endorsement of a colleague's record",
        change(RECORDS, "record", "parent_id = %(colleagues_record)s"),
        "an_endorsement_belongs_to_a_record_of_its_holder",
    ),
    (
        "an endorsement of itself",
        change(RECORDS, "record", "parent_id = id"),
        "a_record_does_not_belong_to_itself",
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
        "a_request_stays_with_its_requester",
    ),
    (
        "a request returned from another district",
        change(
            REQUESTS,
            "pending",
            "status = 'returned', comment = 'When?', returned_at = now(), returned_by_id = %(stranger)s",
        ),
        "a_request_is_returned_in_its_district",
    ),
    (
        "a request returned without a word",
        change(REQUESTS, "pending", "status = 'returned', returned_at = now(), returned_by_id = %(approver)s"),
        "a_returned_request_says_what_to_change",
    ),
    (
        "a request approved first from another district",
        change(REQUESTS, "pending", "first_approved_at = now(), first_approved_by_id = %(stranger)s"),
        "a_request_is_approved_first_in_its_district",
    ),
    (
        "a requester who is the first of two approvers",
        change(REQUESTS, "pending", "first_approved_at = now(), first_approved_by_id = %(teacher)s"),
        "nobody_decides_their_own_request",
    ),
    (
        "one person as both of two approvers",
        change(
            REQUESTS,
            "pending",
            "status = 'approved', decided_at = now(), decided_by_id = %(approver)s, first_approved_at = now(), "
            "first_approved_by_id = %(approver)s",
        ),
        "a_second_approver_is_somebody_else",
    ),
    (
        "a request entered from another district",
        copy(REQUESTS, "pending_new", idempotency_key="gen_random_uuid()", entered_by_id="%(stranger)s"),
        "a_request_is_entered_in_its_district",
    ),
    (
        "a request given to another administrator",
        change(REQUESTS, "pending_new", "entered_by_id = %(colleague)s"),
        "a_request_stays_with_its_requester",
    ),
    (
        "a decision by the one who entered the request",
        copy(
            REQUESTS,
            "denied",
            idempotency_key="gen_random_uuid()",
            entered_by_id="%(approver)s",
        ),
        "nobody_decides_what_they_entered_for_another",
    ),
    (
        "a request that was submitted as no version",
        copy(REQUESTS, "pending_new", idempotency_key="gen_random_uuid()", version="0"),
        "only_a_draft_has_no_version",
    ),
    (
        "two requests on a record that are not decided",
        copy(REQUESTS, "pending", idempotency_key="gen_random_uuid()"),
        "one_open_request_per_record",
    ),
    (
        "an automatic denial",
        change(REQUESTS, "pending", "status = 'denied', comment = 'No.', decided_at = now(), is_automatic = true"),
        "a_decided_request_says_when_and_by_whom",
    ),
    (
        "a version with other words",
        change(REQUEST_VERSIONS, "request_version", "brief_description = 'Mine.'"),
        "a_version_never_changes",
    ),
    ("a version deleted", delete(REQUEST_VERSIONS, "request_version"), "a_version_never_changes"),
    ("a version twice", copy(REQUEST_VERSIONS, "request_version"), "each_version_of_a_request_once"),
    (
        "a version in another district",
        copy(REQUEST_VERSIONS, "request_version", number="2", district_id="%(other)s"),
        "a_version_is_of_its_requests_district",
    ),
    (
        "a version by another district",
        copy(REQUEST_VERSIONS, "request_version", number="2", submitted_by_id="%(stranger)s"),
        "a_version_is_submitted_in_its_district",
    ),
    (
        "a version that another district asked for",
        copy(
            REQUEST_VERSIONS,
            "request_version",
            number="2",
            asked_at="now()",
            asked_by_id="%(stranger)s",
            asked_for="'When?'",
        ),
        "a_version_is_asked_for_in_its_district",
    ),
    (
        "a version that answers nothing that was asked",
        copy(REQUEST_VERSIONS, "request_version", number="2", asked_at="now()"),
        "a_version_says_what_it_answers",
    ),
    (
        "a right for nobody in particular",
        copy(GRANTS, "grant", person_id="NULL"),
        "a_right_is_given_to_a_school_a_position_or_a_person",
    ),
    (
        "a right for a school and a person",
        copy(GRANTS, "grant", school_id="%(school)s"),
        "a_right_is_given_to_a_school_a_position_or_a_person",
    ),
    ("a right given twice", copy(GRANTS, "grant"), "a_right_is_given_once"),
    (
        "a right for a school of another district",
        copy(GRANTS, "grant", person_id="NULL", school_id="%(other_school)s"),
        "a_right_is_for_a_school_of_its_district",
    ),
    (
        "a right for a person of another district",
        copy(GRANTS, "grant", person_id="%(stranger)s"),
        "a_right_is_for_a_person_of_its_district",
    ),
    (
        "a right given by another district",
        copy(GRANTS, "grant", person_id="%(teacher)s", granted_by_id="%(stranger)s"),
        "a_right_is_given_by_someone_of_its_district",
    ),
    (
        "a right ended by another district",
        change(GRANTS, "grant", "ended_at = now(), ended_by_id = %(stranger)s"),
        "a_right_is_ended_by_someone_of_its_district",
    ),
    (
        "a right that ended by itself",
        change(GRANTS, "grant", "ended_at = now()"),
        "a_right_that_ended_says_when_and_by_whom",
    ),
    (
        "a right passed on",
        change(GRANTS, "grant", "person_id = %(teacher)s"),
        "a_right_stays_as_it_was_given",
    ),
    (
        "a right that ended and is back",
        change(GRANTS, "ended_grant", "ended_at = NULL, ended_by_id = NULL"),
        "a_right_that_ended_never_changes",
    ),
    (
        "an approver who delegates to themselves",
        copy(DELEGATIONS, "delegation", delegate_id="approver_id"),
        "nobody_delegates_to_themselves",
    ),
    (
        "a delegation that ends before it starts",
        copy(DELEGATIONS, "delegation", ends_at="starts_at"),
        "a_delegation_ends_after_it_starts",
    ),
    (
        "a delegation from another district",
        copy(DELEGATIONS, "delegation", approver_id="%(stranger)s"),
        "a_delegation_is_of_an_approver_of_its_district",
    ),
    (
        "a delegation to another district",
        copy(DELEGATIONS, "delegation", delegate_id="%(stranger)s"),
        "a_delegation_is_to_an_approver_of_its_district",
    ),
    (
        "a delegation that lasts longer",
        change(DELEGATIONS, "delegation", "ends_at = now() + interval '99 days'"),
        "a_delegation_stays_as_it_was_made",
    ),
    (
        "a delegation that was taken back and is there again",
        change(DELEGATIONS, "ended_delegation", "ended_at = NULL"),
        "a_delegation_that_was_taken_back_never_changes",
    ),
    ("two rules for a type", copy(WAYS, "way"), "one_rule_per_type_and_district"),
    (
        "a type decided in a way that is none",
        change(WAYS, "way", "way = 'by lot'"),
        "a_type_is_decided_in_one_of_the_ways",
    ),
    (
        "a rule chosen by another district",
        change(WAYS, "way", "changed_by_id = %(stranger)s"),
        "a_district_chooses_how_it_decides",
    ),
    (
        "a rule given to another district",
        change(WAYS, "way", "district_id = %(other)s"),
        "a_rule_stays_with_its_type",
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
        "a_request_has_one_of_the_statuses",
    ),
    (
        "a standard element that is none",
        change("credentials_credentialfield", "field", "element = 'shoe_size'"),
        "a_field_has_one_of_the_elements",
    ),
    (
        "a type of a state that is none",
        "UPDATE credentials_credentialtype SET state = 'XX'",
        "a_type_is_of_one_of_the_states",
    ),
    (
        "a field of a state that is none",
        change("credentials_credentialfield", "field", "state = 'XX'"),
        "a_field_is_of_one_of_the_states",
    ),
    (
        "a data type that is none",
        change("credentials_credentialfield", "field", "data_type = 'picture'"),
        "a_field_has_one_of_the_data_types",
    ),
    (
        "a descriptor of a vocabulary that is none",
        'INSERT INTO credentials_descriptor (vocabulary, code_value, uri, local_codes, "order", is_offered)'
        " VALUES ('Shoe', '42', 'uri://shoe', '{}', 1, true)",
        "a_descriptor_is_of_one_of_the_vocabularies",
    ),
    (
        "a field shown on no answer",
        change("credentials_credentialfield", "field", "when_field = 'subject_type'"),
        "a_condition_names_a_field_and_its_answers",
    ),
    *(
        (
            f"a field that waits for {what}",
            f"SET CONSTRAINTS {IN_VAIN} IMMEDIATE; "
            + change("credentials_credentialfield", "field", f"when_values = '{{x}}', when_field = {name}"),
            IN_VAIN,
        )
        for what, name in [("itself", "key"), ("what is no field", "'nowhere'"), ("what waits for it", "'waiting'")]
    ),
    (
        "a field without what it waits for",
        f"SET CONSTRAINTS {IN_VAIN} IMMEDIATE; " + delete("credentials_credentialfield", "field"),
        IN_VAIN,
    ),
    (
        "a field that is still asked after what it waits for is not",
        f"SET CONSTRAINTS {IN_VAIN} IMMEDIATE; " + change("credentials_credentialfield", "field", "is_retired = true"),
        IN_VAIN,
    ),
]
COURSES, REQUIREMENTS = "credentials_course", "credentials_requirement"
TEACHING = [
    (
        "a course code twice in a school",
        copy(COURSES, "course"),
        "a_course_code_is_used_once_in_a_school",
    ),
    ("a course without a title", change(COURSES, "course", "title = ''"), "a_course_has_a_code_and_a_title"),
    ("a course moved", change(COURSES, "course", "district_id = %(other)s"), "a_course_never_changes_districts"),
    (
        "a course at another district's school",
        change(COURSES, "course", "school_id = %(other_school)s"),
        "a_course_is_of_a_school_of_its_district",
    ),
    (
        "the same requirement twice in a group",
        copy(REQUIREMENTS, "requirement"),
        "a_course_asks_for_the_same_once_in_a_group",
    ),
    (
        "a requirement of nothing",
        change(REQUIREMENTS, "requirement", "field = ''"),
        "a_requirement_asks_for_something",
    ),
    (
        "a required level of no field",
        change(REQUIREMENTS, "requirement", "levels = '{Master}'"),
        "a_required_level_is_of_a_field",
    ),
    (
        "a group past the ninth",
        change(REQUIREMENTS, "requirement", "group_number = 10"),
        "a_course_has_at_most_nine_groups",
    ),
    (
        "a requirement of another district's course",
        copy(REQUIREMENTS, "requirement", course_id="%(strangers_course)s"),
        "a_requirement_is_of_a_course_of_its_district",
    ),
    (
        "a requirement of another course",
        change(REQUIREMENTS, "requirement", "course_id = %(second_course)s"),
        "a_requirement_never_changes_courses",
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
CODE, USE = "contacts_callercode", "used_at = created_at, used_by_id = %(agent)s"
CODES_OF_CALLERS = [
    ("a second code that counts", copy(CODE, "code"), "one_code_of_a_person_counts"),
    (
        "a code that is valid longer",
        copy(CODE, "used_code", expires_at="now() + interval '11 minutes'"),
        "a_code_is_valid_for_ten_minutes_at_most",
    ),
    (
        "a code that was never valid",
        copy(CODE, "used_code", expires_at="now() - interval '1 hour'"),
        "a_code_is_valid_for_ten_minutes_at_most",
    ),
    ("a sixth try of a code", change(CODE, "code", "wrong_tries = 6"), "a_code_is_tried_five_times_at_most"),
    ("a code used by nobody", change(CODE, "code", "used_at = now()"), "a_used_code_says_when_and_by_whom"),
    ("a code used at no time", change(CODE, "code", "used_by_id = %(agent)s"), "a_used_code_says_when_and_by_whom"),
    ("a code used after five wrong tries", change(CODE, "dead_code", USE), "only_a_code_that_counts_is_used"),
    (
        "a code used when it has expired",
        change(CODE, "code", "used_at = expires_at, used_by_id = %(agent)s"),
        "only_a_code_that_counts_is_used",
    ),
    (
        "a code used and replaced at once",
        change(CODE, "code", f"{USE}, replaced_at = now()"),
        "only_a_code_that_counts_is_used",
    ),
    (
        "a code of another district's person",
        copy(CODE, "used_code", person_id="%(stranger)s"),
        "a_code_is_of_its_persons_district",
    ),
    (
        "a code checked by a district",
        change(CODE, "code", "used_at = created_at, used_by_id = %(colleague)s"),
        "a_code_is_checked_by_support",
    ),
    ("another code in its place", change(CODE, "code", "digest = 'x'"), "a_code_stays_as_it_was_made"),
    ("a code that lives on", change(CODE, "code", "created_at = now()"), "a_code_stays_as_it_was_made"),
    (
        "a used code that counts again",
        change(CODE, "used_code", "used_at = NULL, used_by_id = NULL"),
        "a_used_or_replaced_code_stays_as_it_is",
    ),
    (
        "a replaced code that counts again",
        change(CODE, "replaced_code", "replaced_at = NULL"),
        "a_used_or_replaced_code_stays_as_it_is",
    ),
    ("a used code deleted", delete(CODE, "used_code"), "a_used_or_replaced_code_stays_as_it_is"),
]
VERSION, SITE, UPDATE, STEP, TOLD = (
    f"cases_{table}" for table in ("version", "site", "updaterequest", "updatestep", "updaterecipient")
)
FEED = "cases_calendarfeed"
UPDATES = [
    ("a version of no standing", change(VERSION, "version", "standing = 'x'"), "a_version_has_one_of_the_standings"),
    (
        "a second current version",
        copy(VERSION, "version", name="'Another'"),
        "one_current_and_one_previous_version",
    ),
    (
        "release notes that anybody can change on the way",
        change(VERSION, "version", "notes_url = 'http://x.example'"),
        "release_notes_are_at_an_https_address",
    ),
    ("a second sandbox", copy(SITE, "sandbox"), "a_district_has_one_site_of_a_kind"),
    ("a site of no kind", copy(SITE, "sandbox", kind="'x'"), "a_site_has_one_of_the_kinds"),
    (
        "a production site that was refreshed",
        change(SITE, "production", "refreshed_at = now()"),
        "only_sandbox_and_staging_are_refreshed",
    ),
    ("a site moved", change(SITE, "sandbox", "district_id = %(other)s"), "a_site_never_changes_its_district_or_kind"),
    ("a sandbox made production", change(SITE, "staging", "kind = 'preview'"), "a_site_never_changes_its_district"),
    ("a second open request", copy(UPDATE, "update"), "one_open_update_request_per_site_and_kind"),
    (
        "a request for a site of another district",
        copy(UPDATE, "done_update", site_id="%(other_site)s"),
        "an_update_request_is_for_a_site_of_the_district",
    ),
    (
        "a refresh of production under the name of the sandbox",
        copy(UPDATE, "done_update", site_id="%(production)s"),
        "an_update_request_is_for_a_site_of_the_district",
    ),
    (
        "a refresh of production",
        copy(UPDATE, "done_update", site_id="%(production)s", site_kind="'production'"),
        "a_refresh_is_acknowledged_and_an_update_has_a_version",
    ),
    (
        "a refresh that nobody acknowledged",
        copy(UPDATE, "done_update", acknowledgement="''"),
        "a_refresh_is_acknowledged_and_an_update_has_a_version",
    ),
    (
        "a version update to no version",
        copy(UPDATE, "done_update", kind="'version'", acknowledgement="''"),
        "a_refresh_is_acknowledged_and_an_update_has_a_version",
    ),
    ("a request for no site", copy(UPDATE, "version_update", site_kind="'x'"), "an_update_is_of_one_of_the_sites"),
    ("an update without a reason", copy(UPDATE, "done_update", reason="''"), "an_update_request_has_a_reason"),
    (
        "a window that ends before it starts",
        copy(UPDATE, "done_update", window_end="now() - interval '9 years'"),
        "a_preferred_window_ends_after_its_start",
    ),
    (
        "an update scheduled for no time",
        change(UPDATE, "update", "status = 'scheduled'"),
        "a_scheduled_update_has_its_window",
    ),
    (
        "a requested update with a schedule",
        change(UPDATE, "update", "scheduled_start = now(), scheduled_end = now() + interval '1 hour'"),
        "a_scheduled_update_has_its_window",
    ),
    (
        "an update canceled at no time",
        change(UPDATE, "update", "status = 'canceled'"),
        "an_update_request_that_is_over_says_since_when",
    ),
    (
        "an open update that is over",
        change(UPDATE, "update", "ended_at = now()"),
        "an_update_request_that_is_over_says_since_when",
    ),
    (
        "an update requested by another district",
        copy(UPDATE, "done_update", requested_by_id="%(stranger)s"),
        "an_update_is_requested_by_the_district",
    ),
    (
        "an update requested by Support",
        copy(UPDATE, "done_update", requested_by_id="%(agent)s"),
        "an_update_is_requested_by_the_district",
    ),
    (
        "an update completed that was never scheduled",
        change(UPDATE, "update", "status = 'completed', ended_at = now()"),
        "an_update_request_goes_its_way",
    ),
    ("another reason", change(UPDATE, "update", "reason = 'So.'"), "an_update_request_stays_as_it_was_made"),
    (
        "another preferred window",
        change(UPDATE, "update", "window_end = window_end + interval '1 hour'"),
        "an_update_request_stays_as_it_was_made",
    ),
    (
        "a completed update that begins again",
        change(UPDATE, "done_update", "status = 'scheduled', ended_at = NULL"),
        "an_update_request_(goes_its_way|that_is_over_never_changes)",
    ),
    (
        "a completed update at another time",
        change(UPDATE, "done_update", "ended_at = ended_at + interval '1 hour'"),
        "an_update_request_that_is_over_never_changes",
    ),
    ("a completed update deleted", delete(UPDATE, "lone_update"), "an_update_request_that_is_over_never_changes"),
    ("a step to no status", copy(STEP, "step", status="'x'"), "an_update_step_has_one_of_the_statuses"),
    (
        "a declined update without a reason",
        copy(STEP, "step", status="'declined'", reason="''"),
        "what_is_requested_declined_or_canceled_has_a_reason",
    ),
    (
        "a step of another district's request",
        copy(STEP, "step", request_id="%(other_update)s"),
        "an_update_step_is_of_its_requests_district",
    ),
    (
        "a step by another district",
        copy(STEP, "step", by_id="%(stranger)s"),
        "an_update_step_is_by_the_district_or_support",
    ),
    ("another reason of a step", change(STEP, "step", "reason = 'So.'"), "an_update_step_never_changes"),
    ("a step deleted", delete(STEP, "step"), "an_update_step_never_changes"),
    ("a person told twice", copy(TOLD, "told"), "a_person_is_told_of_an_update_once"),
    (
        "another district's person told",
        copy(TOLD, "told", person_id="%(stranger)s"),
        "an_update_is_told_to_people_of_the_district",
    ),
    (
        "a person told of another district's update",
        copy(TOLD, "told", request_id="%(other_update)s"),
        "who_is_told_of_an_update_is_of_its_district",
    ),
    (
        "somebody else who was told",
        change(TOLD, "told", "person_id = %(contact)s"),
        "who_is_told_of_an_update_never_changes",
    ),
    ("a calendar without a secret", change(FEED, "feed", "digest = ''"), "a_calendar_address_has_a_secret"),
    (
        "a calendar of another district's person",
        copy(FEED, "feed", person_id="%(stranger)s"),
        "a_calendar_is_of_its_persons_district",
    ),
    (
        "a calendar that changes hands",
        change(FEED, "feed", "person_id = %(colleague)s"),
        "a_calendar_never_changes_hands",
    ),
    (
        "a second team that works the update requests",
        "INSERT INTO cases_team (name, works_updates) VALUES ('A', true), ('B', true)",
        "one_team_works_the_update_requests",
    ),
]
NOTICE, NOTICE_UPDATE, REPORT, TIE, DISMISSAL = (
    f"cases_notice{part}" for part in ("", "update", "report", "case", "dismissal")
)
NOTICES = [
    ("a notice of no kind", copy(NOTICE, "notice", kind="'x'"), "a_notice_has_one_of_the_kinds"),
    ("a notice without a title", change(NOTICE, "notice", "title = ''"), "a_notice_has_a_title"),
    (
        "a notice about a site that there is not",
        change(NOTICE, "notice", "site_kinds = '{sandbox,x}'"),
        "a_notice_is_about_sites_that_there_are",
    ),
    (
        "a notice that ends so late that nobody can read it",
        change(NOTICE, "notice", "expected_end = '9999-12-31 23:59 UTC'"),
        "a_notice_is_of_this_century",
    ),
    (
        "a notice that ends before it starts",
        change(NOTICE, "notice", "expected_end = starts_at - interval '1 minute'"),
        "a_notice_ends_after_its_start",
    ),
    (
        "maintenance without an end",
        change(NOTICE, "maintenance", "expected_end = NULL"),
        "maintenance_has_an_expected_end",
    ),
    (
        "an incident of which nobody is told",
        change(NOTICE, "notice", "announced_at = NULL"),
        "an_incident_is_announced_at_once",
    ),
    (
        "a notice posted by a district",
        copy(NOTICE, "notice", posted_by_id="%(contact)s"),
        "support_posts_notices",
    ),
    (
        "an incident that becomes maintenance",
        change(NOTICE, "notice", "kind = 'maintenance', expected_end = starts_at + interval '1 hour'"),
        "a_notice_stays_what_it_was_posted_as",
    ),
    ("a closed notice opened", change(NOTICE, "closed_notice", "resolved_at = NULL"), "a_closed_notice_never_changes"),
    ("a closed notice deleted", delete(NOTICE, "closed_notice"), "a_closed_notice_never_changes"),
    ("an area named twice", copy("cases_noticearea", "notice_area"), "a_notice_names_an_area_once"),
    ("a district named twice", copy("cases_noticedistrict", "notice_district"), "a_notice_names_a_district_once"),
    (
        "a second next update of a notice",
        copy(NOTICE_UPDATE, "notice_update"),
        "the_updates_of_a_notice_follow_each_other",
    ),
    (
        "an update of a notice of no kind",
        copy(NOTICE_UPDATE, "notice_update", number="2", step="'x'", text="'x'"),
        "a_notice_update_has_one_of_the_steps",
    ),
    (
        "an update that expects an end so late that nobody can read it",
        copy(NOTICE_UPDATE, "notice_update", number="2", text="'News.'", expected_end="'9999-12-31 23:59 UTC'"),
        "an_update_of_a_notice_is_of_this_century",
    ),
    (
        "an update of a notice that says nothing",
        copy(NOTICE_UPDATE, "notice_update", number="2", step="'updated'"),
        "an_update_of_a_notice_says_something",
    ),
    (
        "an update of a notice by a district",
        copy(NOTICE_UPDATE, "notice_update", number="2", by_id="%(contact)s"),
        "support_updates_notices",
    ),
    (
        "other words of an update of a notice",
        change(NOTICE_UPDATE, "notice_update", "text = 'So.'"),
        "an_update_of_a_notice_never_changes",
    ),
    (
        "a district added to a notice twice",
        copy(REPORT, "notice_report"),
        "a_district_is_added_to_a_notice_once",
    ),
    (
        "an incident that affects nobody",
        copy(REPORT, "notice_report", district_id="%(other)s", reported_by_id="%(stranger)s", users_affected="0"),
        "an_incident_affects_at_least_one_person",
    ),
    (
        "a district for which another one speaks",
        copy(REPORT, "notice_report", district_id="%(other)s"),
        "a_district_speaks_for_itself_about_a_notice",
    ),
    (
        "a district added to a closed notice",
        copy(REPORT, "notice_report", notice_id="%(closed_notice)s"),
        "a_district_is_added_to_an_open_notice",
    ),
    (
        "a district added to a notice of others",
        copy(
            *(REPORT, "notice_report"),
            district_id="%(other)s",
            reported_by_id="%(stranger)s",
            notice_id="%(others_notice)s",
        ),
        "a_district_is_added_to_an_open_notice",
    ),
    (
        "another count of those affected",
        change(REPORT, "notice_report", "users_affected = 13"),
        "what_a_district_said_about_a_notice_never_changes",
    ),
    ("a case tied to two notices", copy(TIE, "tie", notice_id="%(closed_notice)s"), "cases_noticecase_case_id_key"),
    (
        "another district's case tied",
        copy(TIE, "tie", case_id="%(other_case)s"),
        "a_case_is_tied_to_a_notice_in_its_district",
    ),
    (
        "a case tied by its district",
        copy(TIE, "tie", case_id="%(new_case)s", tied_by_id="%(contact)s"),
        "support_ties_cases_to_notices",
    ),
    (
        "a tied case that goes to another notice",
        change(TIE, "tie", "notice_id = %(closed_notice)s"),
        "a_tied_case_stays_as_it_was_tied",
    ),
    ("a notice dismissed twice", copy(DISMISSAL, "dismissal"), "a_person_dismisses_a_notice_once"),
    (
        "a dismissal of another district's person",
        copy(DISMISSAL, "dismissal", person_id="%(stranger)s"),
        "a_dismissal_is_of_its_persons_district",
    ),
    (
        "a dismissal that changes hands",
        change(DISMISSAL, "dismissal", "person_id = %(colleague)s"),
        "a_dismissal_never_changes_hands",
    ),
]
# Of a request with another status or another way to it, an older rule complains first.
NEVER_FIRST = {
    "a_request_is_decided_or_withdrawn_once",
    "an_update_request_has_one_of_the_kinds",
    "an_update_request_has_one_of_the_statuses",
}
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
GAPS = [
    ("a gap of no kind", copy("contacts_coveragegap", "closed_gap", kind="'bad_luck'"), "a_gap_is_of_one_of_the_kinds"),
    (
        "a gap twice at once",
        copy("contacts_coveragegap", "gap"),
        "one_open_gap_per_district_and_kind",
    ),
    (
        "a gap that ends before it began",
        change("contacts_coveragegap", "gap", "ended_at = began_at - interval '1 second'"),
        "a_gap_ends_after_it_began",
    ),
    (
        "a gap of another district",
        change("contacts_coveragegap", "gap", "district_id = %(other)s"),
        "a_gap_never_changes_its_start",
    ),
    (
        "a gap that began earlier",
        change("contacts_coveragegap", "gap", "began_at = began_at - interval '1 day'"),
        "a_gap_never_changes_its_start",
    ),
    ("a gap that was none", delete("contacts_coveragegap", "closed_gap"), "a_closed_gap_never_changes"),
    (
        "a gap that opens again",
        change("contacts_coveragegap", "closed_gap", "ended_at = NULL"),
        "a_closed_gap_never_changes",
    ),
]
TRAINING = [
    (
        "a training of another district's person",
        copy(TRAININGS, "training", completed_on="'2026-08-01'", person_id="%(stranger)s"),
        "a_training_is_of_a_person_of_the_district",
    ),
    (
        "a training recorded from another district",
        copy(TRAININGS, "training", completed_on="'2026-08-01'", recorded_by_id="%(stranger)s"),
        "who_records_training_is_of_the_district_or_support",
    ),
    (
        "a training confirmed from another district",
        change(TRAININGS, "training", "confirmed_by_id = %(stranger)s, confirmed_at = now()"),
        "who_confirms_training_is_of_the_district_or_support",
    ),
    (
        "a training taken back from another district",
        change(TRAININGS, "training", "withdrawn_by_id = %(stranger)s, withdrawn_at = now()"),
        "who_takes_training_back_is_of_the_district_or_support",
    ),
    (
        "a training on another day",
        change(TRAININGS, "training", "completed_on = '2026-08-01'"),
        "a_training_stays_as_it_was_recorded",
    ),
    (
        "a self-reported training that somebody else recorded",
        change(TRAININGS, "training", "recorded_by_id = %(contact)s"),
        "a_training_stays_as_it_was_recorded",
    ),
    (
        "a confirmation taken away",
        change(TRAININGS, "confirmed_training", "confirmed_by_id = NULL, confirmed_at = NULL"),
        "a_confirmed_training_stays_confirmed",
    ),
    (
        "a training taken back that counts again",
        change(TRAININGS, "withdrawn_training", "withdrawn_by_id = NULL, withdrawn_at = NULL"),
        "a_training_taken_back_never_changes",
    ),
    ("a training taken back deleted", delete(TRAININGS, "withdrawn_training"), "a_training_taken_back_never_changes"),
    ("a training recorded twice", copy(TRAININGS, "training"), "a_training_is_recorded_once_for_a_day"),
    (
        "a training of the day after tomorrow",
        copy(TRAININGS, "training", completed_on="(now() + interval '3 days')::date"),
        "a_training_is_recorded_when_it_is_completed",
    ),
    (
        "a training of the last century",
        copy(TRAININGS, "training", completed_on="'1999-12-31'"),
        "a_training_is_of_this_century",
    ),
    (
        "one's own training confirmed",
        change(TRAININGS, "training", "confirmed_by_id = %(teacher)s, confirmed_at = now()"),
        "nobody_confirms_their_own_training",
    ),
    (
        "a confirmation without a day",
        change(TRAININGS, "training", "confirmed_by_id = %(contact)s"),
        "a_self_reported_training_is_confirmed_by_someone",
    ),
    (
        "a training taken back by nobody",
        change(TRAININGS, "training", "withdrawn_at = now()"),
        "who_takes_a_training_back_says_when",
    ),
    (
        "training for Support",
        "INSERT INTO contacts_trainingneed (module_id, role, level) VALUES (%(module)s, 'support_lead', 'expected')",
        "training_is_for_contacts_and_coaches",
    ),
    (
        "training that is neither expected nor recommended",
        "INSERT INTO contacts_trainingneed (module_id, role, level) VALUES (%(module)s, 'building_coach', 'nice')",
        "training_is_expected_or_recommended",
    ),
    (
        "training at an address that anyone on the way can change",
        change("contacts_trainingmodule", "module", "link = 'http://training.example.org/'"),
        "a_training_module_is_reached_by_https",
    ),
]
WHO_LEAVES = [
    (
        "a role for someone who cannot sign in",
        copy(DESIGNATIONS, "designation", role="'credential_approver'", user_id="%(leaver)s"),
        "a_role_is_given_to_who_can_sign_in",
    ),
    (
        "someone who can no longer sign in and keeps a role",
        change(PEOPLE, "contact", "is_active = false"),
        "who_holds_a_role_can_sign_in",
    ),
]
AGREEMENT = "contacts_agreement"
AGREEMENTS = [
    (
        "someone of another organization in no district",
        change(PEOPLE, "agent", "organization = 'Acme'"),
        "a_third_party_belongs_to_a_district",
    ),
    (
        "a contact who changes organizations",
        change(PEOPLE, "contact", "organization = 'Acme Data'"),
        "a_contact_never_changes_organizations",
    ),
    (
        "a contact of another organization who starts without an agreement",
        copy(DESIGNATIONS, "third_party", role="'technical_contact'", agreement_id="NULL", ends_at="NULL"),
        "a_third_party_starts_under_an_agreement",
    ),
    (
        "one who starts before the agreement is signed",
        copy(DESIGNATIONS, "third_party", role="'technical_contact'", started_at="now() - interval '200 days'"),
        "a_third_party_starts_under_an_agreement",
    ),
    (
        "one who stays a second longer than the agreement",
        change(DESIGNATIONS, "third_party", "ends_at = ends_at + interval '1 second'"),
        "a_third_party_stays_under_an_agreement",
    ),
    (
        "one who stays without an agreement",
        change(DESIGNATIONS, "third_party", "agreement_id = NULL"),
        "a_third_party_stays_under_an_agreement",
    ),
    (
        "an own contact under an agreement",
        copy(
            DESIGNATIONS,
            "designation",
            role="'technical_contact'",
            agreement_id="%(agreement)s",
            ends_at="now() + interval '1 day'",
        ),
        "a_third_party_starts_under_an_agreement",
    ),
    (
        "a coach under an agreement",
        copy(DESIGNATIONS, "third_party", role="'building_coach'", ends_at="NULL"),
        "only_contacts_are_under_an_agreement_and_end_with_it",
    ),
    (
        "a contact under another district's agreement",
        copy(
            DESIGNATIONS,
            "third_party",
            role="'technical_contact'",
            agreement_id="%(other_agreement)s",
            ended_at="'infinity'::timestamptz",
        ),
        "a_contact_is_under_an_agreement_of_their_district",
    ),
    (
        "an agreement that expires on the last day that there is",
        copy(AGREEMENT, "agreement", expires_on="'9999-12-31'"),
        "an_agreement_expires_within_this_century",
    ),
    (
        "an agreement that expires on the day it is signed",
        copy(AGREEMENT, "agreement", expires_on="signed_on"),
        "an_agreement_expires_after_it_is_signed",
    ),
    (
        "a document that is not behind https",
        copy(AGREEMENT, "agreement", link="'javascript:alert(1)'"),
        "the_document_of_an_agreement_is_behind_https",
    ),
    ("the same agreement twice", copy(AGREEMENT, "agreement"), "an_agreement_is_recorded_once"),
    (
        "an agreement that ends for no reason",
        change(AGREEMENT, "agreement", "ended_at = now(), ended_by_id = %(contact)s"),
        "an_agreement_that_ended_early_says_when_by_whom_and_why",
    ),
    (
        "an agreement recorded from another district",
        copy(AGREEMENT, "agreement", document="'Another'", recorded_by_id="%(stranger)s"),
        "who_records_an_agreement_is_of_the_district_or_support",
    ),
    (
        "an agreement ended from another district",
        change(AGREEMENT, "agreement", "ended_at = now(), end_reason = 'So', ended_by_id = %(stranger)s"),
        "who_ends_an_agreement_is_of_the_district_or_support",
    ),
    (
        "an agreement that lasts longer than was recorded",
        change(AGREEMENT, "agreement", "expires_on = expires_on + 1"),
        "an_agreement_never_changes",
    ),
    (
        "an ended agreement taken up again",
        change(AGREEMENT, "ended_agreement", "ended_at = NULL, ended_by_id = NULL, end_reason = ''"),
        "an_ended_agreement_never_changes",
    ),
    ("an ended agreement forgotten", delete(AGREEMENT, "ended_agreement"), "an_ended_agreement_never_changes"),
]
NEVER = [
    *AGREEMENTS,
    *WHO_LEAVES,
    *PEOPLE_OF_DISTRICTS,
    *ROLES,
    *RUNS,
    *MESSAGES_TO_PEOPLE,
    *QUESTIONS_OF_STAFF,
    *TRAINING,
    *CODES_OF_CALLERS,
    *NOMINATED,
    *REQUESTED,
    *CASES,
    *TIMELINES,
    *TEACHING,
    *TARGETS,
    *UPDATES,
    *NOTICES,
    *GAPS,
    *CREDENTIALS,
]


@pytest.fixture
def rows(db):
    """The keys of a district's rows and of another's, by the names that the statements use."""
    soon = timezone.now() + timedelta(minutes=1)
    own, other = DistrictFactory.create_batch(2)
    school, other_school = SchoolFactory(district=own), SchoolFactory(district=other)
    teacher, colleague = UserFactory(district=own, school=school), UserFactory(district=own)
    leaver = UserFactory(district=own, is_active=False)
    stranger = UserFactory(district=other, school=other_school)
    contact = UserFactory(district=own, roles=[Role.SUPPORT_CONTACT])
    approver = UserFactory(district=own, roles=[Role.CREDENTIAL_APPROVER])
    agent = AgentFactory()
    record, second_record = CredentialRecordFactory.create_batch(2, holder=teacher)
    return {name: row.pk for name, row in locals().items() if name not in {"db", "soon"}} | keys(
        designation=contact.designations.get(),
        ended=ended_designation(teacher),
        message=MessageFactory(recipient=teacher),
        choice=MessageDeliveryFactory(person=teacher),
        colleagues_record=CredentialRecordFactory(holder=colleague),
        strangers_record=CredentialRecordFactory(holder=stranger),
        course=(course := CourseFactory(district=own)),
        second_course=CourseFactory(district=own),
        strangers_course=CourseFactory(district=other),
        requirement=RequirementFactory(course=course),
        field=(kind := CredentialFieldFactory()),
        waiting_field=CredentialFieldFactory(type=kind.type, key="waiting", when_field=kind.key, when_values=["x"]),
        team_member=TeamMember.objects.create(team=Team.objects.create(name="Team"), user=agent),
        holiday=DistrictHolidayFactory(district=own, first_on=timezone.localdate()),
        **agreements(own, other, contact),
        **questions(teacher, contact, stranger),
        gap=CoverageGap.objects.create(district=own, kind=Gap.NO_CONTACT),
        closed_gap=CoverageGap.objects.create(district=own, kind=Gap.NO_CONTACT, ended_at=soon),
        **trainings(teacher, contact),
        **caller_codes(contact, agent),
        **asked_to_be_contacts(teacher, colleague, agent),
        run=InactivityRun.objects.create(),
        finished_run=InactivityRun.objects.create(finished_at=soon),
        **(made := cases(contact, agent, stranger)),
        **notices(contact, agent, made["case"]),
        **requests(teacher, approver, record),
        **ways_of_deciding(colleague, approver),
        **updates(teacher, contact, stranger),
    )


def updates(teacher, contact, stranger):
    own, other = teacher.district, stranger.district
    sandbox, staging = (SiteFactory(district=own, kind=kind) for kind in ("sandbox", "staging"))
    update = UpdateRequestFactory(site=sandbox, requested_by=contact)
    about = {"district": own, "request": update}
    return {
        "version": VersionFactory(standing="current"),
        "production": SiteFactory(district=own, kind="production"),
        "sandbox": sandbox,
        "staging": staging,
        "other_site": SiteFactory(district=other),
        "update": update,
        "version_update": VersionUpdateFactory(site=staging, status="completed"),
        "done_update": UpdateRequestFactory(site=staging, status="completed"),
        "lone_update": UpdateRequestFactory(site=staging, status="completed", step=False),
        "other_update": UpdateRequestFactory(site__district=other, site__kind="staging"),
        "step": update.steps.get(),
        "told": UpdateRecipient.objects.create(**about, person=teacher),
        "feed": CalendarFeed.objects.create(district=own, person=contact, digest="x"),
    }


def notices(contact, agent, case):
    area, own = ProductAreaFactory(), contact.district
    notice = NoticeFactory(everyone=True)
    about = {"notice": notice, "district": own}
    named = NoticeFactory(districts=[own])
    return {
        "notice": notice,
        "maintenance": MaintenanceFactory(everyone=True),
        "closed_notice": NoticeFactory(everyone=True, resolved_at=timezone.now()),
        "others_notice": named,
        "notice_update": notice.updates.get(),
        "notice_area": NoticeArea.objects.create(notice=notice, area=area),
        "notice_district": NoticeDistrict.objects.get(notice=named),
        "notice_report": NoticeReportFactory(notice=notice, reported_by=contact),
        "tie": NoticeCase.objects.create(**about, case=case, tied_by=agent),
        "dismissal": NoticeDismissal.objects.create(**about, person=contact, number=1),
    }


def agreements(own, other, contact):
    agreement, now = AgreementFactory(district=own), timezone.now()
    over = {"recorded_at": now, "ended_at": now, "ended_by": contact, "end_reason": "A mistake."}
    return {
        "agreement": agreement,
        "ended_agreement": AgreementFactory(district=own, **over),
        "other_agreement": AgreementFactory(district=other),
        "third_party": ThirdPartyFactory(agreement=agreement),
    }


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


def trainings(teacher, contact):
    at = timezone.now()
    return {
        "module": TrainingModuleFactory(),
        "training": TrainingCompletionFactory(person=teacher),
        "confirmed_training": TrainingCompletionFactory(person=teacher, confirmed_by=contact, confirmed_at=at),
        "withdrawn_training": TrainingCompletionFactory(person=teacher, withdrawn_by=contact, withdrawn_at=at),
    }


def caller_codes(contact, agent):
    used = {"used_at": timezone.now(), "used_by": agent}
    return {
        "used_code": CallerCodeFactory(person=contact, **used),
        "replaced_code": CallerCodeFactory(person=contact, replaced_at=timezone.now()),
        "dead_code": CallerCodeFactory(person=UserFactory(district=contact.district), wrong_tries=5),
        "code": CallerCodeFactory(person=contact),
    }


def asked_to_be_contacts(teacher, colleague, agent):
    declined = {"status": "declined", "decided_at": timezone.now(), "decided_by": teacher}
    denied = {"status": "denied", "decided_at": timezone.now(), "decided_by": agent, "decision_reason": "No."}
    return {
        "acting": DesignationFactory(
            user=colleague,
            role=Role.TECHNICAL_CONTACT,
            is_acting=True,
            ends_at=timezone.now() + timedelta(days=9),
            reverts_to=teacher,
        ),
        "nomination": NominationFactory(nominee=teacher),
        "declined": NominationFactory(nominee=teacher, **declined),
        "contact_request": ContactRequestFactory(person=teacher),
        "denied_contact": ContactRequestFactory(person=teacher, **denied),
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
        "draft": Draft.objects.create(
            case=case, district=case.district, person=contact, mode="reply", text="Words.", form_key=uuid4()
        ),
        "qualification": Qualification.objects.create(case=case, district=case.district, happened="It is empty."),
        "presence": Presence.objects.create(case=case, district=case.district, agent=agent),
        "call": Call.objects.create(host=contact, **call),
        "confirmed": Call.objects.create(host=contact, confirmed_at=timezone.now(), **call),
        "entry": TimelineEntry.objects.create(action="replied", by=contact, **said),
        "other_entry": TimelineEntry.objects.create(
            case=other_case, district=other_case.district, action="replied", by=stranger, text="Words.", status="new"
        ),
        "note": TimelineEntry.objects.create(action="noted", by=agent, is_internal=True, **said),
    }


def ways_of_deciding(administrator, approver):
    given = {"granted_by": administrator, "person": UserFactory(district=administrator.district)}
    now = timezone.now()
    return {
        "grant": RequestGrantFactory(**given),
        "ended_grant": RequestGrantFactory(**given, ended_at=now, ended_by=administrator),
        "delegation": ApprovalDelegationFactory(approver=approver),
        "ended_delegation": ApprovalDelegationFactory(approver=approver, ended_at=now),
        "way": TypeRuleFactory(changed_by=administrator),
    }


def requests(teacher, approver, record):
    Status = CredentialRequest.Status
    decided = {"requester": teacher, "decided_by": approver, "decided_at": timezone.now()}
    return {
        "pending": CredentialRequestFactory(
            requester=teacher, is_new=False, record=record, original={"identifier": record.identifier}
        ),
        "pending_new": (pending_new := CredentialRequestFactory(requester=teacher)),
        "request_version": RequestVersionFactory(request=pending_new),
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
