"""What needs a person now in contacts, questions, training and credentials."""

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, get_text_list

from contacts.models import (
    ContactRequest,
    Designation,
    Level,
    Nomination,
    StaffQuestion,
    TrainingModule,
    TrainingNeed,
)
from contacts.reports import coverage
from credentials.models import CredentialRecord, CredentialRequest
from portal.home.needs import Kind, Need


def nominations(user):
    yield Kind(
        Nomination.objects.open().filter(nominee=user).select_related("nominated_by"),
        lambda each: Need(
            f"{each.nominated_by} asks you",
            f"to become the {each.role_name.lower()}",
            each.get_absolute_url(),
            "user-check",
            since=each.nominated_at,
        ),
        reverse("contacts:directory"),
        "to answer",
    )


def questions(user):
    """What colleagues asked, the one that waits longest first."""
    yield Kind(
        StaffQuestion.objects.waiting_for(user).select_related("asker").order_by("asked_at", "pk"),
        lambda each: Need(
            "Answer",
            f"{each.asker}: {Truncator(each.text).chars(80)}",
            each.get_absolute_url(),
            "circle-question-mark",
            detail="Question from staff",
            since=each.asked_at,
        ),
        reverse("contacts:questions"),
        "from staff to answer",
    )


def training(user):
    """What is expected of the person and not completed yet."""
    unmet = TrainingNeed.objects.at(Level.EXPECTED).filter(role__in=user.roles).unmet_by(user)
    address = reverse("contacts:training")
    yield Kind(
        TrainingModule.objects.filter(pk__in=unmet.values("module")),
        lambda module: Need(
            "Complete", module.name, address, "graduation-cap", detail="Training that is expected of you"
        ),
        address,
        "to complete",
    )


def decisions(user):
    yield Kind(
        CredentialRequest.objects.waiting_for(user).select_related("requester").order_by("submitted_at", "pk"),
        lambda each: Need(
            "Decide",
            f"{each.requester}'s {each.kind.lower()}",
            each.decision_url,
            "stamp",
            detail=each.brief_description,
            since=each.submitted_at,
        ),
        f"{reverse('credentials:approvals')}?status=decide",
        "to decide",
    )


def contact_requests(user):
    """Districts that ask for a further support contact, the one that waits longest first."""
    waiting = ContactRequest.objects.visible_to(user).open().select_related("person", "district")
    yield Kind(
        waiting.order_by("requested_at", "pk"),
        lambda each: Need(
            "Decide",
            f"whether {each.person} becomes a support contact",
            each.get_absolute_url(),
            "user-plus",
            detail=str(each.district),
            since=each.requested_at,
        ),
        reverse("contacts:contact_requests"),
        "contacts to decide about",
    )


def flagged(user):
    address = reverse("contacts:inactive")
    waiting = Designation.objects.flagged().visible_to(user).select_related("user", "district")
    yield Kind(
        waiting.order_by("flagged_at", "pk"),
        lambda each: Need(
            "Keep or deactivate",
            str(each.user),
            address,
            "user-round-x",
            detail=" · ".join(["Flagged inactive", *([] if user.district_id else [str(each.district)])]),
            since=each.flagged_at,
        ),
        address,
        "to keep or deactivate",
    )


def expiring(user):
    """Credentials to renew; those for which a request is pending wait for somebody else."""
    soon = CredentialRecord.objects.visible_to(user).expiring(timezone.localdate()).with_pending_request()
    yield Kind(
        soon.filter(pending_request_id=None).select_related("type").prefetch_related("type__fields"),
        lambda record: Need(
            "Renew",
            record.name,
            f"{reverse('credentials:records')}?record={record.pk}",
            "badge-check",
            detail=str(record.type),
            due_at=user.district.end_of(record.expires_on),
            due="expires",
        ),
        reverse("credentials:records"),
        "to renew",
    )


def missing_contacts(user):
    """The need for those that the recommended set lacks in the person's district, or nothing."""
    found = coverage(user.district)
    if found.complete:
        return []
    missing = {"support contact": found.missing_support, "technical contact": found.missing_technical}
    parts = [f"{number} {role}{'' if number == 1 else 's'}" for role, number in missing.items() if number]
    detail = f"Missing: {get_text_list(parts, 'and')}"
    return [Need("Complete", "your district's contacts", reverse("contacts:directory"), "users", detail=detail)]
