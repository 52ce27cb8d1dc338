from django.db import models
from django.db.models import Q

from cases.models.product_areas import ProductArea
from contacts.models.districts import validate_one_line


class CannedReplyQuerySet(models.QuerySet):
    def offered_on(self, case):
        """Those of the case's product area, then those of every area."""
        fitting = Q(product_area=case.product_area_id) | Q(product_area=None)
        return self.filter(fitting, is_active=True).order_by("product_area", "title", "pk")


class CannedReply(models.Model):
    """Words that agents write again and again; Django admins keep them."""

    title = models.CharField(max_length=100, validators=[validate_one_line])
    product_area = models.ForeignKey(
        ProductArea,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_replies",
        help_text="Empty: it is offered on every case.",
    )
    text = models.TextField(
        max_length=5000, help_text="{contact} becomes the name of the case's contact, {number} the case number."
    )
    is_active = models.BooleanField("offered", default=True)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name_plural = "canned replies"

    def __str__(self):
        return self.title

    def text_for(self, case):
        """Only the two placeholders are filled in; whatever else stands in braces is text."""
        contact = case.contact.display_name if case.contact else "colleague"
        return self.text.replace("{contact}", contact).replace("{number}", str(case.number))
