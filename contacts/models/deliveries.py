"""How people want to be told."""

from django.db import models
from django.db.models import Q

from contacts.constraints import PersonOfDistrictOrSupport, Unchanging, choices_constraint
from contacts.models.districts import District
from contacts.models.messages import ALWAYS_AT_ONCE, Delivery, Kind
from contacts.models.people import User


class MessageDelivery(models.Model):
    """How a person is told of the messages of a kind, where they chose something else than at once."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="message_deliveries")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    delivery = models.CharField(max_length=20, choices=Delivery)

    class Meta:
        ordering = ["person", "kind"]
        verbose_name_plural = "message deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="a_person_chooses_once_for_each_kind",
                violation_error_message="There is one choice for each kind of message.",
            ),
            choices_constraint("kind", Kind, name="a_choice_is_for_one_of_the_kinds"),
            choices_constraint("delivery", Delivery, name="a_choice_is_one_of_the_deliveries"),
            models.CheckConstraint(
                condition=~Q(delivery=Delivery.AT_ONCE),
                name="a_choice_differs_from_the_usual",
                violation_error_message="At once is usual, and no choice of its own.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=ALWAYS_AT_ONCE),
                name="nobody_chooses_how_to_get_what_must_be_sent",
                violation_error_message="Messages of this kind are always e-mailed at once.",
            ),
            PersonOfDistrictOrSupport(
                field="person",
                name="a_choice_is_of_its_persons_district",
                violation_error_message="A choice belongs to the district of its person.",
            ),
            Unchanging(
                fields=["district", "person", "kind"],
                name="a_choice_stays_with_its_person_and_kind",
                violation_error_message="A choice stays with its person and kind.",
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_kind_display()}, {self.get_delivery_display()}"
