import pytest

from cases import actions
from cases.models import Case, ProductArea
from tests.factories import CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(sign_in):
    """Someone who has opened the admin before, which is noted once."""
    client = sign_in(UserFactory(district=None, is_staff=True))
    client.get("/admin/")
    return client


def test_an_admin_edits_the_product_areas(admin):
    admin.post("/admin/cases/productarea/add/", {"name": "Buses", "order": 5, "is_active": "on"})
    assert ProductArea.objects.filter(name="Buses").exists()


def test_cases_and_their_timelines_are_read_only(admin, case_in, agent):
    case = case_in(Case.Status.ASSIGNED)
    actions.reply(case=case, by=agent, text="Words.")
    for model, pk in (("case", case.pk), ("timelineentry", case.timeline.get().pk)):
        assert admin.get(f"/admin/cases/{model}/").status_code == 200
        assert admin.get(f"/admin/cases/{model}/{pk}/change/").status_code == 200
        assert admin.post(f"/admin/cases/{model}/{pk}/change/", {"subject": "Changed"}).status_code == 403
        assert admin.get(f"/admin/cases/{model}/add/").status_code == 403
        assert admin.post(f"/admin/cases/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_admin_finds_cases_by_word_and_number(admin, contact):
    case = CaseFactory(contact=contact, subject="A zebra")
    CaseFactory(contact=contact, subject="Another")
    for words in ("zebras", case.number):
        page = admin.get(f"/admin/cases/case/?q={words}")
        assert [row.pk for row in page.context["cl"].queryset] == [case.pk]


def test_the_admins_lists_take_as_many_queries_for_thirty_rows_as_for_three(
    admin, contact, agent, django_assert_max_num_queries
):
    area = ProductAreaFactory()
    for _ in range(30):
        actions.take(case=CaseFactory(contact=contact, product_area=area), by=agent)
    for model in ("case", "timelineentry"):
        with django_assert_max_num_queries(9):
            admin.get(f"/admin/cases/{model}/")
