"""A person of another organization is a contact only under an agreement that the district has with it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts import ActionRefused
from contacts.models import AUTHORIZED_CONTACTS, Agreement, Designation


def put_under_agreement(designation, chosen=None):
    """Change memory only, wherever a designation starts: it begins under an agreement, and ends with it at the latest.

    Without ``chosen`` it is the one that holds longest. It is locked, so that it does not end meanwhile.
    """
    if not needs_agreement(designation.user, designation.role):
        return
    in_force = _in_force(designation.user, designation.started_at)
    if chosen:
        in_force = in_force.filter(pk=chosen.pk)
    agreement = in_force.select_for_update(of=("self",), no_key=True).select_related("district").first()
    if not agreement:
        raise ActionRefused(_without_agreement(designation.user))
    designation.agreement = agreement
    designation.ends_at = min(filter(None, [designation.ends_at, agreement.expires_at]))


def refuse_without_agreement(person, role):
    if lacks_agreement(person, role):
        raise ActionRefused(_without_agreement(person))


def _without_agreement(person):
    return (
        f"{person} works for {person.organization}. They can be a contact only under an agreement with it that is in "
        "force. Record one first."
    )


def lacks_agreement(person, role):
    return needs_agreement(person, role) and not _in_force(person, timezone.now()).exists()


def _in_force(person, at):
    return Agreement.objects.in_force(at).covering(person).order_by("-expires_on", "-pk")


def needs_agreement(person, role):
    return bool(person.organization) and role in AUTHORIZED_CONTACTS


def refuse_change_of_organization(person):
    """What a contact may do rests on whom they work for."""
    if person.designations.authorized_contacts().exists():
        raise ActionRefused(
            f"{person} is an authorized contact. End that role before you change which organization they work for."
        )


def follow_time_zone(district, former):
    """What ends with a day ends when the district's day does; ``former`` is the zone that it had."""
    held = Designation.objects.current().filter(district=district, ends_at__isnull=False).order_by("pk")
    for each in held.select_for_update(of=("self",)):
        last_day = timezone.localdate(each.ends_at - timedelta(microseconds=1), ZoneInfo(former))
        each.ends_at = district.end_of(last_day)
        each.save(update_fields=["ends_at"])
