"""The queue, the history and its file: the same cost for many, and only what one may see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import ProductArea, Site, UpdateRequest, UpdateStep
from contacts.models import AuditEvent, Message
from tests.cases.updates.conftest import WHY
from tests.conftest import every_page
from tests.factories import DistrictFactory, SiteFactory, UpdateRequestFactory, UserFactory, VersionUpdateFactory

pytestmark = pytest.mark.django_db


def add_many(count, district):
    """So many open ones, each of a site and a district of its own, and as many that are over, of the one district."""
    now, sandbox = timezone.now(), Site.objects.filter(district=district, kind="sandbox").first()
    person = UserFactory(district=district)
    sandbox = sandbox or Site.objects.create(district=district, kind="sandbox")
    window = {"window_start": now + timedelta(days=9), "window_end": now + timedelta(days=10)}
    about = {"kind": "refresh", "site_kind": "sandbox", "reason": WHY, "acknowledgement": "x", **window}
    over = {"site": sandbox, "district": district, "requested_by": person, "status": "completed", **about}
    over |= {"scheduled_start": window["window_start"], "scheduled_end": window["window_end"]}
    ended = [UpdateRequest(**over, ended_at=now + timedelta(seconds=n)) for n in range(count)]
    UpdateRequest.objects.bulk_create(ended)
    UpdateStep.objects.bulk_create(
        UpdateStep(district=district, request=each, status="completed", by=person) for each in ended
    )
    others = DistrictFactory.create_batch(count)
    sites = Site.objects.bulk_create(Site(district=each, kind="sandbox") for each in others)
    people = {each.pk: UserFactory(district=each) for each in others}
    UpdateRequest.objects.bulk_create(
        UpdateRequest(site=each, district_id=each.district_id, requested_by=people[each.district_id], **about)
        for each in sites
    )


# Three of each are of the transaction and its scope, the rest of the reader and the page.
COSTS = [("/updates/", 8), ("/updates/history/", 8), ("/updates/calendar/", 9), ("/updates/?district={}", 13)]


@pytest.mark.parametrize("count", [10, 1_000])
def test_every_page_takes_as_many_queries_for_a_thousand_as_for_ten(
    count, agent, district, sign_in, django_assert_num_queries
):
    add_many(count, district)
    client = sign_in(agent)
    for path, queries in COSTS:
        with django_assert_num_queries(queries):
            assert client.get(path.format(district.pk)).status_code == 200


def test_the_queue_has_each_status_and_pages_by_key(agent, district, sign_in):
    add_many(30, district)
    VersionUpdateFactory(site__district=district, site__kind="staging", status="scheduled")
    client = sign_in(agent)
    pages = every_page(client, "/updates/")
    found = [update.pk for page in pages for update in page.context["page"].rows]
    waiting = UpdateRequest.objects.filter(status="requested").order_by("requested_at", "pk")
    assert found == list(waiting.values_list("pk", flat=True))
    assert [len(page.context["page"].rows) for page in pages] == [25, 5]
    assert [update.status for update in client.get("/updates/?status=scheduled").context["page"].rows] == ["scheduled"]
    assert client.get("/updates/?status=x").context["shown"] == "requested"


def test_the_history_is_filtered_and_kept_with_its_reasons(district, contact, sign_in):
    site = SiteFactory(district=district)
    for status in ("completed", "declined", "canceled"):
        UpdateRequestFactory(site=site, status=status)
    VersionUpdateFactory(site=site, status="completed")
    client = sign_in(contact)
    assert len(client.get("/updates/history/").context["page"].rows) == 4
    assert len(client.get("/updates/history/?kind=version").context["page"].rows) == 1
    assert len(client.get("/updates/history/?site=staging").context["page"].rows) == 0
    assert len(client.get("/updates/history/?site=x&kind=x").context["page"].rows) == 4


def test_the_file_has_the_history_of_ones_own_district_and_is_audited(district, contact, sign_in):
    update = UpdateRequestFactory(site__district=district, status="canceled", reason="=1+1", step="Not needed.")
    UpdateRequestFactory(status="canceled")
    response = sign_in(contact).get("/updates/history.csv")
    header, line = response.getvalue().decode().lstrip("\ufeff").splitlines()
    assert header.startswith("Request,District,Site,Kind,Version,Reason")
    assert line.startswith(f"{update.pk},{district},Sandbox,Refresh,,'=1+1,")
    assert line.endswith(
        f",Canceled,{update.ended_at.astimezone(contact.zone):%Y-%m-%d %H:%M},{update.requested_by},Not needed."
    )
    assert AuditEvent.objects.get(action="update.export").object_label == str(district)


def test_another_district_is_not_found_in_the_address(contact, sign_in):
    other = UpdateRequestFactory()
    client = sign_in(contact)
    for path in ("/updates/", "/updates/calendar/", "/updates/history/", "/updates/history.csv"):
        assert client.get(f"{path}?district={other.district_id}").status_code == 404


def test_the_eight_technical_topics_go_to_the_managed_services(queue, agent, technical_contact, sign_in):
    """Who is told of a new case is the team of its area."""
    topics = ProductArea.objects.filter(technical_only=True)
    assert [area.team for area in topics] == [queue] * 8
    said = {"kind": "question", "subject": "Firewall", "description": "Which ports?", "urgency": "normal"}
    said |= {"blocks_work": False, "has_workaround": False, "users_affected": 1, "schools_affected": 1}
    client = sign_in(technical_contact)
    client.post("/cases/new/", {**said, "product_area": topics.get(name="Firewall").pk})
    assert Message.objects.get().recipient == agent
