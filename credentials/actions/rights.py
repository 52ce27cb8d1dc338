"""What a district's administrator sets: who may request changes, and how each type is decided."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions import action, administrators_of, lock_actor
from contacts.models import District, Kind, Role
from credentials.models import RequestGrant, TypeRule, Way


@action
def grant_right(*, by, school=None, position="", person=None):
    """Let a school, a position or one person request changes. Given twice, it is given once."""
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    about = {"district": by.district, "school": school, "position": position, "person": person}
    if existing := RequestGrant.objects.current().filter(**about).first():
        return existing
    grant = RequestGrant(granted_by=by, **about)
    grant.save(force_insert=True)
    audit.record("request_right.grant", by=by, on=grant)
    return grant


@action
def end_right(grant, *, by):
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    of_district = RequestGrant.objects.select_for_update(of=("self",)).filter(district=by.district)
    grant = of_district.get(pk=grant.pk)
    if grant.ended_at:
        raise ActionRefused("This right has ended already.")
    grant.ended_at, grant.ended_by = timezone.now(), by
    grant.save(update_fields=["ended_at", "ended_by"])
    audit.record("request_right.end", by=by, on=grant)


@action
def choose_ways(chosen, *, by):
    """``chosen`` is {type: way}; what stays as it is is not noted. The other administrators are told of the rest."""
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    district = District.objects.select_for_update(no_key=True).get(pk=by.district_id)
    rules = {rule.type_id: rule for rule in TypeRule.objects.filter(district=district)}
    changed = []
    for type, way in chosen.items():
        rule = rules.get(type.pk) or TypeRule(district=district, type=type, way=Way.ONE)
        if rule.way == way:
            continue
        rule.way, rule.changed_by, rule.changed_at = way, by, timezone.now()
        rule.save()
        audit.record("type_rule.choose", by=by, on=rule)
        changed.append(rule)
    if changed:
        _tell_administrators(changed, district, by)


def _tell_administrators(changed, district, by):
    message_center.send(
        "credentials/messages/ways_chosen.txt",
        to=administrators_of(district).exclude(pk=by.pk),
        kind=Kind.NOTICE,
        about=reverse("credentials:ways"),
        subject="How types are decided",
        district=district,
        by=by,
        rules=changed,
    )
