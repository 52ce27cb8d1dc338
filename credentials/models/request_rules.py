"""What must never be of a request, whatever form or action it came through."""

from django.db import models
from django.db.models import F, Q

from contacts.constraints import ChangesWith, DistrictKey, SameDistrict, Transitions, Unchanging, choices_constraint
from credentials.models.statuses import OPEN, SETTLED, TRANSITIONS, RequestStatus

RULES = [
    models.UniqueConstraint(
        fields=["record"],
        condition=Q(status__in=OPEN),
        name="one_open_request_per_record",
        violation_error_message="A request to change this record is already waiting for a decision.",
    ),
    models.UniqueConstraint(
        fields=["requester", "idempotency_key"],
        name="a_request_idempotency_key_is_used_once",
        violation_error_message="You already sent this request.",
    ),
    models.CheckConstraint(
        condition=Q(
            ~Q(status__in=["approved", "denied"]),
            decided_at__isnull=True,
            decided_by__isnull=True,
            is_automatic=False,
        )
        | Q(status__in=["approved", "denied"], decided_at__isnull=False, decided_by__isnull=False)
        & Q(is_automatic=False)
        | Q(status="approved", decided_at__isnull=False, decided_by__isnull=True, is_automatic=True),
        name="a_decided_request_says_when_and_by_whom",
        violation_error_message="A decided request has a date and a person who decided it.",
    ),
    models.CheckConstraint(
        condition=~Q(status="returned") | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(comment=""),
        name="a_returned_request_says_what_to_change",
        violation_error_message="Say what has to change.",
    ),
    models.CheckConstraint(
        condition=Q(status="draft", version=0) | ~Q(status="draft") & Q(version__gt=0) | Q(status="withdrawn"),
        name="only_a_draft_has_no_version",
        violation_error_message="A submitted request has a version.",
    ),
    models.CheckConstraint(
        condition=Q(status="withdrawn", withdrawn_at__isnull=False)
        | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
        name="a_withdrawn_request_says_when",
        violation_error_message="A withdrawn request has the date on which it was withdrawn.",
    ),
    models.CheckConstraint(
        condition=(Q(decided_by__isnull=True) | ~Q(decided_by=F("requester")))
        & (Q(first_approved_by__isnull=True) | ~Q(first_approved_by=F("requester"))),
        name="nobody_decides_their_own_request",
        violation_error_message="You cannot decide your own request.",
    ),
    models.CheckConstraint(
        condition=Q(entered_by__isnull=True)
        | (
            ~Q(entered_by=F("requester"))
            & (Q(decided_by__isnull=True) | ~Q(decided_by=F("entered_by")))
            & (Q(first_approved_by__isnull=True) | ~Q(first_approved_by=F("entered_by")))
        ),
        name="nobody_decides_what_they_entered_for_another",
        violation_error_message="You entered this request, so another approver decides it.",
    ),
    models.CheckConstraint(
        condition=Q(first_approved_by__isnull=True)
        | Q(first_approved_at__isnull=False) & (~Q(status="approved") | ~Q(decided_by=F("first_approved_by"))),
        name="a_second_approver_is_somebody_else",
        violation_error_message="You approved this already. Another approver has to approve it, too.",
    ),
    models.CheckConstraint(
        condition=~Q(status="denied") | ~Q(comment=""),
        name="a_denial_has_a_comment",
        violation_error_message="Explain why the request is denied.",
    ),
    models.CheckConstraint(
        condition=Q(is_new=True) | Q(record__isnull=False),
        name="an_update_has_a_record",
        violation_error_message="A request for an update has a record to update.",
    ),
    models.CheckConstraint(
        condition=~Q(status="approved") | Q(record__isnull=False),
        name="an_approved_request_has_its_record",
        violation_error_message="An approved request has a record.",
    ),
    models.CheckConstraint(
        condition=~Q(brief_description="") | Q(status="draft"),
        name="a_request_has_a_brief_description",
        violation_error_message="Enter a Brief Description.",
    ),
    models.CheckConstraint(
        condition=Q(is_new=False) | Q(record__isnull=True) | Q(status="approved"),
        name="a_new_record_comes_with_the_approval",
        violation_error_message="A request for a new record has its record when it is approved.",
    ),
    choices_constraint("status", RequestStatus, name="a_request_has_one_of_the_statuses"),
    Transitions(
        allowed=TRANSITIONS,
        name="a_request_is_decided_or_withdrawn_once",
        violation_error_message="This request was already decided or withdrawn.",
    ),
    Unchanging(
        condition=Q(status__in=SETTLED),
        name="a_decided_or_withdrawn_request_never_changes",
        violation_error_message="This request was already decided or withdrawn. It stays as it was.",
    ),
    Unchanging(
        fields=["district", "requester", "entered_by", "is_new", "idempotency_key"],
        name="a_request_stays_with_its_requester",
        violation_error_message="A request stays with the person for whom it was made.",
    ),
    ChangesWith(
        field="version",
        fields=["type", "brief_description", "original", "proposed", "labels", "submitted_at"],
        condition=~Q(status="draft"),
        name="a_submitted_request_says_what_it_said",
        violation_error_message="What was submitted stays as it was. A change of it is a new version.",
    ),
    Unchanging(
        fields=["record"],
        condition=Q(record__isnull=False),
        name="a_request_never_changes_records",
        violation_error_message="A request stays with the record that it is about.",
    ),
    SameDistrict(
        field="requester",
        name="a_request_is_of_a_requester_of_its_district",
        violation_error_message="The requester belongs to the district of the request.",
    ),
    SameDistrict(
        field="record",
        also={"requester": "holder"},
        name="a_request_is_about_the_requesters_record",
        violation_error_message="You can request changes to your own records only.",
    ),
    *(
        SameDistrict(
            field=field,
            name=f"a_request_is_{done}_in_its_district",
            violation_error_message="Only an approver of the requester's district can decide this request.",
        )
        for field, done in [
            ("decided_by", "decided"),
            ("first_approved_by", "approved_first"),
            ("returned_by", "returned"),
        ]
    ),
    SameDistrict(
        field="entered_by",
        name="a_request_is_entered_in_its_district",
        violation_error_message="Only an administrator of the person's district enters a request for them.",
    ),
    DistrictKey(fields=["district", "id"], name="a_request_is_of_one_district"),
]
