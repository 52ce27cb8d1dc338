"""manage.py import_edfi: its words and its progress bar."""

import io

import pytest
from django.core.management import call_command

from tests.credentials.interchanges import (
    GOOD,
    WHOLE,
    credential,
    interchange,
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


def test_progress_is_drawn_on_a_terminal_only(write):
    path = write("a.xml", GOOD)
    terminal, pipe = Terminal(), io.StringIO()
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=terminal)
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=pipe)
    assert "100%" in terminal.getvalue()
    assert pipe.getvalue() == ""
