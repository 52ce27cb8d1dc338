"""The caller at the desk: Support sees who may speak for a district, and checks that a caller is who they say."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import ActionRefused, actions, scope
from contacts.models import AuditEvent, CallerCode, Message, Role, User
from tests.factories import (
    AgentFactory,
    CallerCodeFactory,
    DesignationFactory,
    DistrictFactory,
    SchoolFactory,
    ThirdPartyFactory,
    UserFactory,
)

# Where the agent of the tests is; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.django_db
CALLERS, CODE = reverse("contacts:callers"), reverse("contacts:code")


@pytest.fixture
def agent():
    return AgentFactory(first_name="Alex", last_name="Agent", time_zone="America/Chicago")


@pytest.fixture
def district():
    return DistrictFactory(name="Lakeside Unified")


@pytest.fixture
def contact(district):
    return contact_of(
        district,
        first_name="María José",
        last_name="O'Neil-López",
        email="maria.lopez@lakeside.example",
        phone="+1 (512) 555-0199 ext. 4",
        reach_hours="weekdays until 3 PM",
    )


def contact_of(district, role=Role.SUPPORT_CONTACT, **fields):
    return UserFactory(district=district, roles=[role], **fields)


def words_of(page):
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.replace("<wbr>", "")).split())


@pytest.fixture
def look_up(sign_in, agent):
    return lambda typed: words_of(sign_in(agent).get(CALLERS, {"q": typed}))


def check(client, person, code, **values):
    return client.post(reverse("contacts:check_caller", args=[person.pk]), {"code": code, **values}, follow=True)


def day(at):
    return date_format(timezone.localdate(at, timezone=CHICAGO))


def ago(**how):
    return timezone.now() - timedelta(**how)


def audited(action):
    return list(AuditEvent.objects.filter(action=action).order_by("pk"))


# --- who is found -------------------------------------------------------------------------------------------------

FINDS_MARIA = [
    *(
        "maria",
        "lopez mar",
        "López María",
        "LOPEZ",
        "neil",
        "o'neil",
        "o\N{RIGHT SINGLE QUOTATION MARK}ne",
        "o'neil-lopez",
    ),
    *("maria.lopez@lakeside.example", "MARIA.LOPEZ@lakeside.example", "maria.lo", "maria.lopez@"),
    *("5550199", "555-0199", "512.555.0199", "(512) 555 0199", "1 512 555 0199", "+15125550199"),
    *("lopez lakeside", "unified maria lake"),
]
FINDS_NOBODY = [
    *("opez", "maria nobody", "lopez lakeview", "lakeside.example", "550199", "0199", "2125550199", "555-0199-4"),
    *("'", "''", "\\", "&|!()", ":*", "lopez & | !x", "xy')) | ('", "~d", "#9910555", "-", "x'y\\z"),
]


@pytest.mark.parametrize("typed", FINDS_MARIA)
def test_a_caller_is_found_by_beginnings_of_the_name_by_e_mail_or_by_phone(typed, contact):
    contact_of(contact.district, first_name="Keith", phone="555-0100", email="keith@lakeside.example")
    assert list(User.objects.called(typed)) == [contact]


@pytest.mark.parametrize("typed", ["(312) 555-0102", "3125550102", "+1 312 555 0102", "555-0102"])
def test_a_number_that_is_stored_without_its_area_code_is_found_with_it(typed, contact):
    found = contact_of(contact.district, phone="555-0102", email="devon@lakeside.example")
    contact_of(contact.district, phone="555-0103", email="nora@lakeside.example")
    assert list(User.objects.called(typed)) == [found]


def test_whose_whole_number_it_is_comes_alone(contact):
    contact_of(contact.district, phone="555-0199", email="devon@lakeside.example")
    assert list(User.objects.called("(512) 555-0199")) == [contact]
    assert contact not in User.objects.called("(312) 555-0199")


@pytest.mark.parametrize("typed", FINDS_NOBODY)
def test_what_is_typed_is_never_taken_for_syntax_and_does_not_find_too_much(typed, contact):
    assert list(User.objects.called(typed)) == []


def test_a_district_alone_finds_no_person_but_people_called_like_it(contact):
    namesake = UserFactory(first_name="Lakeside")
    assert list(User.objects.called("lakeside")) == [namesake]


def test_a_word_that_is_in_the_names_of_many_districts_hides_nobody():
    """It is one of the person, and only where nobody has it, it is left out."""
    districts = [DistrictFactory(name=f"Park District {number}") for number in range(51)]
    park = UserFactory(district=districts[0], first_name="Devon", last_name="Park")
    lee = UserFactory(district=districts[0], first_name="Devon", last_name="Lee")
    assert list(User.objects.called("devon park")) == [park]
    assert list(User.objects.called("lee park district")) == [lee]
    assert list(User.objects.called("park")) == [park]
    assert list(User.objects.called("district")) == []


def test_people_of_no_district_are_not_looked_up(contact, agent):
    assert list(User.objects.called("agent")) == []
    admin = UserFactory(district=None, is_staff=True, first_name="Root")
    assert list(User.objects.called(admin.first_name)) == []


@pytest.mark.parametrize(
    ("kind", "sees"),
    [("support", True), ("admin", True), ("system", True), ("district", False), ("person", False), ("public", False)],
)
def test_the_search_itself_answers_support_and_no_district(kind, sees, contact):
    with (
        scope.using(scope.Scope(kind, contact.district_id, contact.pk)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT people_called('maria', 10)")
        assert [key for (key,) in cursor] == ([contact.pk] if sees else [])


def test_the_search_without_any_scope_finds_nobody(contact):
    with scope.using(scope.NONE), connection.cursor() as cursor:
        cursor.execute("SELECT people_called('maria', 10)")
        assert cursor.fetchall() == []


@pytest.mark.usefixtures("connected_as_owner")  # who alone may ANALYZE
@pytest.mark.parametrize("wanted", ["'lopez':* & 'mar':*", "'maria.lo':*", "'#9910555':*"])
def test_callers_are_found_by_an_index_among_many_people(wanted, contact):
    UserFactory.create_batch(300, district=contact.district)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_user")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'people_called'")
        statement = re.search(r"statement CONSTANT text := '(.*?)';", cursor.fetchone()[0], re.DOTALL)[1]
        statement = statement.replace("$1", "%s::tsquery").replace("$2", "10")
        cursor.execute(f"EXPLAIN {statement}", [wanted])
        plan = "\n".join(line for (line,) in cursor)
        assert "people_by_what_is_typed" in plan
        cursor.execute(statement, [wanted])
        assert cursor.fetchall() == [(contact.pk,)]


# --- what the agent reads -----------------------------------------------------------------------------------------


def test_an_authorized_contact_is_one_since_a_day(look_up, contact):
    shown = look_up("maria")
    assert f"Authorized contact Support contact since {day(contact.designations.get().started_at)}" in shown
    assert "Lakeside Unified" in shown
    assert shown.count("Support contact") == 1
    assert "Not an authorized contact" not in shown
    assert "Refer" not in shown


def test_a_technical_contact_is_named_as_such(look_up, district):
    contact_of(district, Role.TECHNICAL_CONTACT, first_name="Tess", title="Network lead")
    shown = look_up("tess")
    assert f"Technical contact since {day(timezone.now())}" in shown
    assert "Network lead" in shown


def test_who_holds_both_roles_reads_as_both(look_up, contact):
    DesignationFactory(user=contact, role=Role.TECHNICAL_CONTACT)
    shown = look_up("maria")
    assert "Support contact since" in shown
    assert "Technical contact since" in shown


def test_an_acting_contact_reads_as_one_until_their_last_day(look_up, district):
    last_day = timezone.localdate(timezone=CHICAGO) + timedelta(days=9)
    tess = UserFactory(district=district, first_name="Tess")
    DesignationFactory(user=tess, role=Role.TECHNICAL_CONTACT, is_acting=True, ends_at=district.end_of(last_day))
    assert f"Acting technical contact until {date_format(last_day)} since {day(timezone.now())}" in look_up("tess")
    assert f"Acting technical contact until {date_format(last_day)}" in look_up("lakeside")


def test_a_contact_of_another_organization_reads_as_one(look_up):
    held = ThirdPartyFactory(agreement__organization="Acme Networks")
    assert "of Acme Networks" in look_up(held.user.email)


def test_to_whom_a_caller_is_referred_stands_once_with_both_roles_and_leads_to_the_code(look_up, contact, district):
    DesignationFactory(user=contact, role=Role.TECHNICAL_CONTACT)
    shown = look_up("lakeside")
    assert shown.count(contact.email) == 1
    assert "Support contact and technical contact" in shown


def test_a_flagged_contact_is_one_still_and_reads_as_flagged(look_up, district):
    long_ago = ago(days=400)
    person = UserFactory(district=district, first_name="Flo")
    DesignationFactory(user=person, started_at=long_ago, inactive_since=long_ago, flagged_at=ago(days=20))
    shown = look_up("flo")
    assert f"Support contact since {day(long_ago)}" in shown
    assert f"Flagged inactive since {day(ago(days=20))}" in shown


def test_a_contact_who_is_away_reads_as_away_with_who_covers(look_up, contact, district):
    cover = contact_of(district, first_name="Devon", last_name="Park", phone="555-0111")
    back = timezone.localdate(timezone=CHICAGO) + timedelta(days=3)
    User.objects.filter(pk=contact.pk).update(away_until=back, cover=cover)
    shown = look_up("maria")
    assert f"Away until {date_format(back)}" in shown
    assert "Devon Park covers for them" in shown
    assert "555-0111" in shown


def test_a_contact_who_cannot_sign_in_does_not_count_and_is_referred_to_the_others(look_up, contact, district):
    contact_of(district, first_name="Off", email=None)
    shown = look_up("off")
    assert "Cannot sign in" in shown
    assert "Does not count as a contact" in shown
    assert contact.phone in shown
    assert "Check the code" not in shown


def test_who_is_not_a_contact_is_referred_to_the_contacts_with_everything_to_reach_them(look_up, contact):
    school = SchoolFactory(district=contact.district, name="Riverbend High")
    UserFactory(district=contact.district, school=school, first_name="Nora", title="Teacher")
    away = contact_of(
        contact.district,
        first_name="Gone",
        last_name="Fishing",
        away_until=timezone.localdate(timezone=CHICAGO) + timedelta(days=2),
    )
    shown = look_up("nora")
    assert "Not an authorized contact Refer them to the contacts of Lakeside Unified" in shown
    for words in ("Teacher", "Riverbend High", contact.display_name, contact.phone, contact.email, "until 3 PM"):
        assert words.replace("'", "&#x27;") in shown
    assert away.display_name in shown
    assert "Away until" in shown
    assert "Check the code" not in shown


def test_a_former_contact_reads_as_one_until_a_day(look_up, district):
    person = UserFactory(district=district, first_name="Ed")
    DesignationFactory(user=person, started_at=ago(days=90), ended_at=ago(days=30))
    DesignationFactory(user=person, role=Role.TECHNICAL_CONTACT, started_at=ago(days=99), ended_at=ago(days=60))
    shown = look_up("ed")
    assert "Not an authorized contact" in shown
    assert f"Was a support contact until {day(ago(days=30))}" in shown
    assert "Was a technical contact" not in shown


def test_a_coach_is_not_an_authorized_contact(look_up, district):
    school = SchoolFactory(district=district, name="Riverbend High")
    coach = UserFactory(district=district, first_name="Sam")
    DesignationFactory(user=coach, role=Role.BUILDING_COACH, school=school)
    shown = look_up("sam")
    assert "Not an authorized contact" in shown
    assert "Building coach of Riverbend High" in shown
    coach.designations.update(ended_at=timezone.now())
    shown = look_up("sam")
    assert "Building coach" not in shown
    assert "Was a building coach" not in shown


def test_a_district_gives_its_contacts_at_once(look_up, contact):
    UserFactory(district=contact.district, first_name="Nora")
    shown = look_up("lakeside")
    assert contact.email in shown
    assert "Nora" not in shown


def test_contacts_stand_by_name_and_the_technical_and_flagged_ones_last(look_up, district):
    names = ["Cy", "Bo", "Al"]
    for name in names:
        contact_of(district, first_name=name, last_name=name)
    contact_of(district, Role.TECHNICAL_CONTACT, first_name="Aa", last_name="Aa")
    DesignationFactory(
        user=UserFactory(district=district, first_name="Ab", last_name="Ab"),
        started_at=ago(days=400),
        inactive_since=ago(days=400),
        flagged_at=ago(days=1),
    )
    shown = look_up("lakeside")
    assert re.findall(r"(\w+) \1 (?:Support|Technical) contact", shown) == ["Al", "Bo", "Cy", "Aa", "Ab"]


def test_a_contact_and_a_colleague_of_one_name_are_told_apart(look_up, contact):
    UserFactory(district=contact.district, first_name="Maria")
    shown = look_up("maria")
    assert shown.count("Support contact since") == 1
    assert shown.count("Not an authorized contact") == 1
    assert "Refer a caller to these contacts" in shown


def test_no_more_than_five_districts_are_shown(look_up):
    for number in range(5):
        DistrictFactory(name=f"Hill {number}")
    assert "More districts match" not in look_up("hill")
    DistrictFactory(name="Hill 5")
    shown = look_up("hill")
    assert "More districts match" in shown
    assert "Hill 5 has" not in shown


@pytest.mark.parametrize("typed", ["nora", "lakeside"])
def test_a_district_without_contacts_says_so(look_up, district, typed):
    UserFactory(district=district, first_name="Nora")
    contact_of(district, first_name="Off", email=None)
    assert "Lakeside Unified has nobody to refer a caller to" in look_up(typed)


def test_nobody_found_is_not_a_contact_and_the_district_is_the_next_step(look_up, contact):
    shown = look_up("zzz")
    assert "Check the spelling, or search for the caller's district" in shown
    for words in ("Nobody matches", "Lakeside"):
        assert words not in look_up("")


def test_contacts_come_before_others_of_the_name_and_no_more_than_a_screen(look_up, district, sign_in, agent):
    colleagues = UserFactory.create_batch(19, district=district, first_name="Ann", last_name="Aaron")
    DesignationFactory(user=colleagues[0], role=Role.BUILDING_COACH)
    contact = contact_of(DistrictFactory(name="Zeta"), first_name="Ann", last_name="Zimmer")
    assert "More people match" not in look_up("ann")
    UserFactory.create_batch(5, district=district, first_name="Ann", last_name="Aaron")
    page = sign_in(agent).get(CALLERS, {"q": "ann"})
    shown = [caller.person for found in page.context["found"] for caller in found.callers]
    assert shown[0] == contact
    assert len(shown) == 20
    assert "More people match" in page.text
    assert look_up("ann zeta").count("Check the code") == 1


def test_words_that_are_too_long_are_refused_in_words(look_up):
    assert "Nothing was searched." in look_up("x" * 101)


def test_the_page_takes_as_many_queries_for_twenty_callers_as_for_one(sign_in, agent, django_assert_num_queries):
    def add(number, name):
        for each in range(number):
            district = DistrictFactory(name=f"{name} {each}")
            cover = contact_of(district)
            contact_of(district, Role.TECHNICAL_CONTACT, away_until="2099-01-01", cover=cover)
            school = SchoolFactory(district=district)
            UserFactory(district=district, first_name=name, school=school, away_until="2099-01-01", cover=cover)

    add(2, "One")
    add(20, "Many")
    client = sign_in(agent)
    for name in ("one", "many"):
        with django_assert_num_queries(18):
            client.get(CALLERS, {"q": name})


def test_the_page_leads_to_the_directory_the_cases_and_an_exception_case_of_the_district(sign_in, agent, contact):
    client = sign_in(agent)
    page = client.get(CALLERS, {"q": "maria"}).text
    assert f"{reverse('contacts:directory')}?district={contact.district_id}" in page
    assert f"{reverse('cases:list')}?district=Lakeside%20Unified" in page
    address = f"{reverse('cases:new_exception')}?district=Lakeside%20Unified"
    assert address in page
    assert 'value="Lakeside Unified"' in client.get(address).text


def test_agents_and_contacts_find_their_pages_from_home(sign_in, agent, contact):
    assert sign_in(agent).get(reverse("home")).text.count(f'href="{CALLERS}"') == 2
    page = sign_in(contact).get(reverse("home")).text
    assert f'href="{CODE}"' in page
    assert CALLERS not in page
    assert f'href="{CODE}"' in sign_in(contact).get(reverse("contacts:profile")).text


# --- the audit of looking up --------------------------------------------------------------------------------------


def test_whoever_is_looked_up_has_that_in_the_audit_of_their_district(look_up, contact, agent):
    look_up("maria")
    (event,) = audited("caller.look_up")
    assert (event.actor_key, event.object_key) == (str(agent.pk), str(contact.pk))
    assert event.district_key == str(contact.district_id)


def test_a_search_that_shows_several_people_is_one_event_with_their_keys(look_up, district, agent):
    people = UserFactory.create_batch(2, district=district, first_name="Ann")
    look_up("ann")
    (event,) = audited("caller.search")
    assert set(event.detail["people"]) == {person.pk for person in people}
    assert event.actor_key == str(agent.pk)


@pytest.mark.parametrize("typed", ["", "zzz"])
def test_a_search_that_shows_no_caller_is_not_audited(typed, look_up, contact):
    look_up(typed)
    assert not AuditEvent.objects.exists()


# --- the code -----------------------------------------------------------------------------------------------------


@pytest.fixture
def made(contact):
    """(code, digits) of the contact."""
    return actions.make_caller_code(by=contact)


def wrong(digits):
    return f"{(int(digits) + 1) % 10**6:06}"


def test_a_contact_reads_six_digits_once_and_nothing_keeps_them(sign_in, contact):
    User.objects.filter(pk=contact.pk).update(time_zone="America/Chicago")
    client = sign_in(contact)
    assert "one-time-code" not in client.get(CODE).text
    page = client.post(CODE)
    first, last = re.search(r'one-time-code">(\d{3}) (\d{3})<', page.text).groups()
    code = CallerCode.objects.get()
    assert code.is_made_of(first + last)
    assert code.expires_at - code.created_at == timedelta(minutes=10)
    assert f"{timezone.localtime(code.expires_at, CHICAGO):%-I:%M %p}" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "one-time-code" not in client.get(CODE).text
    (event,) = audited("caller.make_code")
    assert event.object_key == str(contact.pk)
    for stored in (code.digest, str(event.detail), event.object_label):
        assert first + last not in stored


def test_the_same_digits_of_two_people_are_stored_differently():
    one, other = CallerCodeFactory.create_batch(2)
    assert one.digest != other.digest


def test_the_digits_cannot_be_found_out_without_the_portals_key(contact, settings):
    code = CallerCodeFactory(person=contact)
    assert code.is_made_of("123456")
    settings.SECRET_KEY = "another"
    assert not code.is_made_of("123456")


@pytest.mark.parametrize("typed", ["{}", "{} ", "{first} {last}", "{first}-{last}"])
def test_the_agent_types_the_code_and_reads_that_it_is_them(sign_in, agent, contact, made, typed):
    code, digits = made
    page = check(sign_in(agent), contact, typed.format(digits, first=digits[:3], last=digits[3:]), q="maria")
    assert page.redirect_chain == [(f"{CALLERS}?q=maria", 302)]
    assert "The code is right. You are speaking with María José O&#x27;Neil-López." in page.text
    code.refresh_from_db()
    assert code.used_by == agent
    (event,) = audited("caller.check")
    assert (event.detail, event.district_key) == ({"outcome": "right"}, str(contact.district_id))


def test_after_a_right_code_the_card_says_so_instead_of_asking_again(sign_in, agent, contact, made):
    page = check(sign_in(agent), contact, made[1], q="maria").text
    assert "Identity confirmed " in page
    assert "Check the code" not in page
    assert "Cases of Lakeside Unified" in page
    # The other agents are not on this call, and the next call is another one.
    assert "Check the code" in sign_in(AgentFactory()).get(CALLERS, {"q": "maria"}).text
    earlier = contact_of(contact.district, first_name="Ed")
    CallerCodeFactory(person=earlier, created_at=ago(minutes=20), used_at=ago(minutes=11), used_by=agent)
    assert "Check the code" in sign_in(agent).get(CALLERS, {"q": "ed"}).text


def test_a_contact_of_a_district_leads_to_the_box_for_their_code(sign_in, agent):
    contact_of(DistrictFactory(name="Hill"), first_name="Devon", last_name="Park")
    client = sign_in(agent)
    page = client.get(CALLERS, {"q": "hill"}).text
    address = re.search(r'<h3><a href="([^"]+)">Devon Park', page)[1]
    assert "Check the code" in client.get(address).text


def test_a_code_counts_once(sign_in, agent, contact, made):
    _, digits = made
    check(sign_in(agent), contact, digits)
    assert "You checked this code at" in check(sign_in(agent), contact, digits).text
    assert "This code was already used, by Alex Agent at" in check(sign_in(AgentFactory()), contact, digits).text
    assert "This code was already used, by Alex Agent at" in check(sign_in(agent), contact, wrong(digits)).text
    assert [event.detail["outcome"] for event in audited("caller.check")] == ["right", "used", "used", "used"]


def test_a_wrong_code_says_how_many_tries_are_left_and_stays_as_typed(sign_in, agent, contact, made):
    code, digits = made
    page = check(sign_in(agent), contact, wrong(digits), q="maria")
    assert "This is not the code of María José O&#x27;Neil-López. Tries left: 4." in page.text
    assert f'value="{wrong(digits)}"' in page.text
    assert 'value="maria"' in page.text
    code.refresh_from_db()
    assert code.wrong_tries == 1
    assert "You are speaking with" in check(sign_in(agent), contact, digits).text


def test_after_five_wrong_tries_not_even_the_right_code_counts_and_the_contact_is_told(sign_in, agent, contact, made):
    code, digits = made
    for left in (4, 3, 2, 1):
        assert f"Tries left: {left}." in check(sign_in(agent), contact, wrong(digits)).text
        assert not Message.objects.exists()
    assert (
        "Five wrong codes were tried, so this one no longer counts."
        in check(sign_in(agent), contact, wrong(digits)).text
    )
    assert "Five wrong codes were tried" in check(sign_in(agent), contact, digits).text
    code.refresh_from_db()
    assert (code.wrong_tries, code.used_at) == (5, None)
    message = Message.objects.get()
    assert (message.recipient, message.title, message.link) == (
        contact,
        "Five wrong codes were tried in your name",
        CODE,
    )
    assert [event.detail["outcome"] for event in audited("caller.check")] == ["wrong"] * 5 + ["tried too often"]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"])
def test_what_is_no_code_costs_no_try(sign_in, agent, contact, made, typed):
    page = check(sign_in(agent), contact, typed)
    assert "six digits" in page.text
    made[0].refresh_from_db()
    assert made[0].wrong_tries == 0
    assert not audited("caller.check")


def test_a_code_counts_for_ten_minutes(sign_in, agent, contact):
    CallerCodeFactory(person=contact, created_at=ago(minutes=10))
    assert "has expired" in check(sign_in(agent), contact, "123456").text
    assert [event.detail["outcome"] for event in audited("caller.check")] == ["expired"]
    CallerCode.objects.update(replaced_at=timezone.now())
    CallerCodeFactory(person=contact, created_at=ago(minutes=9, seconds=55))
    assert "You are speaking with" in check(sign_in(agent), contact, "123456").text


def test_a_new_code_replaces_the_old_one(sign_in, agent, contact, made):
    _, digits = made
    _, new_digits = actions.make_caller_code(by=contact)
    if new_digits != digits:
        assert "Tries left: 4." in check(sign_in(agent), contact, digits).text
    assert "You are speaking with" in check(sign_in(agent), contact, new_digits).text


def test_a_used_code_does_not_keep_the_contact_from_a_new_one(sign_in, agent, contact, made):
    check(sign_in(agent), contact, made[1])
    _, digits = actions.make_caller_code(by=contact)
    assert "You are speaking with" in check(sign_in(agent), contact, digits).text


def test_without_a_code_the_agent_reads_to_ask_for_one(sign_in, agent, contact):
    assert (
        "has no code yet. Ask them to sign in and open Contacts, then Code for a call."
        in check(sign_in(agent), contact, "123456").text
    )
    assert [event.detail["outcome"] for event in audited("caller.check")] == ["none"]


def test_the_page_of_a_contact_has_a_field_for_the_code_and_keeps_the_search(sign_in, agent, contact, made):
    client = sign_in(agent)
    page = client.get(CALLERS, {"q": "maria"}).text
    assert 'name="code"' in page
    assert page.count('name="q"') == page.count('value="maria"') == 2
    assert check(client, contact, made[1]).redirect_chain == [
        (f"{CALLERS}?q=Mar%C3%ADa+Jos%C3%A9+O%27Neil-L%C3%B3pez", 302)
    ]


def test_a_colleagues_code_is_not_the_contacts(sign_in, agent, contact, made):
    colleague = contact_of(contact.district)
    CallerCodeFactory(person=colleague)
    page = check(sign_in(agent), colleague, made[1] if made[1] != "123456" else "654321")
    assert "This is not the code of" in page.text
    assert "You are speaking with" in check(sign_in(agent), contact, made[1]).text


def test_who_just_stopped_being_a_contact_is_refused_in_words_and_seen_as_none(sign_in, agent, contact, made):
    contact.designations.update(ended_at=timezone.now())
    page = check(sign_in(agent), contact, made[1])
    assert page.status_code == 409
    shown = words_of(page)
    assert "is not an authorized contact now. No code was checked." in shown
    assert f"Was a support contact until {day(timezone.now())}" in shown
    made[0].refresh_from_db()
    assert made[0].used_at is None
    assert audited("action.refused")


def test_who_is_no_longer_a_contact_makes_no_code(contact):
    contact.designations.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.make_caller_code(by=contact)
    assert not CallerCode.objects.exists()


def test_an_agent_whose_role_just_ended_checks_nothing(agent, contact, made):
    agent.designations.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.check_caller_code(contact, by=agent, digits=made[1])
    made[0].refresh_from_db()
    assert made[0].used_at is None


def test_nobody_of_support_is_checked_by_a_code(sign_in, agent):
    assert check(sign_in(agent), AgentFactory(), "123456").status_code == 404


def test_the_audit_says_in_words_what_became_of_a_check_and_never_the_code(sign_in, agent, contact, made):
    _, digits = made
    check(sign_in(agent), contact, wrong(digits))
    check(sign_in(agent), contact, digits)
    admin = UserFactory(district=None, is_staff=True)
    shown = words_of(sign_in(admin).get(reverse("admin:contacts_auditevent_changelist")))
    assert "Alex Agent checked a code of the caller María José O&#x27;Neil-López: right" in shown
    for event in AuditEvent.objects.all():
        for code in (digits, wrong(digits)):
            assert code not in f"{event.detail}{event.object_label}"
