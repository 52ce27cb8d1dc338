from django.db import transaction

from contacts import audit


@transaction.atomic
def add_district(district, *, by):
    district.save()
    audit.record("district.add", by=by, on=district)


@transaction.atomic
def change_district_settings(district, *, by, changed):
    """Save the fields named in ``changed``; fields that nobody touched keep what another person saved meanwhile."""
    if not changed:
        return
    district.save(update_fields=changed)
    withheld = {"withheld_rights": district.withheld_rights} if "withheld_rights" in changed else {}
    audit.record("district.change_settings", by=by, on=district, changed=sorted(changed), **withheld)
