"""How a case gets its priority: from its urgency and its impact, by a table that an admin edits."""

from django.db import models

from cases.models import choices
from contacts.constraints import choices_constraint

# What the table asks of a case.
ASKED = ["urgency", "blocks_work", "has_workaround", "users_affected", "schools_affected"]
ANY = "any"
YES_OR_NO = [(None, ANY), (True, "yes"), (False, "no")]

CONSTRAINTS = [
    choices_constraint("urgency", choices.Urgency, name="a_case_has_one_of_the_urgencies"),
    choices_constraint("priority", choices.Priority, name="a_case_has_one_of_the_priorities"),
    choices_constraint("users_affected", choices.Users, name="a_case_counts_its_users_in_one_of_the_extents"),
    choices_constraint("schools_affected", choices.Schools, name="a_case_counts_its_schools_in_one_of_the_extents"),
]


class PriorityRule(models.Model):
    """A row of the table. It fits a case for which all its conditions hold; what it leaves empty may be anything."""

    order = models.PositiveSmallIntegerField(default=100, help_text="The first row that fits decides.")
    urgency = models.CharField(max_length=20, choices=[("", ANY), *choices.Urgency.choices], blank=True)
    blocks_work = models.BooleanField("keeps people from their work", choices=YES_OR_NO, null=True, blank=True)
    has_workaround = models.BooleanField("there is a workaround", choices=YES_OR_NO, null=True, blank=True)
    users_at_least = models.PositiveSmallIntegerField(
        "people, at least", choices=[(None, ANY), *choices.Users.choices], null=True, blank=True
    )
    schools_at_least = models.PositiveSmallIntegerField(
        "schools, at least", choices=[(None, ANY), *choices.Schools.choices], null=True, blank=True
    )
    priority = models.CharField(max_length=20, choices=choices.Priority)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            choices_constraint("priority", choices.Priority, name="a_rule_gives_one_of_the_priorities"),
            choices_constraint("urgency", choices.Urgency, name="a_rule_asks_for_one_of_the_urgencies", blank=True),
            choices_constraint("users_at_least", choices.Users, name="a_rule_counts_users_in_one_of_the_extents"),
            choices_constraint("schools_at_least", choices.Schools, name="a_rule_counts_schools_in_one_of_the_extents"),
        ]

    def __str__(self):
        return f"Priority rule: {self.get_priority_display()}"

    def fits(self, case):
        return (
            self.urgency in ("", case.urgency)
            and self.blocks_work in (None, case.blocks_work)
            and self.has_workaround in (None, case.has_workaround)
            and (self.users_at_least or 0) <= case.users_affected
            and (self.schools_at_least or 0) <= case.schools_affected
        )


def priority_by_table(case):
    """Of the first row that fits what ASKED names of the case; without one, Normal."""
    return next((rule.priority for rule in PriorityRule.objects.all() if rule.fits(case)), choices.Priority.NORMAL)
