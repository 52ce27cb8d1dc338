from contacts.models import School
from credentials.edfi.interchange import RowError
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required


def load_schools(interchange, district, summary):
    """Import the district's schools. Returns {organization ID: school, or None for the district's office}.

    Its staff may work there. An ID that the files give to another district is no such place, even if the portal has it.
    """
    upsert, check_duplicate = BulkUpsert(School, "schools", summary), DuplicateCheck()
    schools = {school.identifier: school for school in district.schools.exclude(identifier="")}
    elsewhere = interchange.district_ids - {district.identifier}
    for element in interchange.schools:
        with refuse_on_error(summary, "schools", element):
            identifier = required(element, "SchoolId")
            check_duplicate(element, identifier, f"school {identifier}")
            if interchange.district_id_of(element) != district.identifier:
                elsewhere.add(identifier)
                belongs = f"school {identifier} belongs to district {district.identifier}, which this import is for"
                raise RowError(f"the files do not say that {belongs}")
            school = schools.get(identifier) or School(district=district)
            name = required(element, "NameOfInstitution")
            schools[identifier] = upsert.add(school, identifier=identifier, name=name)
    upsert.save()
    workplaces = {district.identifier: None, **schools}
    return {identifier: school for identifier, school in workplaces.items() if identifier not in elsewhere}
