import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from cases.models import Case, TimelineEntry
from contacts.models import Role
from tests.conftest import every_page
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fill(contact, count):
    """So many cases more, each with a reply."""
    area = ProductAreaFactory()
    made = Case.objects.bulk_create(
        Case(
            contact=contact,
            district=contact.district,
            product_area=area,
            kind="question",
            subject=f"Report {number}",
            description="A report.",
            due_on=date(2026, 3, 1 + number % 28) if number % 3 else None,
            priority=[*Case.Priority.values][number % 4],
        )
        for number in range(count)
    )
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            case=case, district=contact.district, action="replied", by=contact, text="A report.", status="new"
        )
        for case in made
    )


def subjects(page):
    return [case.subject for case in page.context["page"].rows]


@pytest.fixture
def ask(contact, sign_in):
    """The subjects that the contact's list shows for a query."""
    client = sign_in(contact)
    return lambda query="": subjects(client.get(f"/cases/{query}"))


def test_a_contact_sees_all_cases_of_the_district_and_no_others(contact, technical_contact, ask):
    CaseFactory(subject="Elsewhere")
    CaseFactory(contact=contact, subject="Mine", updated_at=START)
    CaseFactory(contact=technical_contact, subject="My colleague's", updated_at=START + timedelta(hours=1))
    assert ask() == ["My colleague's", "Mine"]


def test_support_sees_every_district_and_can_choose_one(contact, agent, sign_in):
    mine, elsewhere = CaseFactory(contact=contact, subject="Mine"), CaseFactory(subject="Elsewhere")
    client = sign_in(agent)
    page = client.get("/cases/")
    assert subjects(page) == ["Elsewhere", "Mine"]
    assert elsewhere.district.name in page.text
    assert subjects(client.get(f"/cases/?district={mine.district.name}")) == ["Mine"]


def test_support_types_a_district_or_enough_of_its_name(agent, sign_in):
    for name in ("Lakeside Schools", "Lakeside Schools West", "Hillside Schools"):
        CaseFactory(contact__district=DistrictFactory(name=name), subject=f"Of {name}")
    client = sign_in(agent)
    for words in ("hillside", "schools hill", "Hillside Schools"):
        assert subjects(client.get("/cases/", {"district": words})) == ["Of Hillside Schools"]
    assert subjects(client.get("/cases/", {"district": "lakeside"})) == [
        "Of Lakeside Schools West",
        "Of Lakeside Schools",
    ]
    assert subjects(client.get("/cases/", {"district": "lakeside schools"})) == ["Of Lakeside Schools"]


def test_a_name_of_no_district_or_of_too_many_is_refused_in_words(agent, sign_in):
    DistrictFactory.create_batch(51)
    client = sign_in(agent)
    for words, sentence in [
        ("nowhere", "No district has this in its name."),
        (DistrictFactory().name[0], "Too many districts have this in their name. Type more of it."),
    ]:
        page = client.get("/cases/", {"district": words})
        assert page.context["form"].errors == {"district": [sentence]}
        assert sentence in page.text
        assert "<title>Error: Cases" in page.text
        assert not page.context["page"].rows


def test_a_district_that_is_called_exactly_so_is_found_among_many_with_longer_names(agent, sign_in):
    CaseFactory(contact__district=DistrictFactory(name="Lakeside"), subject="Of Lakeside")
    for number in range(51):
        DistrictFactory(name=f"Lakeside {number}")
    assert subjects(sign_in(agent).get("/cases/", {"district": "lakeside"})) == ["Of Lakeside"]


def test_the_list_is_narrowed_to_an_age(contact, sign_in):
    now = timezone.now()
    for hours in (1, 25, 24 * 8, 24 * 31):
        CaseFactory(contact=contact, subject=f"{hours} hours", created_at=now - timedelta(hours=hours))
    client = sign_in(contact)
    for age, hours in [("today", 1), ("week", 25), ("month", 24 * 8), ("older", 24 * 31)]:
        page = client.get("/cases/", {"age": age})
        assert subjects(page) == [f"{hours} hours"]
    assert [label for label, _ in page.context["chips"]] == ["Age: 30 days and more"]


