"""A word that never breaks widens no page, on the smallest phone or a wide screen."""

from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import Case
from contacts.models import District, Message, School, User
from credentials.models import CredentialRequest

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1280, 1440)
LONG = "W" * 100
PAGES = {
    "support@demo.example": ["/", "/cases/", "{case}", "/contacts/", "/messages/", "/credentials/", "/profile/"],
    "administrator@demo.example": [
        "/contacts/",
        "/contacts/people/",
        "/contacts/people/{person}/",
        "/contacts/designate/",
        "/contacts/inactive/",
        "/contacts/settings/",
    ],
    "approver@demo.example": ["/", "/credentials/approvals/", "/credentials/approvals/{request}/"],
    "agent@support.example": ["/", "/cases/", "{case}", "/cases/exception/"],
    "lead@support.example": ["/", "/cases/?status=overdue", "/reports/?days=365"],
    "teacher@demo.example": ["/cases/new/", "/help/", "/help/demo/", "/credentials/requests/"],
}
ADMIN_LISTS = [
    "/admin/contacts/auditevent/",
    "/admin/contacts/designation/",
    "/admin/contacts/message/",
    "/admin/contacts/user/",
    "/admin/cases/case/",
    "/admin/cases/timelineentry/",
    "/admin/credentials/credentialrecord/",
    "/admin/credentials/credentialrequest/",
]


@pytest.fixture
def long_words(portal):
    """The pages' addresses by what they are about, after everything was given a name of one long word."""
    District.objects.update(name=LONG, help_text=LONG)
    School.objects.update(name=LONG)
    User.objects.filter(district__isnull=False).update(last_name=LONG, title=LONG)
    Case.objects.update(subject=LONG * 2, description=LONG)
    Message.objects.update(title=LONG * 2, body=LONG, subject=LONG)
    request_again(brief_description=LONG * 3)
    case = Case.objects.filter(district__slug="demo", status="assigned", contact__isnull=False).latest("pk")
    request = CredentialRequest.objects.filter(district__slug="demo", status="pending")[0]
    return {
        "case": case.get_absolute_url(),
        "person": User.objects.get(email="teacher@demo.example").pk,
        "request": request.pk,
    }


def request_again(**words):
    """What was requested never changes, so the same people request the same in other words."""
    requests = list(CredentialRequest.objects.all())
    CredentialRequest.objects.pending().update(status="withdrawn", withdrawn_at=timezone.now())
    for request in requests:
        request.pk, request.idempotency_key = None, uuid4()
        for name, value in words.items():
            setattr(request, name, value)
        request.save()


def too_wide(page, addresses, widths):
    """(address, width, by how many pixels) of each page that scrolls sideways."""
    found = []
    for address in addresses:
        page.goto(address)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                found.append((address, width, over))
    return found


def test_no_page_is_widened_by_a_word_that_never_breaks(long_words, person):
    found = {
        email: too_wide(person(email).page, [address.format(**long_words) for address in addresses], WIDTHS)
        for email, addresses in PAGES.items()
    }
    assert not any(found.values()), found


def test_no_list_of_the_admin_is_wider_than_1280_pixels(long_words, person):
    page = person("admin@support.example").page
    assert not too_wide(page, ADMIN_LISTS, [1280])
