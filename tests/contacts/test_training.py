"""Training: what is expected of whom, who completed it, who said so, and what is taken back."""

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, Designation, Message, Role, TrainingCompletion, TrainingModule, TrainingResource
from tests.conftest import every_page
from tests.contacts.races import at_once
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, TrainingModuleFactory
from tests.factories import TrainingCompletionFactory as Completion
from tests.factories import UserFactory as Person

# Where the people of the tests are; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.django_db
PAGE, COMPLETE = reverse("contacts:training"), reverse("contacts:complete_training")
CSV, HOME = reverse("contacts:training_csv"), reverse("home")
MODULES = INTRODUCTION, FUNDAMENTALS = "Introduction to Support", "Fundamentals"


@pytest.fixture
def contact():
    return Person(first_name="Maria", last_name="Lopez", roles=[Role.SUPPORT_CONTACT])


@pytest.fixture
def administrator(contact):
    roles = [Role.DISTRICT_ADMINISTRATOR]
    return Person(first_name="Helen", last_name="Brandt", district=contact.district, roles=roles)


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD])


@pytest.fixture
def introduction():
    return TrainingModule.objects.get(name=INTRODUCTION)


@pytest.fixture
def fundamentals():
    return TrainingModule.objects.get(name=FUNDAMENTALS)


def today():
    return timezone.localdate(timezone=CHICAGO)


def words(page):
    return " ".join(page.content.decode().split())


def missing(page):
    return [each.module.name for each in page.context["mine"] if each.is_missing]


def said(response):
    return " ".join(map(str, get_messages(response.wsgi_request)))


def people_in(page):
    return [person for person, _ in page.context["rows"]]


def lines(response):
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def record(module, person, by=None, on=None):
    return actions.record_training(module, person=person, by=by or person, completed_on=on or today())


# --- what is expected of whom


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT])
def test_a_contact_is_expected_to_take_the_introduction_and_the_fundamentals_are_recommended(sign_in, role):
    page = sign_in(Person(roles=[role])).get(PAGE)
    levels = [(each.module.name, each.level_label) for each in page.context["mine"]]
    assert levels == [(INTRODUCTION, "Expected"), (FUNDAMENTALS, "Highly recommended")]
    assert "Missing" in words(page)


def test_a_coach_sees_what_is_set_for_coaches_alone(sign_in):
    coach = Person(roles=[Role.BUILDING_COACH])
    assert "No training is set up for your role" in words(sign_in(coach).get(PAGE))
    TrainingModuleFactory(name="Coaching", expected_of=[Role.BUILDING_COACH])
    assert missing(sign_in(coach).get(PAGE)) == ["Coaching"]


@pytest.mark.parametrize("roles", [[], [Role.CREDENTIAL_APPROVER]])
def test_training_is_no_business_of_other_staff(sign_in, roles):
    person = Person(roles=roles)
    assert sign_in(person).get(PAGE).status_code == 403
    assert PAGE not in sign_in(person).get(reverse("contacts:directory")).content.decode()


def test_a_module_of_two_roles_is_as_expected_as_the_stricter_one_says(sign_in):
    contact = Person(roles=[Role.BUILDING_COACH, Role.SUPPORT_CONTACT])
    TrainingModuleFactory(
        name="Both", recommended_to=[Role.BUILDING_COACH], expected_of=[Role.SUPPORT_CONTACT], order=99
    )
    levels = {each.module.name: each.level_label for each in sign_in(contact).get(PAGE).context["mine"]}
    assert levels["Both"] == "Expected"


def test_the_page_leads_to_the_training_and_to_what_is_new(sign_in, contact, introduction):
    TrainingModule.objects.filter(pk=introduction.pk).update(link="https://training.example.org/introduction")
    TrainingResource.objects.create(name="Release notes", link="https://news.example.org/releases")
    page = words(sign_in(contact).get(PAGE))
    assert f'<a href="https://training.example.org/introduction" rel="noreferrer">{INTRODUCTION}</a>' in page
    assert '<a href="https://news.example.org/releases" rel="noreferrer">Release notes</a>' in page


