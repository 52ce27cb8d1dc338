"""What a district's administrator sets: who may request changes, and how each type is decided."""

from django.utils import timezone

from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import District, Role
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
    """``chosen`` is {type: way}; what stays as it is is not noted."""
    lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    district = District.objects.select_for_update(no_key=True).get(pk=by.district_id)
    rules = {rule.type_id: rule for rule in TypeRule.objects.filter(district=district)}
    for type, way in chosen.items():
        rule = rules.get(type.pk) or TypeRule(district=district, type=type, way=Way.ONE)
        if rule.way == way:
            continue
        rule.way, rule.changed_by, rule.changed_at = way, by, timezone.now()
        rule.save()
        audit.record("type_rule.choose", by=by, on=rule)
