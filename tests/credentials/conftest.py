import pytest

from credentials import edfi
from tests.credentials.interchanges import ORGANIZATIONS, TODAY, interchange


@pytest.fixture(autouse=True)
def _without_second_factors(settings):
    """Approvers and admins sign in by a password here; tests/portal proves that they need more."""
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def load(write):
    """Load elements from two files, as districts send them; ``organizations`` go into the first.

    The import is for their district, 900, unless ``district`` says something else.
    """

    def load(*elements, organizations=ORGANIZATIONS, reverse=False, **options):
        files = [
            write("Organizations.xml", interchange("EducationOrganization", *organizations)),
            write("Staff.xml", interchange("StaffAssociation", *elements)),
        ]
        return edfi.load(files[::-1] if reverse else files, today=TODAY, **{"district": "900", **options})

    return load