def test_what_is_no_longer_offered_is_asked_of_nobody_and_what_was_completed_stays(sign_in, contact):
    old = TrainingModuleFactory(name="Old", expected_of=[Role.SUPPORT_CONTACT])
    other = TrainingModuleFactory(name="Other", expected_of=[Role.SUPPORT_CONTACT])
    record(old, contact)
    TrainingModule.objects.filter(pk__in=[old.pk, other.pk]).update(is_current=False)
    found = {each.module.name: each for each in sign_in(contact).get(PAGE).context["mine"]}
    assert (found["Old"].level, len(found["Old"].completions)) == ("", 1)
    assert "Other" not in found
    with pytest.raises(ActionRefused, match="Old is no longer a training for you"):
        record(old, contact, on=today() - timedelta(days=1))


# --- recording


def test_a_contact_reports_what_they_completed_and_it_is_marked_so(sign_in, contact, introduction):
    form = sign_in(contact).get(COMPLETE, {"module": introduction.pk})
    assert f'value="{today()}"' in form.content.decode()
    page = sign_in(contact).post(COMPLETE, {"module": introduction.pk, "completed_on": today()}, follow=True)
    assert f"It is recorded that you completed {INTRODUCTION}." in words(page)
    assert "Self-reported" in words(page)
    assert missing(page) == [FUNDAMENTALS]
    (event,) = AuditEvent.objects.filter(action="training.record")
    assert (event.actor_key, event.district_key) == (str(contact.pk), str(contact.district_id))
    assert event.detail == {"completed_on": today().isoformat()}


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (lambda: today() + timedelta(days=1), "Enter a day that is not in the future."),
        (lambda: "1999-12-31", "Enter a day since Jan 1, 2000."),
        (lambda: "soon", "Enter a day, such as 2026-11-22."),
        (lambda: "", "Enter the day of completion."),
    ],
)
def test_a_training_is_completed_on_a_day_that_can_be(sign_in, contact, introduction, day, problem):
    page = sign_in(contact).post(COMPLETE, {"module": introduction.pk, "completed_on": day()})
    assert problem in words(page)
    assert not TrainingCompletion.objects.exists()


def test_today_is_the_persons_own_day(sign_in, introduction):
    """In Guam it is tomorrow when it is evening in Chicago, and never a day behind."""
    district = DistrictFactory(time_zone="Pacific/Guam")
    contact = Person(district=district, roles=[Role.SUPPORT_CONTACT])
    there = timezone.localdate(timezone=ZoneInfo("Pacific/Guam"))
    sign_in(contact).post(COMPLETE, {"module": introduction.pk, "completed_on": there})
    assert TrainingCompletion.objects.get().completed_on == there
    page = sign_in(contact).post(COMPLETE, {"module": introduction.pk, "completed_on": there + timedelta(days=1)})
    assert "not in the future" in words(page)


def test_what_is_for_no_role_of_the_person_is_not_offered(sign_in, contact):
    coaching = TrainingModuleFactory(expected_of=[Role.BUILDING_COACH])
    page = sign_in(contact).post(COMPLETE, {"module": coaching.pk, "completed_on": today()})
    assert page.context["form"].errors["module"]
    assert not TrainingCompletion.objects.exists()


def test_the_same_day_twice_is_one_and_a_later_day_is_a_refresher(sign_in, contact, introduction):
    first = record(introduction, contact, on=today() - timedelta(days=30))
    assert record(introduction, contact, on=today() - timedelta(days=30)) == first
    record(introduction, contact)
    (mine,) = [each for each in sign_in(contact).get(PAGE).context["mine"] if each.module == introduction]
    assert [each.completed_on for each in mine.completions] == [today(), today() - timedelta(days=30)]
    assert AuditEvent.objects.filter(action="training.record").count() == 2


def test_an_administrator_records_what_a_contact_completed(sign_in, administrator, contact, introduction):
    address = reverse("contacts:training_of", args=[contact.pk])
    page = sign_in(administrator).post(address, {"module": introduction.pk, "completed_on": today()}, follow=True)
    assert f"It is recorded that Maria Lopez completed {INTRODUCTION}." in words(page)
    assert "Recorded by Helen Brandt" in words(page)
    assert not TrainingCompletion.objects.get().is_self_reported
    assert "Recorded by Helen Brandt" in words(sign_in(contact).get(PAGE))


