"""What a status says of its case, and what each status needs."""

from django.db import models
from django.db.models import Q

from cases.models import choices
from contacts.constraints import PersonOfSupport, Transitions, choices_constraint

CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at__isnull=True)),
        name="a_closed_case_says_when",
        violation_error_message="A closed case has a closing date; an open one does not.",
    ),
    models.CheckConstraint(
        condition=Q(status__in=["new", "closed"]) | Q(assignee__isnull=False),
        name="a_case_being_worked_has_an_assignee",
        violation_error_message="A case that Support works on is assigned to an agent.",
    ),
    models.CheckConstraint(
        condition=~Q(status="assist_request") | Q(assistant__isnull=False),
        name="an_assist_request_names_the_agent_asked",
        violation_error_message="An assist request names the agent who is asked.",
    ),
    models.CheckConstraint(
        condition=~Q(status="scheduled") | Q(scheduled_on__isnull=False),
        name="a_scheduled_case_has_a_date",
        violation_error_message="A scheduled case has a date.",
    ),
    models.CheckConstraint(
        condition=~Q(status="development") | ~Q(defect_reference=""),
        name="a_case_in_development_has_a_defect_reference",
        violation_error_message="A case that is assigned to development has a defect reference.",
    ),
    models.CheckConstraint(
        condition=Q(escalation_level__isnull=True) | Q(escalation_level__range=(1, 3)),
        name="a_case_is_escalated_to_level_1_to_3",
        violation_error_message="A case is escalated to level 1, 2 or 3.",
    ),
    PersonOfSupport(
        field="assistant",
        name="an_assistant_is_of_support",
        violation_error_message="Only someone of Support is asked to assist.",
    ),
    choices_constraint("settled_as", choices.Settlement, name="a_case_is_settled_in_one_of_the_known_ways", blank=True),
    choices_constraint("status", choices.Status, name="a_case_has_one_of_the_statuses"),
    Transitions(
        allowed=choices.TRANSITIONS,
        name="a_case_goes_from_status_to_status_as_agreed",
        violation_error_message="The case cannot go from the status that it has to this one.",
    ),
]
