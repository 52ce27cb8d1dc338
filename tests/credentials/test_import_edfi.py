"""manage.py import_edfi: what it prints, and its progress bar."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contacts.models import User
from tests.credentials.interchanges import (
    COMPLETE,
    GOOD,
    assignment,
    credential,
    interchange,
    staff,
)

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(*files, **options):
    out = io.StringIO()
    call_command("import_edfi", *map(str, files), stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_command_prints_what_it_did(write):
    staff_file = write("b.xml", interchange("StaffAssociation", *COMPLETE, credential("C2")))
    lines = run(write("a.xml", GOOD), staff_file)
    assert [line.split() for line in lines[:5]] == [
        ["created", "updated", "unchanged", "refused"],
        ["districts", "1", "0", "0", "0"],
        ["schools", "1", "0", "0", "0"],
        ["staff", "1", "0", "0", "0"],
        ["credentials", "1", "0", "0", "1"],
    ]
    assert lines[5] == "Refused: b.xml, line 6: no staff member holds credential C2 (TX)."


def test_a_file_that_is_named_twice_is_read_once(write):
    path = write("a.xml", GOOD)
    lines = run(path, path)
    assert lines[1].split() == ["districts", "1", "0", "0", "0"]
    assert lines[3].split() == ["staff", "0", "0", "0", "0"]


def test_the_command_ends_with_what_to_do_next(write):
    people = [staff("1", email="a@bend.example"), staff("2", "Bo"), staff("3", "Cy"), assignment("9")]
    files = [write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *people))]
    lines = run(*files)
    assert lines[4].split() == ["assignments", "0", "0", "0", "1"]
    assert lines[-2:] == [
        "People without an e-mail address: 2. Add one under Contacts, People, or in the admin.",
        "People you can invite now: 1. Invite them under Contacts, People, or in the admin.",
    ]


@pytest.mark.parametrize("state", [{"invited_at": timezone.now()}, {"password": "chosen"}])
def test_people_who_were_invited_or_have_a_password_need_nothing_more(write, state):
    files = [write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *COMPLETE))]
    assert "invite" in run(*files)[-1]
    User.objects.update(**state)
    assert run(*files, district="900")[-1].split()[0] == "credentials"


def test_the_command_notes_an_address_that_was_not_taken(write):
    run(write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *COMPLETE)))
    other = write("c.xml", interchange("StaffAssociation", staff(email="other@bend.example"), assignment()))
    assert "Note: c.xml, line 3: staff member 1 keeps their e-mail address; the file has a different one." in run(
        other, district="900"
    )


def test_progress_is_drawn_on_a_terminal_only(write):
    path = write("a.xml", GOOD)
    terminal, pipe = Terminal(), io.StringIO()
    run(path, path, stderr=terminal)
    run(path, stderr=pipe)
    assert terminal.getvalue() == "\rReading " + "█" * 40 + " 100%\n"
    assert pipe.getvalue() == ""


def test_an_error_starts_a_new_line_after_the_progress_bar(write):
    terminal = Terminal()
    with pytest.raises(CommandError):
        run(write("a.xml", GOOD), write("b.xml", "just words"), stderr=terminal)
    assert terminal.getvalue().endswith("%\n")