def test_a_lead_records_it_in_any_district(sign_in, lead, contact, introduction):
    address = reverse("contacts:training_of", args=[contact.pk])
    sign_in(lead).post(address, {"module": introduction.pk, "completed_on": today()})
    assert TrainingCompletion.objects.get().recorded_by == lead


@pytest.mark.parametrize("role", [None, Role.TECHNICAL_CONTACT, Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER])
def test_nobody_else_records_training_of_others(contact, introduction, role):
    colleague = Person(district=contact.district, roles=[role] if role else [])
    with pytest.raises(ActionRefused, match="Your role has ended"):
        record(introduction, contact, by=colleague)


def test_an_agent_records_nothing(sign_in, contact, introduction):
    agent = AgentFactory()
    assert sign_in(agent).get(PAGE).status_code == 403
    with pytest.raises(ActionRefused, match="Your role has ended"):
        record(introduction, contact, by=agent)


def test_an_administrator_of_another_district_finds_and_records_nothing(sign_in, contact, introduction):
    stranger = Person(roles=[Role.DISTRICT_ADMINISTRATOR])
    assert sign_in(stranger).get(reverse("contacts:training_of", args=[contact.pk])).status_code == 404
    assert sign_in(stranger).get(PAGE, {"district": contact.district_id}).status_code == 404
    assert sign_in(stranger).get(CSV, {"district": contact.district_id}).status_code == 404
    with pytest.raises(ActionRefused, match="of the district or of Support"):
        record(introduction, contact, by=stranger)


def test_training_is_recorded_of_contacts_and_coaches_alone(administrator, introduction):
    teacher = Person(first_name="Nora", last_name="Whitfield", district=administrator.district)
    with pytest.raises(ActionRefused, match="Nora Whitfield is no contact or coach who can sign in"):
        record(introduction, teacher, by=administrator)


def test_whoever_just_lost_the_role_reports_nothing(contact, introduction):
    assert contact.roles == {Role.SUPPORT_CONTACT}
    contact.designations.update(ended_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ActionRefused, match="Your role has ended"):
        record(introduction, contact)


def test_a_training_of_a_role_that_just_ended_is_not_recorded(administrator, contact):
    DesignationFactory(user=contact, role=Role.BUILDING_COACH)
    coaching = TrainingModuleFactory(name="Coaching", expected_of=[Role.BUILDING_COACH])
    assert Role.BUILDING_COACH in contact.roles
    contact.designations.filter(role=Role.BUILDING_COACH).update(ended_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ActionRefused, match="Coaching is no longer a training for Maria Lopez"):
        record(coaching, contact, by=administrator)


# --- confirming


def test_an_administrator_confirms_what_was_self_reported(sign_in, administrator, contact, introduction):
    completion = record(introduction, contact)
    address = reverse("contacts:confirm_training", args=[completion.pk])
    for _ in range(2):
        page = sign_in(administrator).post(address, follow=True)
    assert "You confirmed that Maria Lopez completed" in words(page)
    assert "Self-reported, confirmed by Helen Brandt" in words(page)
    assert address not in words(page)
    assert AuditEvent.objects.filter(action="training.confirm").count() == 1


def test_recording_what_was_self_reported_for_the_day_confirms_it(administrator, contact, introduction):
    record(introduction, contact)
    record(introduction, contact, by=administrator)
    completion = TrainingCompletion.objects.get()
    assert (completion.recorded_by, completion.confirmed_by) == (contact, administrator)


def test_what_somebody_else_recorded_needs_no_confirmation(administrator, lead, contact, introduction):
    completion = record(introduction, contact, by=administrator)
    actions.confirm_training(completion, by=lead)
    record(introduction, contact)
    completion.refresh_from_db()
    assert completion.source == "Recorded by Helen Brandt"


def test_nobody_confirms_their_own(sign_in, administrator, introduction):
    DesignationFactory(user=administrator)
    completion = record(introduction, administrator)
    page = sign_in(administrator).post(reverse("contacts:confirm_training", args=[completion.pk]))
    assert page.status_code == 409
    assert "Somebody else confirms your own training." in words(page)
    page = sign_in(administrator).get(reverse("contacts:training_of", args=[administrator.pk]))
    assert reverse("contacts:confirm_training", args=[completion.pk]) not in words(page)


