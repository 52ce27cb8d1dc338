"""Two who press at once: each says what they mean to, or is told why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, Notice, NoticeDismissal, NoticeReport, NoticeUpdate
from contacts import ActionRefused
from contacts.models import AuditEvent, Role
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CaseFactory, MaintenanceFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def update(notice, agent, text):
    return lambda: actions.update_notice(notice, by=agent, text=text, expected_end=None, newest=notice.number)


def test_of_two_agents_who_write_the_next_update_one_sees_the_text_of_the_other():
    agents = AgentFactory.create_batch(2)
    for _ in range(10):
        notice = NoticeFactory(everyone=True)
        texts = ["We found the cause.", "We look for it."]
        outcomes = at_once(*[update(notice, *each) for each in zip(agents, texts, strict=True)])
        (refused,) = [each for each in outcomes if isinstance(each, ActionRefused)]
        (won,) = [text for text, each in zip(texts, outcomes, strict=True) if each is not refused]
        assert [each.text for each in refused.news] == [won]
        assert list(notice.updates.values_list("number", "text")) == [(1, ""), (2, won)]


def test_an_agent_who_presses_twice_at_once_says_it_once():
    agent = AgentFactory()
    for _ in range(5):
        notice = NoticeFactory(everyone=True)
        assert not [each for each in at_once(*[update(notice, agent, "News.")] * 3) if isinstance(each, Exception)]
        assert notice.updates.count() == 2


def test_a_form_sent_twice_at_once_posts_once():
    agent, now = AgentFactory(), timezone.now()
    said = {"title": "Slow", "instructions": "", "everyone": True, "districts": [], "product_areas": []}
    said |= {"site_kinds": [], "starts_at": now, "expected_end": None, "is_public": False}
    key = "a8098c1a-f86e-11da-bd1a-00112444be1e"
    made = at_once(*[lambda: actions.post_notice(kind="incident", by=agent, idempotency_key=key, **said)] * 3)
    assert {*made} == {Notice.objects.get()}


def test_two_contacts_of_a_district_who_press_at_once_add_it_once():
    first = UserFactory(roles=[Role.SUPPORT_CONTACT])
    second = UserFactory(roles=[Role.TECHNICAL_CONTACT], district=first.district)
    for _ in range(10):
        notice = NoticeFactory(everyone=True)
        outcomes = at_once(
            lambda notice=notice: actions.report_affected(notice, by=first, users_affected=3),
            lambda notice=notice: actions.report_affected(notice, by=second, users_affected=4),
        )
        assert len([each for each in outcomes if isinstance(each, ActionRefused)]) == 1
        assert notice.reports.count() == 1


def test_a_district_is_added_before_the_notice_closes_or_not_at_all():
    """Who was added gets the news that it is over."""
    agent = AgentFactory()
    for _ in range(10):
        contact, notice = UserFactory(roles=[Role.SUPPORT_CONTACT]), NoticeFactory(is_public=True)
        at_once(
            lambda notice=notice, contact=contact: actions.report_affected(notice, by=contact, users_affected=3),
            lambda notice=notice: actions.resolve_notice(notice, by=agent, text="Over."),
        )
        assert contact.messages.count() == NoticeReport.objects.filter(notice=notice).count()


def test_two_sweeps_at_once_announce_and_remind_once():
    contact, now = UserFactory(roles=[Role.SUPPORT_CONTACT]), timezone.now()
    MaintenanceFactory.create_batch(3, everyone=True, announced_at=None)
    soon, days_ago = now + timedelta(hours=9), now - timedelta(days=9)
    MaintenanceFactory.create_batch(2, everyone=True, starts_at=soon, announced_at=days_ago)
    assert sum(at_once(*[actions.announce_notices] * 3)) == 5
    assert contact.messages.count() == 5
    assert AuditEvent.objects.filter(action__in=["notice.announce", "notice.remind"]).count() == 5


def test_two_who_tie_a_case_to_two_notices_at_once_tie_it_to_one():
    agents, case = AgentFactory.create_batch(2), CaseFactory()
    for _ in range(5):
        notices = NoticeFactory.create_batch(2)
        verbs = [
            lambda agent=agent, notice=notice: actions.tie_cases(notice, [case], by=agent)
            for agent, notice in zip(agents, notices, strict=True)
        ]
        assert len([each for each in at_once(*verbs) if isinstance(each, ActionRefused)]) == 1
        actions.untie_case(case, by=agents[0])


def test_a_banner_dismissed_in_two_windows_at_once_is_dismissed():
    person, notice = UserFactory(), NoticeFactory(everyone=True)
    dismiss = [lambda: actions.dismiss_notice(notice, by=person, newest=1)] * 3
    assert not [each for each in at_once(*dismiss) if isinstance(each, Exception)]
    assert NoticeDismissal.objects.get().number == 1


def test_a_notice_that_someone_holds_is_said_to_be_changing():
    notice, agent = NoticeFactory(everyone=True), AgentFactory()
    with locked(Notice, notice), pytest.raises(ActionRefused, match="changing this right now"):
        update(notice, agent, "News.")()
    assert NoticeUpdate.objects.count() == 1


def test_why_a_case_is_not_untied_is_said(sign_in):
    notice, case, agent = NoticeFactory(everyone=True), CaseFactory(), AgentFactory()
    actions.tie_cases(notice, [case], by=agent)
    with locked(Case, case):
        page = sign_in(agent).post(reverse("notices:untie", args=[case.number]))
    assert page.status_code == 409
    assert "changing this right now" in page.content.decode()
    assert notice.ties.exists()
