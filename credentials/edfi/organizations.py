from itertools import chain, count, groupby

from django.utils.text import slugify

from contacts.models import District, School
from credentials.edfi.interchange import RowError
from credentials.edfi.parser import ORGANIZATION_ID
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required


def load_organizations(interchange, summary):
    """Import districts and schools. Returns {organization ID: (district, school or None)}."""
    districts = _load_districts(interchange, summary)
    schools = _load_schools(interchange, districts, summary)
    return _existing_workplaces(interchange) | districts | schools


def _load_districts(interchange, summary):
    upsert, check_duplicate, loaded = BulkUpsert(District, "districts", summary), DuplicateCheck(), {}
    identifiers = [element.get("LocalEducationAgencyId") for element in interchange.districts]
    existing = {district.identifier: district for district in District.objects.filter(identifier__in=identifiers)}
    taken_slugs = set(District.objects.values_list("slug", flat=True))
    for element in interchange.districts:
        with refuse_on_error(summary, "districts", element):
            identifier = required(element, "LocalEducationAgencyId")
            name = required(element, "NameOfInstitution")
            check_duplicate(element, identifier, f"district {identifier}")
            district = existing.get(identifier) or District(slug=_unique_slug(name, identifier, taken_slugs))
            loaded[identifier] = upsert.add(district, identifier=identifier, name=name), None
    upsert.save()
    return loaded


def _unique_slug(name, identifier, taken):
    base = slugify(name)[:40] or slugify(f"district-{identifier}")[:40]
    slug = next(slug for slug in chain([base], (f"{base}-{number}" for number in count(2))) if slug not in taken)
    taken.add(slug)
    return slug


def _load_schools(interchange, districts, summary):
    upsert, check_duplicate, loaded = BulkUpsert(School, "schools", summary), DuplicateCheck(), {}
    districts = _school_districts(interchange, districts)
    existing = {
        (school.district_id, school.identifier): school
        for school in School.objects.filter(district__in=districts.values())
    }
    for element in interchange.schools:
        with refuse_on_error(summary, "schools", element):
            identifier = required(element, "SchoolId")
            name = required(element, "NameOfInstitution")
            check_duplicate(element, identifier, f"school {identifier}")
            district = districts.get(interchange.district_id_of(element))
            if not district:
                raise RowError(f"the district of school {identifier} is not in these files or in the portal")
            school = existing.get((district.pk, identifier)) or School(district=district)
            loaded[identifier] = district, upsert.add(school, identifier=identifier, name=name)
    upsert.save()
    return loaded


def _school_districts(interchange, loaded):
    identifiers = {interchange.district_id_of(element) for element in interchange.schools} - {""}
    existing = District.objects.filter(identifier__in=identifiers)
    return {district.identifier: district for district in [*existing, *(district for district, _ in loaded.values())]}


def _existing_workplaces(interchange):
    """Districts and schools in the portal that staff work at. Two districts may use the same school ID; skip those."""
    associations = chain.from_iterable(interchange.associations.values())
    identifiers = {element.get(ORGANIZATION_ID) for element in associations} - {""}
    districts = District.objects.filter(identifier__in=identifiers)
    workplaces = {district.identifier: (district, None) for district in districts}
    schools = School.objects.filter(identifier__in=identifiers).select_related("district").order_by("identifier")
    for identifier, group in groupby(schools, key=lambda school: school.identifier):
        school, *others = group
        if not others:
            workplaces[identifier] = school.district, school
    return workplaces