def test_what_was_taken_back_meanwhile_is_not_confirmed(sign_in, administrator, contact, introduction):
    completion = record(introduction, contact)
    actions.withdraw_training(completion, by=contact)
    page = sign_in(administrator).post(reverse("contacts:confirm_training", args=[completion.pk]))
    assert page.status_code == 409
    assert "Maria Lopez took this training back. Nothing was confirmed." in words(page)


# --- taking back


def test_a_contact_takes_back_what_they_reported_and_it_is_missing_again(sign_in, contact, introduction):
    completion = record(introduction, contact)
    address = reverse("contacts:withdraw_training", args=[completion.pk])
    assert address in words(sign_in(contact).get(PAGE))
    for _ in range(2):
        page = sign_in(contact).post(address, follow=True)
    assert INTRODUCTION in missing(page)
    assert AuditEvent.objects.filter(action="training.withdraw", actor_key=str(contact.pk)).count() == 1
    assert not Message.objects.exists()
    kept = TrainingCompletion.objects.get()
    assert (kept.withdrawn_by, kept.completed_on) == (contact, today())
    record(introduction, contact)
    assert TrainingCompletion.objects.standing().count() == 1


def test_an_administrator_takes_it_back_and_its_person_is_told(sign_in, administrator, contact, introduction):
    completion = record(introduction, contact)
    sign_in(administrator).post(reverse("contacts:withdraw_training", args=[completion.pk]))
    message = Message.objects.get()
    assert (message.recipient, message.link) == (contact, PAGE)
    assert f"Helen Brandt took back that you completed {INTRODUCTION} on" in message.body
    assert INTRODUCTION in missing(sign_in(contact).get(PAGE))


