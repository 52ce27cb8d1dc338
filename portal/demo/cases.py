from datetime import timedelta
from random import Random
from uuid import uuid4

from django.utils import timezone
from django.utils.text import slugify

from cases import actions
from cases.actions.exceptions import EMERGENCY
from cases.models import (
    CannedReply,
    Case,
    Presence,
    ProductArea,
    TimelineEntry,
    handover_due,
    support_calendar,
)
from contacts.models import Message, User
from portal.demo.case_history import add_history
from portal.demo.case_texts import (
    CANNED_REPLIES,
    LIBRARY,
    QUALIFICATIONS,
    TOPICS,
    TRAINING,
)

Action, Kind, Status, Urgency = TimelineEntry.Action, Case.Kind, Case.Status, Case.Urgency


def add_cases():
    """Two years of history in bulk, then the latest cases by the actions themselves."""
    for name, training in TRAINING.items():
        ProductArea.objects.filter(name=name).update(training=training, training_url=f"{LIBRARY}{slugify(name)}/")
    add_history(Random(2026))  # noqa: S311 - the same history at every start
    add_latest()
    old = Message.objects.order_by("pk").values("pk")[::2]
    Message.objects.filter(pk__in=[message["pk"] for message in old]).update(read_at=timezone.now())


def add_latest():
    """The cases of the last days, each with its messages."""
    agent, other_agent = person("agent@support.example"), person("agent2@support.example")
    support, technical = person("support@demo.example"), person("technical@demo.example")
    elsewhere = person("support@other.example")
    latest = [(support, TOPICS[0]), (support, TOPICS[1]), (technical, TOPICS[-1]), (elsewhere, TOPICS[2])]
    for author, topic in latest:
        submit(author, topic)
    attendance, question, connection, transcripts = Case.objects.order_by("-number")[:4][::-1]
    actions.ask(case=attendance, by=agent, text="Which calendar and which school is it? One example is enough.")
    actions.note(case=attendance, by=agent, text="Another district saw the same after the last update.")
    actions.resolve(
        case=question,
        by=agent,
        text="Yes. Add the second teacher under Staff History of the section.",
        settled_as="how_to",
    )
    actions.take(case=connection, by=other_agent)
    actions.escalate(case=connection, by=other_agent, level=2, text="Our network specialists look at it first thing.")
    actions.reply(case=transcripts, by=agent, text="We can see it too and are looking for the cause.")
    add_exceptions(agent, support, elsewhere)
    add_priorities(agent, technical, elsewhere)
    add_connected(agent, support, technical)
    add_desk(agent, other_agent, attendance)


def add_desk(agent, other_agent, case):
    """What agents have at hand, what one of them was typing, and a colleague who was just there."""
    areas = {area.name: area for area in ProductArea.objects.all()}
    for title, area, text in CANNED_REPLIES:
        CannedReply.objects.create(title=title, product_area=areas.get(area), text=text)
    text = "The list of period 3 reads from the old calendar. I am asking development whether"
    actions.save_draft(case=case, by=agent, mode="note", text=text, idempotency_key=uuid4())
    Presence.objects.create(case=case, district=case.district, agent=other_agent)


def add_connected(agent, contact, other_contact):
    """A duplicate that was merged, a reply that is now a case of its own, and a call that its host is to confirm."""
    report, duplicate = submit(contact, TOPICS[4]), submit(other_contact, TOPICS[4])
    actions.merge(case=duplicate, by=agent, other=report)
    said = "It stops for one school at a time, too. Also, new students are missing from the bus list."
    reply = actions.reply(case=report, by=contact, text=said)
    actions.split(case=report, by=agent, entry=reply, subject="New students are missing from the bus list")
    colleague = person("teacher@demo.example").display_name
    actions.record_call(case=report, by=agent, colleague=colleague, host=contact, text="They showed us the error.")


def add_exceptions(agent, support, elsewhere):
    """One that a contact accepted, one that a contact is asked to accept, and one that nobody accepted in time."""
    accepted, asked = (
        actions.open_exception(by=agent, district=support.district, **emergency(school))
        for school in ("Cedar Hill Middle School", "Lakeside Elementary School")
    )
    for case in (accepted, asked):
        actions.hand_over(case=case, by=agent, contact=support)
    actions.accept(case=accepted, by=support)
    add_overdue(agent, elsewhere)


def emergency(school):
    return {
        "kind": Kind.ISSUE,
        "product_area": ProductArea.objects.get(name="Users and tool rights"),
        "subject": f"Nobody at {school} can sign in",
        "description": "Since 7:10 AM every sign-in ends on an error page.",
        "caller_name": "The principal's office",
        "caller_reach": "555-0199, until 4:00 PM",
        "emergency": "School has started and no attendance can be taken. The contacts do not answer their phones.",
    }


def add_overdue(agent, contact):
    """Of four days ago; the portal's next look finds that nobody accepted it."""
    now = timezone.now()
    opened, asked = now - timedelta(days=4), now - timedelta(days=4) + timedelta(minutes=12)
    case = Case.objects.create(
        district=contact.district,
        is_exception=True,
        urgency=Urgency.CRITICAL,
        priority=Case.Priority.CRITICAL,
        priority_reason=EMERGENCY,
        status=Status.ASSIGNED,
        assignee=agent,
        handover_to=contact,
        handover_due_at=min(handover_due(opened, support_calendar()), now - timedelta(hours=1)),
        created_at=opened,
        updated_at=asked,
        **emergency("Oak Valley High School"),
    )
    said = f"{contact} is asked to accept this case."
    for action, at, text in [(Action.OPENED_EXCEPTION, opened, ""), (Action.ASKED_TO_ACCEPT, asked, said)]:
        TimelineEntry.objects.create(
            case=case, district=case.district, by=agent, status=case.status, action=action, created_at=at, text=text
        )


def add_priorities(agent, author, other_author):
    """One case that Support knows to be more urgent than its answers say, due today, and one that awaits a call."""
    report = submit(author, TOPICS[3])
    reason = "The state closes its report on Friday, and several districts depend on this."
    actions.prioritize(case=report, by=agent, priority=Case.Priority.HIGH, reason=reason)
    actions.correct(case=report, by=agent, due_on=timezone.localdate(timezone=agent.zone))
    stops = {"urgency": Urgency.CRITICAL, "blocks_work": True, "users_affected": Case.Users.MANY}
    for each in (author, other_author):
        submit(each, TOPICS[0], subject="No roster opens since this morning", **stops)


def submit(author, topic, **changed):
    return actions.submit(
        by=author,
        product_area=ProductArea.objects.get(name=topic.area),
        **{
            "kind": topic.kind,
            "subject": topic.subject,
            "description": topic.description,
            "steps_to_replicate": topic.steps,
            "qualification": QUALIFICATIONS.get(changed.get("subject", topic.subject)),
            "urgency": Urgency.HIGH if topic.kind == Kind.ISSUE else Urgency.NORMAL,
        }
        | changed,
    )


def person(email):
    return User.objects.get(email=email)