def test_what_is_due_today_will_be_overdue_at_midnight_and_is_not_yet(contact, agent, sign_in):
    midnight = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))
    now, today = timezone.now(), timezone.localdate()

    def owed(subject, due, **fields):
        clock = {"answer_since": now - timedelta(days=9), "answer_soon_at": due, "answer_due_at": due} if due else {}
        CaseFactory(contact=contact, subject=subject, status="assigned", assignee=agent, **clock, **fields)

    owed("Answer today", midnight - timedelta(microseconds=1))
    owed("Answer tomorrow", midnight)
    owed("Answer missed", now - timedelta(hours=1))
    owed("Due today", None, due_on=today)
    owed("Due tomorrow", None, due_on=today + timedelta(days=1))
    owed("Passed, and an answer today", midnight - timedelta(microseconds=1), due_on=today - timedelta(days=1))
    owed("Nothing due", None)
    asked = {"status": "pending_input", "assignee": agent}
    CaseFactory(contact=contact, subject="The district's turn", due_on=today, **asked)
    assert set(subjects(sign_in(agent).get("/cases/?status=today"))) == {"Answer today", "Due today"}
    assert len(subjects(sign_in(contact).get("/cases/?status=today"))) == 8  # no filter of a district


def test_a_search_that_is_too_long_says_so_and_is_not_cut(contact, sign_in):
    CaseFactory(contact=contact)
    page = sign_in(contact).get("/cases/", {"q": "x" * 201})
    assert "Use at most 200 characters. You typed 201." in page.text
    assert "x" * 201 in page.text
    assert "<title>Error: Cases" in page.text
    assert " maxlength=" not in page.text
    assert not page.context["page"].rows


def test_a_contact_cannot_choose_a_district(contact, ask):
    elsewhere = CaseFactory(subject="Elsewhere")
    CaseFactory(contact=contact, subject="Mine")
    assert ask(f"?district={elsewhere.district_id}") == ["Mine"]


@pytest.mark.parametrize("role", [Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR])
def test_the_list_is_for_contacts_and_support(role, district, sign_in):
    assert sign_in(UserFactory(district=district, roles=[role])).get("/cases/").status_code == 403


def test_the_filters_combine_and_stay_in_the_address(contact, agent, sign_in, ask):
    area = ProductAreaFactory(name="Attendance of all")
    CaseFactory(contact=contact, subject="New question", product_area=area)
    CaseFactory(contact=contact, subject="New issue", kind=Case.Kind.ISSUE, steps_to_replicate="Press it.")
    CaseFactory(contact=contact, subject="Waiting", status=Case.Status.PENDING_INPUT, assignee=agent, product_area=area)
    CaseFactory(contact=contact, subject="Done", status=Case.Status.CLOSED, closed_at=START, product_area=area)
    assert ask("?status=pending_input") == ["Waiting"]
    assert ask("?status=open") == ["Waiting", "New issue", "New question"]
    assert ask("?kind=issue") == ["New issue"]
    assert ask(f"?area={area.pk}&status=open&kind=question") == ["Waiting", "New question"]
    page = sign_in(contact).get("/cases/?status=pending_input&q=report")
    assert '<option value="pending_input" selected' in page.text
    assert 'value="report"' in page.text


def test_the_home_pages_lists_have_an_address(contact, agent, exception_case, sign_in, ask):
    CaseFactory(contact=contact, subject="Waiting", status=Case.Status.PENDING_VERIFICATION, assignee=agent)
    CaseFactory(contact=contact, subject="New")
    assert ask("?status=waiting") == ["Waiting"]
    assert ask("?status=exception") == [exception_case.subject]
    client = sign_in(agent)
    assert subjects(client.get("/cases/?assignee=nobody")) == ["New"]
    assert subjects(client.get("/cases/?assignee=me&status=open")) == ["Waiting", exception_case.subject]


