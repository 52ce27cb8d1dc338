"""manage.py import_edfi: its words and its progress bar."""

import io

import pytest
from django.core.management import call_command

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
    assert lines[5].split() == ["credentials", "1", "0", "0", "1"]
    assert lines[6] == "Refused: b.xml, line 6: credential C2 (TX) is held by nobody."


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
