from django.db import models
from django.db.models import Q

from contacts.constraints import PersonOfSupport
from contacts.models import User


class Team(models.Model):
    """Support agents who work on the same product areas."""

    name = models.CharField(max_length=100, unique=True)
    works_updates = models.BooleanField(
        "managed services",
        default=False,
        db_default=False,
        help_text="Works the districts' update requests. One team does; without one, all of Support.",
    )
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["works_updates"],
                condition=Q(works_updates=True),
                name="one_team_works_the_update_requests",
                violation_error_message="Another team works the update requests.",
            ),
        ]

    def __str__(self):
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        ordering = ["team", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                name="an_agent_is_in_a_team_once",
                violation_error_message="This agent is in the team already.",
            ),
            PersonOfSupport(
                field="user",
                name="a_team_member_is_of_support",
                violation_error_message="Only people of Support are in a team.",
            ),
        ]

    def __str__(self):
        return f"{self.user} in {self.team}"