def test_a_contact_cannot_filter_by_agent(contact, ask):
    CaseFactory(contact=contact, subject="Mine")
    assert ask("?assignee=me") == ["Mine"]


@pytest.mark.parametrize("query", ["?status=nonsense", "?area=999999", "?cursor=nonsense"])
def test_an_address_that_cannot_be_read_does_no_harm(query, contact, ask):
    CaseFactory(contact=contact, subject="Mine")
    assert ask(query) == ["Mine"]


@pytest.mark.parametrize("query", ["?q=%22", "?q=the"])
def test_a_strange_address_is_answered(query, contact, sign_in):
    assert sign_in(contact).get(f"/cases/{query}").status_code == 200


def test_words_are_found_in_subject_description_and_steps(contact, ask):
    CaseFactory(contact=contact, subject="Report cards print twice")
    CaseFactory(contact=contact, subject="Second", description="The printers of Hillside hum.")
    CaseFactory(
        contact=contact,
        subject="Third",
        description="Quiet.",
        kind=Case.Kind.ISSUE,
        steps_to_replicate="Press printing.",
    )
    assert ask("?q=printing&status=new") == ["Third", "Report cards print twice"]
    assert ask("?q=hillside") == ["Second"]
    assert ask(f"?q={quote('hillside -printer')}") == []
    assert ask(f"?q={quote(chr(34) + 'report cards' + chr(34))}") == ["Report cards print twice"]


def test_the_last_word_may_be_the_beginning_of_one(contact, ask):
    CaseFactory(contact=contact, subject="Schedules of Hillside")
    CaseFactory(contact=contact, subject="Attendance of Hillside")
    assert ask("?q=sched") == ["Schedules of Hillside"]
    assert ask("?q=ATTEN") == ["Attendance of Hillside"]
    assert ask("?q=hillside+atten+") == ["Attendance of Hillside"]
    assert ask("?q=sched+hillside") == []  # only the last word is still being written
    assert len(ask("?q=hillside+-sched")) == 2  # what is excluded is a whole word


STRANGE = ["'", '"sched', "sched & | ! ( ) <-> :*", "sched:*", "a:b' \\", "-sched", "sched 😀", "sched" * 40,
           "sched " * 33, "the", "or", "the sched", "żółw", "x" * 61, "กำล", "~d1", "%", "()"]  # fmt: skip


@pytest.mark.parametrize("words", STRANGE, ids=range(len(STRANGE)))
def test_no_words_break_the_search_or_lead_out_of_the_district(words, contact):
    CaseFactory(subject="Schedules elsewhere")
    mine = CaseFactory(contact=contact, subject="Schedules")
    assert set(Case.objects.matching(words, district_id=contact.district_id)) <= {mine}
    assert len(Case.objects.matching(words)) in (0, 2)


def test_a_nul_is_no_search(contact, sign_in):
    assert sign_in(contact).get("/cases/?q=sched%00").status_code == 400


def test_a_bare_number_finds_the_case(contact, ask):
    case = CaseFactory(contact=contact, subject="Mine")
    CaseFactory(contact=contact, subject="Another")
    assert ask(f"?q={case.number}") == ["Mine"]


def test_no_search_reaches_another_district(contact, ask):
    elsewhere = CaseFactory(subject="Zebra of another district")
    for words in ["zebra", str(elsewhere.number), f"~d{elsewhere.district_id}", "zebra or the"]:
        assert ask(f"?q={quote(words)}") == []


def test_the_districts_own_lexeme_alone_keeps_a_search_within_it():
    case = CaseFactory(subject="Zebra of a district")
    CaseFactory(subject="Zebra of another district")
    assert list(Case.objects.matching("zebra", district_id=case.district_id)) == [case]


def test_support_finds_words_in_every_district(agent, sign_in):
    CaseFactory(subject="Zebra of a district")
    CaseFactory(subject="Zebra of another district")
    assert len(subjects(sign_in(agent).get("/cases/?q=zebras"))) == 2


