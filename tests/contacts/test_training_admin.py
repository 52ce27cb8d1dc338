"""The Django admin of training: an admin says what there is and for whom, and reads what was completed."""

import pytest
from django.db.models import ProtectedError
from django.urls import reverse

from contacts.models import TrainingCompletion, TrainingModule, TrainingResource
from tests.factories import TrainingCompletionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(sign_in):
    return sign_in(UserFactory(district=None, is_staff=True))


def address(model, page, *args):
    return reverse(f"admin:contacts_{model._meta.model_name}_{page}", args=args)


def module(**values):
    roles = {"needs-TOTAL_FORMS": 1, "needs-INITIAL_FORMS": 0, "needs-0-role": "building_coach"}
    return {"name": "Coaching", "order": 5, "is_current": "on", "needs-0-level": "expected", **roles, **values}


def test_an_admin_adds_a_module_for_a_role(admin_client):
    link = "https://training.example.org/coaching"
    admin_client.post(address(TrainingModule, "add"), module(link=link))
    added = TrainingModule.objects.get(name="Coaching")
    assert (added.link, added.level_for({"building_coach"})) == (link, "expected")
    assert "building coach (expected)" in admin_client.get(address(TrainingModule, "changelist")).text


@pytest.mark.parametrize("link", ["http://training.example.org/", "javascript:alert(1)", "ftp://training.example.org/"])
def test_a_link_leads_to_https_alone(admin_client, link):
    page = admin_client.post(address(TrainingModule, "add"), module(link=link))
    assert "begins with https://" in page.text
    page = admin_client.post(address(TrainingResource, "add"), {"name": "News", "link": link, "order": 1})
    assert "begins with https://" in page.text
    assert not TrainingModule.objects.filter(name="Coaching").exists()
    assert not TrainingResource.objects.exists()


def test_a_module_that_somebody_completed_is_retired_and_not_deleted(admin_client):
    completion = TrainingCompletionFactory()
    page = admin_client.post(address(TrainingModule, "delete", completion.module.pk), {"post": "yes"})
    assert page.status_code == 200
    with pytest.raises(ProtectedError):
        completion.module.delete()


def test_what_was_completed_is_only_read(admin_client):
    completion = TrainingCompletionFactory()
    assert str(completion.person) in admin_client.get(address(TrainingCompletion, "changelist")).text
    assert admin_client.get(address(TrainingCompletion, "change", completion.pk)).status_code == 200
    assert admin_client.get(address(TrainingCompletion, "add")).status_code == 403
    assert admin_client.post(address(TrainingCompletion, "change", completion.pk)).status_code == 403
    assert admin_client.post(address(TrainingCompletion, "delete", completion.pk), {"post": "yes"}).status_code == 403
