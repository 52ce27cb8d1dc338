from itertools import chain, count

from django.utils.text import Truncator, slugify

from contacts.models import District
from credentials.edfi.interchange import RowError
from credentials.edfi.parser import InterchangeError
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required


def load_district(interchange, named, summary):
    """Find, rename or add the one district that the import is for: the one that the files describe.

    ``named`` is its state identifier, said again by whoever imports. Raises InterchangeError where there is any doubt.
    """
    identifier = _identifier(interchange.district_ids, named)
    existing = District.objects.filter(identifier=identifier).first()
    if existing and not named and existing.people.exists():
        again = f"To import into it, say so: --district {identifier}."
        raise InterchangeError(f"{existing} (state identifier {identifier}) already has people. {again}")
    _upsert_district(interchange, existing, identifier, summary)
    if district := District.objects.filter(identifier=identifier).first():
        return district
    if summary.refusals:
        reasons = " ".join(map(str, summary.refusals[:3]))
        raise InterchangeError(f"The district could not be added. {reasons}")
    raise InterchangeError(f"No district in the portal has the state identifier {identifier}.")


def _identifier(described, named):
    listed = Truncator(", ".join(sorted(described))).chars(100)
    if named and described and named not in described:
        raise InterchangeError(f"These files describe district {listed}, not {named}, which --district names.")
    if named:
        return named
    if not described:
        raise InterchangeError("These files describe no district. Name it by its state identifier: --district 12345.")
    if len(described) > 1:
        raise InterchangeError(f"These files describe several districts: {listed}. Name one of them with --district.")
    return next(iter(described))


def _upsert_district(interchange, existing, identifier, summary):
    upsert, check_duplicate = BulkUpsert(District, "districts", summary), DuplicateCheck()
    for element in interchange.districts:
        with refuse_on_error(summary, "districts", element):
            described = required(element, "LocalEducationAgencyId")
            check_duplicate(element, described, f"district {described}")
            if described != identifier:
                raise RowError(f"district {described} is not district {identifier}, which this import is for")
            name = required(element, "NameOfInstitution")
            district = existing or District(slug=_unique_slug(name, identifier))
            upsert.add(district, identifier=identifier, name=name)
    upsert.save()


def _unique_slug(name, identifier):
    base = slugify(name)[:40] or slugify(f"district-{identifier}")[:40]
    taken = set(District.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in chain([base], (f"{base}-{number}" for number in count(2))) if slug not in taken)