def test_pages_follow_each_other_by_key_in_both_directions(contact, sign_in):
    area = ProductAreaFactory()
    same_moment = START + timedelta(days=400)
    for n in range(70):
        at = same_moment if 20 < n < 50 else START + timedelta(days=n * 10)
        CaseFactory(contact=contact, subject=f"Case of {n}", product_area=area, updated_at=at)
    client = sign_in(contact)
    down = every_page(client, "/cases/", kind="question")
    assert [len(subjects(page)) for page in down] == [25, 25, 20]
    assert [subject for page in down for subject in subjects(page)] == [case.subject for case in Case.objects.all()]
    assert f"?kind=question&amp;cursor={down[0].context['page'].next}" in down[0].text
    back = client.get("/cases/", {"kind": "question", "cursor": down[2].context["page"].previous})
    assert subjects(back) == subjects(down[1])
    back = client.get("/cases/", {"kind": "question", "cursor": back.context["page"].previous})
    assert subjects(back) == subjects(down[0])
    assert not back.context["page"].previous


def test_few_cases_need_no_pages(contact, sign_in):
    CaseFactory(contact=contact)
    page = sign_in(contact).get("/cases/")
    assert page.context["page"].previous == page.context["page"].next == ""


@pytest.mark.parametrize(("who", "expected"), [("contact", 4), ("agent", 5)])
def test_the_list_takes_as_many_queries_for_a_thousand_cases_as_for_ten(
    who, expected, contact, agent, sign_in, django_assert_num_queries
):
    """Beside session, scope, savepoint (twice), person and designations: unread messages, product areas, the counts of
    all tabs and the rows; for Support the teams."""
    client = sign_in({"contact": contact, "agent": agent}[who])
    fill(contact, 10)
    for more in (0, 990):
        fill(contact, more)
        for query in ("", "?view=us", "?sort=agent", "?sort=due&status=open"):
            with django_assert_num_queries(6 + expected):
                client.get(f"/cases/{query}")


@pytest.mark.parametrize(("who", "expected"), [("contact", 9), ("agent", 11)])
def test_a_search_takes_as_many_queries_for_a_thousand_cases_as_for_ten(
    who, expected, contact, agent, sign_in, django_assert_num_queries
):
    """Beside those of the list: people, what is found by texts, by replies and (Support) by notes, and two of the
    marked words."""
    client = sign_in({"contact": contact, "agent": agent}[who])
    fill(contact, 10)
    for more in (0, 990):
        fill(contact, more)
        with django_assert_num_queries(6 + expected):
            client.get("/cases/?q=report&kind=question&status=open")


def test_both_sides_read_who_has_each_case(contact, agent, sign_in):
    CaseFactory(contact=contact, subject="Taken", status=Case.Status.ASSIGNED, assignee=agent)
    CaseFactory(contact=contact, subject="Not taken")
    other = AgentFactory(first_name="Dana", last_name="Ortiz")
    CaseFactory(contact=contact, subject="Another's", status=Case.Status.ASSIGNED, assignee=other)
    page = sign_in(agent).get("/cases/").text
    assert "<td>Me</td>" in page
    assert "<td>Dana Ortiz</td>" in page
    assert "<td>Dana Ortiz</td>" in sign_in(contact).get("/cases/").text


def test_a_row_says_kind_and_area_on_hover_and_names_the_contact_or_the_district(
    contact, agent, exception_case, sign_in
):
    CaseFactory(contact=contact, product_area=ProductAreaFactory(name="Buses"), subject="Late")
    page = sign_in(contact).get("/cases/").text
    assert 'title="Late · Question · Buses"' in page
    assert f"<td>{contact.display_name}</td>" in page
    assert "No contact yet" in page
    assert f"<td>{contact.district}</td>" in sign_in(agent).get("/cases/").text


