from itertools import chain, count, groupby

from django.utils.text import slugify

from contacts.models import District, School
from credentials.edfi.batch import Batch, Once, refusing, required
from credentials.edfi.findings import ORGANIZATION, Faulty


def load_organizations(findings, summary):
    """Districts and schools. Gives who is meant by each number: (district, school or None)."""
    districts = _load_districts(findings, summary)
    schools = _load_schools(findings, districts, summary)
    return _known_before(findings) | districts | schools


def _load_districts(findings, summary):
    batch, once, loaded = Batch(District, "districts", summary), Once(), {}
    numbers = [element.get("LocalEducationAgencyId") for element in findings.districts]
    known = {district.identifier: district for district in District.objects.filter(identifier__in=numbers)}
    slugs = set(District.objects.values_list("slug", flat=True))
    for element in findings.districts:
        with refusing(summary, "districts", element):
            number = required(element, "LocalEducationAgencyId")
            name = required(element, "NameOfInstitution")
            once(element, number, f"district {number}")
            district = known.get(number) or District(identifier=number, slug=_free_slug(name, number, slugs))
            loaded[number] = batch.put(district, identifier=number, name=name), None
    batch.write()
    return loaded


def _free_slug(name, number, taken):
    wished = slugify(name)[:40] or slugify(f"district-{number}")[:40]
    slug = next(slug for slug in chain([wished], (f"{wished}-{turn}" for turn in count(2))) if slug not in taken)
    taken.add(slug)
    return slug


def _load_schools(findings, districts, summary):
    batch, once, loaded = Batch(School, "schools", summary), Once(), {}
    owners = _districts_by_number(districts, {findings.district_of(element) for element in findings.schools})
    known = {
        (school.district_id, school.identifier): school
        for school in School.objects.filter(district__in=owners.values())
    }
    for element in findings.schools:
        with refusing(summary, "schools", element):
            number = required(element, "SchoolId")
            name = required(element, "NameOfInstitution")
            once(element, number, f"school {number}")
            district = owners.get(findings.district_of(element))
            if not district:
                raise Faulty(f"school {number} belongs to no district of these files or of the portal")
            school = known.get((district.pk, number)) or School(district=district, identifier=number)
            loaded[number] = district, batch.put(school, identifier=number, name=name)
    batch.write()
    return loaded


def _districts_by_number(loaded, numbers):
    before = District.objects.filter(identifier__in=numbers - {""})
    return {district.identifier: district for district in before} | {number: pair[0] for number, pair in loaded.items()}


def _known_before(findings):
    """Districts and schools of the portal that staff work at; a school number of several districts says nothing."""
    numbers = {element.get(ORGANIZATION) for group in findings.placements.values() for element in group} - {""}
    found = {district.identifier: (district, None) for district in District.objects.filter(identifier__in=numbers)}
    schools = School.objects.filter(identifier__in=numbers).select_related("district")
    for number, group in groupby(schools.order_by("identifier"), key=lambda school: school.identifier):
        namesakes = list(group)
        if len(namesakes) == 1:
            found[number] = namesakes[0].district, namesakes[0]
    return found
