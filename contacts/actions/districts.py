from contacts import audit
from contacts.actions._common import action, lock_manager


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
    district.save(update_fields=changed)
    audit.record("district.change_settings", by=by, on=district, **{name: getattr(district, name) for name in changed})
