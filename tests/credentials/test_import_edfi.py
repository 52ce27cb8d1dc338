"""manage.py import_edfi: its words and its progress bar."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from contacts.models import User
from tests.credentials.interchanges import (
    GOOD,
    WHOLE,
    assignment,
    credential,
    interchange,
    staff,
)

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_command_says_what_it_did(write):
    files = [write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *WHOLE, credential("C2")))]
    out = io.StringIO()
    call_command("import_edfi", *map(str, files), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["created", "updated", "unchanged", "refused"]
    assert lines[3].split() == ["staff", "1", "0", "0", "0"]
    assert lines[4].split() == ["credentials", "1", "0", "0", "1"]
    assert lines[5] == "Refused: b.xml, line 6: credential C2 (TX) is held by nobody."


def test_the_command_ends_with_what_to_do_next(write):
    people = [staff("1", email="a@bend.example"), staff("2", "Bo"), staff("3", "Cy"), assignment("9")]
    files = [write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *people))]
    out = io.StringIO()
    call_command("import_edfi", *files, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[4].split() == ["assignments", "0", "0", "0", "1"]
    assert lines[-2:] == [
        "People without an e-mail address yet: 2. Add it under Contacts, People, or in the admin.",
        "People who can be invited now: 1. Invite them under Contacts, People, or in the admin.",
    ]
    User.objects.filter(email__isnull=False).update(invited_at=timezone.now())
    call_command("import_edfi", *files, stdout=out)
    assert out.getvalue().splitlines()[-1] == lines[-2]


def test_the_command_notes_an_address_that_was_not_taken(write):
    first = write("b.xml", interchange("StaffAssociation", *WHOLE))
    other = write("c.xml", interchange("StaffAssociation", staff(email="other@bend.example"), assignment()))
    out = io.StringIO()
    call_command("import_edfi", write("a.xml", GOOD), first, stdout=io.StringIO())
    call_command("import_edfi", other, stdout=out)
    assert "Note: c.xml, line 3: person 1 keeps their e-mail address; the file says another." in out.getvalue()


def test_progress_is_drawn_on_a_terminal_only(write):
    path = write("a.xml", GOOD)
    terminal, pipe = Terminal(), io.StringIO()
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=terminal)
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=pipe)
    assert "100%" in terminal.getvalue()
    assert pipe.getvalue() == ""