def test_what_somebody_else_confirmed_is_removed_in_two_steps(sign_in, administrator, contact, introduction):
    other = Person(district=contact.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    completion = Completion(person=contact, module=introduction)
    actions.confirm_training(completion, by=other)
    address = reverse("contacts:training_of", args=[contact.pk])
    page = words(sign_in(administrator).get(address))
    assert f"{other} confirmed it. It then no longer counts." in page
    assert "Take back" not in page
    assert "Take back" in words(sign_in(other).get(address))


def test_a_contact_does_not_take_back_what_an_administrator_recorded(sign_in, administrator, contact, introduction):
    completion = record(introduction, contact, by=administrator)
    address = reverse("contacts:withdraw_training", args=[completion.pk])
    assert address not in words(sign_in(contact).get(PAGE))
    assert sign_in(contact).post(address).status_code == 404
    with pytest.raises(ActionRefused, match="Helen Brandt recorded this"):
        actions.withdraw_training(completion, by=contact)


def test_a_colleague_neither_sees_nor_takes_back_anothers(sign_in, contact, introduction):
    completion = record(introduction, contact)
    colleague = Person(district=contact.district, roles=[Role.SUPPORT_CONTACT])
    assert sign_in(colleague).post(reverse("contacts:withdraw_training", args=[completion.pk])).status_code == 404
    assert "Maria Lopez" not in words(sign_in(colleague).get(PAGE))
    contact.designations.update(ended_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.withdraw_training(completion, by=contact)


# --- the district's table


@pytest.fixture
def team(administrator, contact, introduction, fundamentals):
    """Who lacks nothing, something recommended, and something expected, by the alphabet."""
    district = administrator.district
    done = Person(first_name="Ann", last_name="Able", district=district, roles=[Role.SUPPORT_CONTACT])
    half = Person(first_name="Bob", last_name="Baker", district=district, roles=[Role.TECHNICAL_CONTACT])
    for person, module in [(done, introduction), (done, fundamentals), (half, introduction), (contact, fundamentals)]:
        record(module, person)
    Person(district=district)
    Person(district=district, roles=[Role.BUILDING_COACH])
    Person(roles=[Role.SUPPORT_CONTACT])
    return done, half, contact


def test_who_lacks_an_expected_training_comes_first(sign_in, administrator, team):
    done, half, contact = team
    page = sign_in(administrator).get(PAGE)
    assert people_in(page) == [contact, done, half]
    states = {person: [each.is_missing for each in trainings] for person, trainings in page.context["rows"]}
    assert states == {contact: [True, False], done: [False, False], half: [False, True]}


@pytest.mark.parametrize(("shown", "expected"), [("expected", [2]), ("anything", [2, 1]), ("", [2, 0, 1])])
def test_the_table_is_filtered_by_what_is_missing(sign_in, administrator, team, shown, expected):
    page = sign_in(administrator).get(PAGE, {"missing": shown})
    assert people_in(page) == [team[number] for number in expected]
    rows = lines(sign_in(administrator).get(CSV, {"missing": shown}))
    assert [row[0] for row in rows[1:]] == [str(team[number]) for number in expected]


def test_a_filter_that_is_none_says_so(sign_in, administrator, team):
    page = sign_in(administrator).get(PAGE, {"missing": "sleep"})
    assert "Nothing was searched." in words(page)
    assert page.context["rows"] == []


def test_coaches_are_in_the_table_once_there_is_training_for_them(sign_in, administrator, team):
    TrainingModuleFactory(name="Coaching", recommended_to=[Role.BUILDING_COACH], order=99)
    page = sign_in(administrator).get(PAGE)
    assert len(people_in(page)) == 4
    (coach,) = [trainings for person, trainings in page.context["rows"] if Role.BUILDING_COACH in person.roles]
    assert [(each.level, each.is_missing) for each in coach] == [("", False), ("", False), ("recommended", True)]


def test_an_administrator_who_is_a_contact_has_both_their_own_and_the_table(sign_in, administrator, team):
    DesignationFactory(user=administrator)
    page = sign_in(administrator).get(PAGE)
    assert missing(page) == [INTRODUCTION, FUNDAMENTALS]
    assert administrator in people_in(page)


def test_only_the_last_completion_that_stands_is_in_the_table(sign_in, administrator, contact, introduction):
    days = [today() - timedelta(days=number) for number in (400, 30, 2)]
    *_, latest = [record(introduction, contact, on=day) for day in days]
    actions.withdraw_training(latest, by=contact)
    ((_, trainings),) = sign_in(administrator).get(PAGE).context["rows"]
    assert [each.completed_on for each in trainings[0].completions] == [days[1]]


def test_a_lead_chooses_the_district_first(sign_in, lead, team):
    district = team[0].district
    assert f"?district={district.pk}" in words(sign_in(lead).get(PAGE))
    page = sign_in(lead).get(PAGE, {"district": district.pk})
    assert people_in(page) == [team[2], team[0], team[1]]
    assert f"{CSV}?district={district.pk}" in words(page)
    assert len(lines(sign_in(lead).get(CSV, {"district": district.pk}))) == 4


def test_whose_role_ended_is_no_longer_in_the_table(sign_in, administrator, team):
    team[2].designations.update(ended_at=timezone.now() + timedelta(days=1))
    assert people_in(sign_in(administrator).get(PAGE)) == [team[0], team[1]]


def test_the_csv_says_what_the_table_says(sign_in, administrator, contact, introduction):
    record(introduction, contact)
    response = sign_in(administrator).get(CSV)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith(f'attachment; filename="training-{contact.district.slug}-')
    assert lines(response) == [
        ["Person", "E-mail", "School", "Roles", *(f"{name}{of}" for name in MODULES for of in ("", ": source"))],
        ["Maria Lopez", contact.email, "", "Support contact", today().isoformat(), "Self-reported", "Not yet", ""],
    ]
    assert AuditEvent.objects.filter(action="training.export", actor_key=str(administrator.pk)).count() == 1
    Completion._meta.model.objects.update(withdrawn_at=timezone.now(), withdrawn_by=contact)
    assert lines(sign_in(administrator).get(CSV))[1][4:6] == ["Missing", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_run_as_a_formula(sign_in, administrator, start):
    evil = f"{start}HYPERLINK(A1)"
    TrainingModuleFactory(name=evil, expected_of=[Role.SUPPORT_CONTACT])
    Person(first_name=evil, last_name="x, y", district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    for row in lines(sign_in(administrator).get(CSV)):
        assert not [cell for cell in row if cell.startswith(start)]
        assert len(row) == 10


def test_the_table_and_its_file_cost_the_same_however_many_people(
    sign_in, administrator, contact, introduction, django_assert_num_queries
):
    people = [contact, *Person.create_batch(29, district=administrator.district, roles=[Role.SUPPORT_CONTACT])]
    for person in people[10:]:
        record(introduction, person)
    client = sign_in(administrator)
    client.get(PAGE)
    with django_assert_num_queries(7 + 6):
        client.get(PAGE)
    with django_assert_num_queries(6 + 6):
        client.get(CSV)
    pages = every_page(client, PAGE)
    assert [len(people_in(page)) for page in pages] == [25, 5]
    assert {person for page in pages for person in people_in(page)} == set(people)
    assert set(people_in(pages[0])[:10]) == set(people[:10])
    assert len(lines(client.get(CSV))) == 31


# --- where else it is said


def test_home_says_what_is_expected_until_it_is_completed(sign_in, contact, introduction):
    page = words(sign_in(contact).get(HOME))
    assert "Training that is expected of you" in page
    assert f'href="{PAGE}"><strong>Complete</strong> {INTRODUCTION}</a>' in page
    assert FUNDAMENTALS not in page
    record(introduction, contact)
    assert "Training that is expected of you" not in words(sign_in(contact).get(HOME))


def test_whoever_becomes_a_contact_is_told_what_is_expected(administrator):
    person = Person(district=administrator.district)
    actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)
    message = Message.objects.get(recipient=person)
    assert f"Training is expected of you as a support contact: {INTRODUCTION}." in message.body
    assert FUNDAMENTALS not in message.body
    assert message.link == PAGE


def test_who_completed_it_before_is_told_of_no_training(administrator, introduction):
    person = Person(district=administrator.district)
    Completion(person=person, module=introduction)
    actions.designate(person, role=Role.TECHNICAL_CONTACT, by=administrator)
    message = Message.objects.get(recipient=person)
    assert "Training" not in message.body
    assert message.link == reverse("contacts:directory")


def test_whoever_becomes_something_without_training_is_told_of_none(administrator):
    person = Person(district=administrator.district)
    actions.designate(person, role=Role.CREDENTIAL_APPROVER, by=administrator)
    assert "Training" not in Message.objects.get(recipient=person).body


def test_untrained_contacts_are_those_who_lack_what_is_expected_for_that_role(contact, introduction, fundamentals):
    technical = Person(district=contact.district, roles=[Role.TECHNICAL_CONTACT])
    Person(district=contact.district, roles=[Role.BUILDING_COACH])
    taken_back = Person(roles=[Role.SUPPORT_CONTACT])
    record(introduction, technical)
    record(fundamentals, contact)
    actions.withdraw_training(record(introduction, taken_back), by=taken_back)

    def untrained():
        return {each.user for each in Designation.objects.authorized_contacts().untrained()}

    assert untrained() == {contact, taken_back}
    TrainingModule.objects.filter(pk=introduction.pk).update(is_current=False)
    assert untrained() == set()


# --- two at once


@pytest.mark.django_db(transaction=True)
def test_two_who_record_the_same_at_once_record_it_once():
    module = TrainingModuleFactory(expected_of=[Role.SUPPORT_CONTACT])
    contact = Person(roles=[Role.SUPPORT_CONTACT])
    administrator = Person(district=contact.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    found = at_once(lambda: record(module, contact), lambda: record(module, contact, by=administrator))
    assert {completion.pk for completion in found} == {TrainingCompletion.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_and_take_back_at_once_neither_is_lost():
    completion = Completion()
    one, other = Person.create_batch(2, district=completion.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    found = at_once(
        lambda: actions.confirm_training(completion, by=one), lambda: actions.withdraw_training(completion, by=other)
    )
    completion.refresh_from_db()
    assert completion.withdrawn_by == other
    assert (completion.confirmed_by == one) != isinstance(found[0], ActionRefused)
