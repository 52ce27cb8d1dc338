from contacts import audit
from contacts.actions._common import action, lock_manager
from contacts.actions.third_parties import follow_time_zone
from contacts.models import District


@action
def add_district(district, *, by):
    district.save()
    audit.record("district.add", by=by, on=district)


@action
def change_district_settings(district, *, by, changed):
    """Save the fields named in ``changed``; other fields keep what someone else may have saved in the meantime."""
    lock_manager(by)
    if not changed:
        return
    former = District.objects.select_for_update(no_key=True).get(pk=district.pk)
    district.save(update_fields=changed)
    if "time_zone" in changed:
        follow_time_zone(district, former.time_zone)
    audit.record("district.change_settings", by=by, on=district, **{name: getattr(district, name) for name in changed})
