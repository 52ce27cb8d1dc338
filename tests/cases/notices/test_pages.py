"""The pages of the notices: who sees which, what Support does there, and what comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Notice
from tests.conftest import every_page
from tests.factories import AgentFactory, DistrictFactory, MaintenanceFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


def form_of(notice=None, **typed):
    """What the form of a new notice, or of a change, sends."""
    said = {"title": "Grades are slow", "instructions": "Wait.", "everyone": "on", "districts": ""}
    said |= {"starts_at": "2026-12-01T08:00", "expected_end": "2026-12-01T09:00"}
    said |= {"newest": notice.number, "text": "More of it."} if notice else {"kind": "incident"}
    return said | typed


def test_a_person_sees_what_affects_their_district_and_support_everything(sign_in, teacher, agent, district):
    own, for_all = NoticeFactory(districts=[district]), NoticeFactory(everyone=True)
    public, theirs = NoticeFactory(is_public=True), NoticeFactory(districts=[DistrictFactory()])
    planned = MaintenanceFactory(everyone=True, announced_at=None)
    assert {*Notice.objects.visible_to(teacher)} == {own, for_all, public}
    assert {*Notice.objects.visible_to(agent)} == {own, for_all, public, theirs, planned}
    assert not Notice.objects.visible_to(UserFactory(district=None)).exists()
    page = sign_in(teacher).get(reverse("notices:open"))
    assert {*page.context["page"].rows} == {own, for_all, public}
    for hidden in (theirs, planned):
        assert sign_in(teacher).get(hidden.get_absolute_url()).status_code == 404
        assert sign_in(agent).get(hidden.get_absolute_url()).status_code == 200


def test_open_ones_show_incidents_before_maintenance_with_their_updates_in_order(sign_in, teacher, district, agent):
    maintenance, incident = MaintenanceFactory(everyone=True), NoticeFactory(everyone=True)
    actions.update_notice(incident, by=agent, text="First words.", expected_end=None)
    actions.update_notice(incident, by=agent, text="Second words.", expected_end=None)
    page = sign_in(teacher).get(reverse("notices:open"))
    assert page.context["page"].rows == [incident, maintenance]
    text = page.content.decode()
    assert text.index("First words.") < text.index("Second words.") < text.index(maintenance.title)


def test_a_closed_one_moves_to_its_tab_the_latest_first(sign_in, teacher, agent):
    notices = NoticeFactory.create_batch(3, everyone=True)
    for notice in notices:
        actions.resolve_notice(notice, by=agent, text="Over.")
    client = sign_in(teacher)
    assert client.get(reverse("notices:open")).context["page"].rows == []
    assert client.get(reverse("notices:closed")).context["page"].rows == notices[::-1]


def test_the_district_reads_neither_who_of_support_wrote_nor_which_other_districts(sign_in, teacher, agent, post):
    agent.last_name = "Okonkwo"
    agent.save()
    other = DistrictFactory(name="Faraway Unified")
    notice = post(districts=[teacher.district, other])
    for address in (reverse("notices:open"), notice.get_absolute_url()):
        text = sign_in(teacher).get(address).content.decode()
        assert "Faraway" not in text
        assert "Okonkwo" not in text
        assert "Faraway" in sign_in(agent).get(address).content.decode()


@pytest.mark.parametrize("name", ["open", "closed"])
@pytest.mark.parametrize("who", ["teacher", "agent"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    name, who, request, sign_in, django_assert_max_num_queries
):
    over = {"resolved_at": timezone.now()} if name == "closed" else {}
    NoticeFactory.create_batch(30, everyone=True, **over)
    client = sign_in(request.getfixturevalue(who))
    client.get(reverse(f"notices:{name}"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse(f"notices:{name}"))
    assert len(page.context["page"].rows) == 25
    assert sum(len(each.context["page"].rows) for each in every_page(client, reverse(f"notices:{name}"))) == 30


def test_support_posts_a_notice_in_their_own_time_zone(sign_in, agent, district, area):
    agent.time_zone = "America/Denver"
    agent.save()
    typed = form_of(everyone="", districts=f"\n{district.name}\n", product_areas=[area.pk], site_kinds=["sandbox"])
    response = sign_in(agent).post(reverse("notices:post"), typed)
    notice = Notice.objects.get()
    assert response.url == notice.get_absolute_url()
    assert notice.starts_at.isoformat() == "2026-12-01T15:00:00+00:00"
    assert (list(notice.districts.all()), list(notice.product_areas.all())) == ([district], [area])
    assert (notice.sites, notice.posted_by, notice.everyone) == (["Sandbox"], agent, False)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose whether it is an incident or maintenance."),
        ({"title": ""}, "Enter a title."),
        ({"everyone": ""}, "Type at least one district, or tick “It affects all districts”."),
        ({"everyone": "", "districts": "Nowhere"}, "“Nowhere”: There is no match for this name."),
        ({"expected_end": "2026-12-01T08:00"}, "The expected end is after the start."),
        ({"kind": "maintenance", "expected_end": ""}, "Enter when the maintenance is expected to end."),
        ({"starts_at": ""}, "Enter when it starts or started."),
        ({"expected_end": "9999-12-31T23:59"}, "Enter a day within five years of today."),
        ({"kind": "maintenance", "starts_at": "0001-01-01T00:00"}, "Enter a day within five years of today."),
        ({"site_kinds": ["attic"]}, "attic is not one of the available choices."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(sign_in, agent, typed, sentence):
    page = sign_in(agent).post(reverse("notices:post"), form_of(**typed))
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert "Wait.</textarea>" in page.content.decode()
    assert not Notice.objects.exists()


def test_a_public_notice_that_names_a_district_comes_back(sign_in, agent, district):
    typed = form_of(is_public="on", title=f"{district} is slow")
    page = sign_in(agent).post(reverse("notices:post"), typed)
    assert page.status_code == 409
    assert f"this one names {district}" in page.content.decode()


def test_support_updates_and_closes_a_notice_on_its_page(sign_in, agent, post):
    notice, client = post(), sign_in(agent)
    said = {"newest": 1, "text": "We found the cause.", "expected_end": ""}
    assert client.post(reverse("notices:update", args=[notice.pk]), said).url == notice.get_absolute_url()
    assert client.post(reverse("notices:resolve", args=[notice.pk]), {"newest": 2, "text": "Over."}).status_code == 302
    text = client.get(notice.get_absolute_url()).content.decode()
    assert text.index("We found the cause.") < text.index("Over.")
    assert "Post an update" not in text
    page = client.post(reverse("notices:update", args=[notice.pk]), {"newest": 3, "text": "More."})
    assert page.status_code == 409
    assert "is closed. Post a new notice if it goes on." in page.content.decode()
    assert "More.</textarea>" in page.content.decode()


@pytest.mark.parametrize("verb", ["update", "resolve", "change"])
def test_the_second_of_two_agents_sees_both_texts(sign_in, agent, post, verb):
    notice = post()
    actions.update_notice(notice, by=AgentFactory(), text="We found the cause.", expected_end=None)
    address = reverse(f"notices:{verb}", args=[notice.pk])
    typed = form_of(notice, text="We still look for it.", instructions="Wait till noon.")
    page = sign_in(agent).post(address, typed)
    assert page.status_code == 409
    text = page.content.decode()
    assert "has changed since you opened this page" in text
    assert text.index("New since you opened this page") < text.rindex("We found the cause.")
    assert "We still look for it." in text
    if verb == "change":
        assert "Take attendance on paper." in text
        assert "Wait till noon." in text
    assert client_sends_again(page, sign_in(agent), address, typed).status_code == 302


def client_sends_again(page, client, address, typed):
    return client.post(address, typed | {"newest": page.context["form"]["newest"].value()})


def test_the_form_of_a_change_begins_with_what_stands(sign_in, agent, post, area, district):
    area.is_active = False
    area.save()
    notice = post(product_areas=[area], is_public=True)
    form = sign_in(agent).get(reverse("notices:change", args=[notice.pk])).context["form"]
    assert form["districts"].value() == district.name
    assert form["title"].value() == notice.title
    assert area in form.fields["product_areas"].queryset
    typed = form_of(notice, everyone="", districts=district.name, product_areas=[area.pk], is_public="")
    sign_in(agent).post(reverse("notices:change", args=[notice.pk]), typed)
    notice.refresh_from_db()
    assert (notice.title, notice.is_public, list(notice.product_areas.all())) == ("Grades are slow", False, [area])


def test_an_update_keeps_its_expected_end_after_the_start(sign_in, agent, post):
    notice = post()
    before = (notice.starts_at - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    said = {"newest": 1, "text": "Soon.", "expected_end": before}
    page = sign_in(agent).post(reverse("notices:update", args=[notice.pk]), said)
    assert "The expected end is after the start." in page.content.decode()


def test_who_has_read_the_page_need_not_open_its_messages(sign_in, contact, post):
    notice = post()
    sign_in(contact).get(notice.get_absolute_url())
    assert not contact.messages.unread().exists()
