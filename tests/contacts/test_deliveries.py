"""How people are told: at once, once a day, or only in the portal, as they chose for each kind of message."""

import pytest
from django.core import mail
from django.urls import reverse

from contacts import ActionRefused, actions, message_center, scope
from contacts.models import ALWAYS_AT_ONCE, AuditEvent, Delivery, Kind, Message, MessageDelivery, Role
from tests.contacts.test_settling import flagged
from tests.factories import AgentFactory, MessageDeliveryFactory, MessageFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("contacts:deliveries")
CHOSEN = {kind.value: "at_once" for kind in Kind if kind not in ALWAYS_AT_ONCE}


@pytest.fixture
def reader():
    return UserFactory()


def tell(*people, kind=Kind.CASE, **fields):
    about = {"about": "/cases/7/", "subject": "Case 7", "person": "Ann Lee", **fields}
    (message, *_) = message_center.send("contacts/messages/left.txt", to=people, kind=kind, **about)
    return message


def choose(person, **deliveries):
    return actions.choose_deliveries(deliveries, by=person)


def test_messages_go_out_at_once_unless_somebody_chose_otherwise(reader):
    choose(reader, case="digest", notice="here")
    colleague = UserFactory(district=reader.district)
    assert [tell(reader, kind=kind).delivery for kind in (Kind.CASE, Kind.NOTICE, Kind.UPDATE)] == [
        "digest",
        "here",
        "at_once",
    ]
    assert tell(colleague).delivery == "at_once"
    assert message_center.email_unsent() == 2
    assert {email.to[0] for email in mail.outbox} == {reader.email, colleague.email}


@pytest.mark.parametrize("kind", ALWAYS_AT_ONCE)
def test_what_must_be_sent_is_sent_at_once_and_says_so(kind, reader):
    with pytest.raises(ActionRefused, match="always e-mailed at once"):
        choose(reader, **{kind: "here"})
    assert tell(reader, kind=kind).delivery == "at_once"
    message_center.email_unsent()
    assert "E-mails like this one are always sent" in mail.outbox[0].body


def test_an_ordinary_e_mail_does_not_say_that_it_is_always_sent(reader):
    tell(reader)
    message_center.email_unsent()
    assert "always sent" not in mail.outbox[0].body


def test_what_many_are_told_at_once_goes_as_each_of_them_chose(reader):
    reader = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    other = UserFactory(district=reader.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    choose(reader, to_decide="digest")
    contact = flagged(reader.district)
    actions.flag_inactive()
    deliveries = dict(Message.objects.values_list("recipient", "delivery"))
    assert deliveries == {reader.pk: "digest", other.pk: "at_once", contact.user.pk: "at_once"}


def test_who_tells_somebody_of_the_district_or_of_support_knows_their_choice(reader):
    agent = AgentFactory()
    for person in (reader, agent):
        MessageDeliveryFactory(person=person)
    with scope.of_district(reader.district):
        assert {tell(person, district=reader.district).delivery for person in (reader, agent)} == {"digest"}


def test_only_what_differs_from_the_usual_is_kept(reader):
    assert choose(reader, case="digest", notice="at_once") == {"case": "digest"}
    assert [(each.kind, each.delivery, each.district) for each in MessageDelivery.objects.all()] == [
        ("case", "digest", reader.district)
    ]
    choose(reader, case="here")
    assert MessageDelivery.objects.get().delivery == "here"
    choose(reader, case="at_once")
    assert not MessageDelivery.objects.exists()
    assert AuditEvent.objects.filter(action="person.choose_deliveries").count() == 3


def test_choosing_the_same_again_changes_nothing(reader):
    choose(reader, case="digest")
    assert choose(reader, case="digest") == {}
    assert AuditEvent.objects.filter(action="person.choose_deliveries").count() == 1


def test_a_choice_counts_for_what_waits_to_be_mailed(reader):
    waiting = MessageFactory(recipient=reader)
    others = [MessageFactory(recipient=reader, kind=Kind.UPDATE), MessageFactory()]
    choose(reader, case="here")
    assert message_center.email_unsent() == 2
    waiting.refresh_from_db()
    assert (waiting.delivery, waiting.emailed_at) == ("here", None)
    assert all(Message.objects.get(pk=each.pk).emailed_at for each in others)


def test_whoever_wants_mail_again_is_mailed_nothing_old(reader):
    choose(reader, case="here")
    tell(reader)
    choose(reader, case="at_once")
    assert message_center.email_unsent() == 0


def test_what_waited_for_the_daily_mail_goes_out_when_somebody_wants_it_at_once(reader):
    choose(reader, case="digest")
    tell(reader)
    read = tell(reader)
    Message.objects.filter(pk=read.pk).update(read_at=read.created_at)
    choose(reader, case="at_once")
    assert message_center.email_unsent() == 1


def test_what_somebody_reads_only_here_is_not_mailed_by_an_admin(reader):
    choose(reader, case="here")
    with pytest.raises(ActionRefused, match="in the portal only"):
        actions.email_again(tell(reader), by=AgentFactory())


def test_a_person_chooses_for_each_kind_on_a_page(sign_in, reader):
    client = sign_in(reader)
    page = client.get(PAGE)
    assert list(page.context["form"].fields) == list(CHOSEN)
    assert {form_field.initial for form_field in page.context["form"].fields.values()} == {"at_once"}
    response = client.post(PAGE, {**CHOSEN, "case": "digest"})
    assert response.url == reverse("contacts:messages")
    assert client.get(PAGE).context["form"].fields["case"].initial == "digest"
    assert reader.message_deliveries.get().delivery == Delivery.DIGEST


def test_the_page_says_what_is_always_sent_and_when_the_daily_mail_goes_out(sign_in, reader):
    reader.time_zone = "America/Denver"
    reader.save()
    page = sign_in(reader).get(PAGE).content.decode()
    assert page.count("Always by e-mail, at once") == len(ALWAYS_AT_ONCE)
    assert "such as that you are flagged inactive" in page
    assert "What was decided on a request of yours." in page
    assert "7 AM (America/Denver)" in page


def test_nothing_is_saved_while_a_choice_is_missing(sign_in, reader):
    page = sign_in(reader).post(PAGE, {**CHOSEN, "case": ""})
    assert page.context["form"].errors == {"case": ["Choose how you are told."]}
    assert not MessageDelivery.objects.exists()


def test_nobody_chooses_for_somebody_else(sign_in, reader):
    other = MessageDeliveryFactory(person__district=reader.district)
    sign_in(reader).post(PAGE, {**CHOSEN, "notice": "here"})
    chosen = set(MessageDelivery.objects.values_list("person", "kind"))
    assert chosen == {(other.person_id, "case"), (reader.pk, "notice")}


def test_the_page_is_reached_from_the_messages_and_the_profile(sign_in, reader):
    client = sign_in(reader)
    for address in ("contacts:messages", "contacts:profile"):
        assert f'href="{PAGE}"' in client.get(reverse(address)).content.decode()


def test_messages_that_are_always_sent_say_so_in_the_list_and_in_full(sign_in, reader):
    ordinary = MessageFactory(recipient=reader)
    client = sign_in(reader)
    assert "Always e-mailed" not in client.get(reverse("contacts:messages")).content.decode()
    always = MessageFactory(recipient=reader, kind=Kind.DECIDED)
    assert "Always e-mailed" in client.get(reverse("contacts:messages")).content.decode()
    said = "Messages of this kind are always e-mailed."
    assert said in client.get(reverse("contacts:messages_about", args=[always.pk])).content.decode()
    assert said not in client.get(reverse("contacts:messages_about", args=[ordinary.pk])).content.decode()