def test_high_and_critical_look_different(contact, sign_in):
    CaseFactory(contact=contact, priority=Case.Priority.HIGH)
    CaseFactory(contact=contact, priority=Case.Priority.CRITICAL)
    page = sign_in(contact).get("/cases/").text
    assert re.search(r'<span class="chip tone-waiting">.*?High</span>', page, re.DOTALL)
    assert re.search(r'<span class="chip tone-bad">.*?Critical</span>', page, re.DOTALL)


def test_an_empty_list_says_what_to_do(contact, agent, sign_in):
    assert "submit a case" in sign_in(contact).get("/cases/").text
    page = sign_in(contact).get("/cases/?q=nothing").text
    assert "Try fewer filters or other words" in page
    assert "The search looks at case numbers, subjects, descriptions" in page
    assert "Cases appear here when a district submits them" in sign_in(agent).get("/cases/").text


def test_the_list_is_narrowed_to_a_priority(contact, sign_in):
    CaseFactory(contact=contact, subject="Urgent", priority=Case.Priority.CRITICAL)
    CaseFactory(contact=contact, subject="Ordinary", urgency=Case.Urgency.CRITICAL)
    assert subjects(sign_in(contact).get("/cases/?priority=critical")) == ["Urgent"]


def test_the_priority_stands_out_only_where_it_matters(contact, sign_in):
    CaseFactory(contact=contact, priority=Case.Priority.LOW)
    client = sign_in(contact)
    assert "<td>Low</td>" in client.get("/cases/").text
    CaseFactory(contact=contact, priority=Case.Priority.CRITICAL)
    assert "Critical</span>" in client.get("/cases/").text


def test_an_agents_home_page_says_whose_a_case_is_and_which_is_critical(contact, agent, sign_in):
    case = CaseFactory(contact=contact, priority=Case.Priority.CRITICAL)
    assert f"Critical · {case} · {case.district}" in sign_in(agent).get("/").text


@pytest.mark.parametrize("words", ["case {n}", "Case #{n}", "#{n}", "{n}", " case  {n} "])
def test_a_case_is_found_by_its_number_as_people_write_it(words, contact, sign_in):
    case = CaseFactory(contact=contact, subject="Wanted")
    CaseFactory(contact=contact, subject="Other")
    assert subjects(sign_in(contact).get("/cases/", {"q": words.format(n=case.number)})) == ["Wanted"]


def test_cases_are_found_by_their_contact_and_caller(contact, agent, district, sign_in):
    maria = UserFactory(
        district=district, roles=[Role.TECHNICAL_CONTACT], first_name="Maria", last_name="Lopez", email="ml@example.org"
    )
    CaseFactory(contact=maria, subject="Hers")
    CaseFactory(contact=contact, subject="Another's")
    CaseFactory(contact__last_name="Lopez", subject="Of another district")
    called = {"is_exception": True, "caller_name": "Quentin Vale", "caller_reach": "555-0100", "emergency": "Fire."}
    CaseFactory(contact=None, district=district, subject="Called in", **called)
    client = sign_in(contact)
    for words, found in [
        ("maria lopez", ["Hers"]),
        ("LOPEZ", ["Hers"]),
        ("ml@example.org", ["Hers"]),
        ("quentin", ["Called in"]),
    ]:
        assert subjects(client.get("/cases/", {"q": words})) == found, words
    assert subjects(sign_in(agent).get("/cases/", {"q": "lopez"})) == ["Of another district", "Hers"]


@pytest.mark.parametrize("who", ["contact", "agent"])
def test_a_page_of_25_cases_weighs_less_than_36_kilobytes(who, contact, agent, sign_in):
    area = ProductAreaFactory()
    for _ in range(25):
        CaseFactory(contact=contact, product_area=area, priority="high", subject="Period attendance is missing again")
    page = sign_in({"contact": contact, "agent": agent}[who]).get("/cases/")
    assert len(subjects(page)) == 25
    assert len(page.content) < 36 * 1024
