"""The list of flagged contacts, and the decision about each."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contacts.models import Role
from tests.contacts.test_activity import flagged_contact
from tests.factories import AgentFactory, DesignationFactory, UserFactory

pytestmark = pytest.mark.django_db
INACTIVE = reverse("contacts:inactive")


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


def test_an_administrator_sees_the_flagged_contacts_of_their_own_district(sign_in, administrator):
    own = flagged_contact(user__district=administrator.district)
    DesignationFactory(user__district=administrator.district)
    flagged_contact()
    assert sign_in(administrator).get(INACTIVE).context["page"].rows == [own]


def test_a_lead_sees_the_flagged_contacts_of_every_district(sign_in):
    flagged = {flagged_contact(), flagged_contact()}
    page = sign_in(AgentFactory(roles=[Role.SUPPORT_LEAD])).get(INACTIVE)
    assert set(page.context["page"].rows) == flagged


def test_an_empty_list_says_that_nothing_waits(sign_in, administrator):
    assert "Nobody is flagged" in sign_in(administrator).get(INACTIVE).content.decode()


def test_the_list_names_the_days_of_the_policy(sign_in, administrator, settings):
    settings.CONTACT_INACTIVE_AFTER = timedelta(days=90)
    page = sign_in(administrator).get(INACTIVE).content.decode()
    assert "acted for 90 days" in page
    assert "after 90 days" in page
    assert "180" not in page


@pytest.mark.parametrize("verb", ["keep", "deactivate"])
def test_a_decision_needs_a_reason(sign_in, administrator, verb):
    contact = flagged_contact(user__district=administrator.district)
    page = sign_in(administrator).post(reverse(f"contacts:{verb}", args=[contact.pk]), {"reason": ""})
    assert "reason" in page.context["form"].errors
    contact.refresh_from_db()
    assert contact.flagged_at
    assert not contact.ended_at


def test_a_contact_is_kept(sign_in, administrator):
    contact = flagged_contact(user__district=administrator.district)
    page = sign_in(administrator).post(
        reverse("contacts:keep", args=[contact.pk]), {"reason": "On leave."}, follow=True
    )
    assert f"{contact.user} stays a contact" in page.content.decode()
    contact.refresh_from_db()
    assert contact.flagged_at is None


def test_a_contact_is_deactivated(sign_in, administrator):
    contact = flagged_contact(user__district=administrator.district)
    sign_in(administrator).post(reverse("contacts:deactivate", args=[contact.pk]), {"reason": "Left."})
    contact.refresh_from_db()
    assert (contact.ended_by, contact.end_reason) == (administrator, "Left.")


def test_the_second_decision_gets_a_sentence_and_keeps_its_reason(sign_in, administrator):
    contact = flagged_contact(user__district=administrator.district)
    client, address = sign_in(administrator), reverse("contacts:keep", args=[contact.pk])
    client.post(address, {"reason": "On leave."})
    for name in ("keep", "deactivate"):
        refused = client.post(reverse(f"contacts:{name}", args=[contact.pk]), {"reason": "Moved to another district."})
        assert refused.status_code == 409
        assert "no longer flagged inactive" in refused.text
        assert "Moved to another district." in refused.text
    assert "nothing to decide" in client.get(address, follow=True).content.decode()


def test_the_list_takes_two_queries_however_long(sign_in, administrator, django_assert_num_queries):
    for _ in range(10):
        flagged_contact(user__district=administrator.district)
    client = sign_in(administrator)
    with django_assert_num_queries(2 + 7):
        client.get(INACTIVE)
