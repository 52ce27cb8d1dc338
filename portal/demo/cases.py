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
    Qualification,
    Team,
    TimelineEntry,
    handover_due,
    priority_by_table,
    support_calendar,
)
from contacts.models import Message, Role, User
from portal.demo.case_texts import (
    ANSWERS,
    CANNED_REPLIES,
    LIBRARY,
    QUALIFICATIONS,
    RESOLUTIONS,
    THANKS,
    TOPICS,
    TRAINING,
)

Action, Kind, Status, Urgency = TimelineEntry.Action, Case.Kind, Case.Status, Case.Urgency
Settlement = Case.Settlement

HISTORY = 190
TWO_YEARS = timedelta(days=730)
# The older cases are closed; the latest ones are in these.
OPEN_STATUSES = [status for status in Status if status not in (Status.NEW, Status.CLOSED)]
SETTLED_STATUSES = {Status.CLOSED, Status.PENDING_VERIFICATION}
SETTLED = {
    Kind.QUESTION: [Settlement.HOW_TO, Settlement.HOW_TO, Settlement.NO_FAULT],
    Kind.ISSUE: [Settlement.DATA, Settlement.DEFECT, Settlement.HOW_TO],
    Kind.REQUEST: [Settlement.REQUEST, Settlement.REQUEST, Settlement.HOW_TO],
}
URGENCIES = [Urgency.LOW, *[Urgency.NORMAL] * 6, *[Urgency.HIGH] * 3]


def add_cases():
    """Two years of history in bulk, then the latest cases by the actions themselves.

    The history is not in the audit, whose moments are the database's own.
    """
    for name, training in TRAINING.items():
        ProductArea.objects.filter(name=name).update(training=training, training_url=f"{LIBRARY}{slugify(name)}/")
    add_history(Random(2026))  # noqa: S311 - the same history at every start
    add_latest()
    old = Message.objects.order_by("pk").values("pk")[::2]
    Message.objects.filter(pk__in=[message["pk"] for message in old]).update(read_at=timezone.now())


def add_history(random):
    now = timezone.now()
    agents = list(User.objects.active().holding(Role.SUPPORT_AGENT, Role.SUPPORT_LEAD).order_by("pk"))
    # Who works for another organization has no cases yet.
    everyone = User.objects.active().holding(Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT)
    contacts = list(everyone.filter(organization="").order_by("pk"))
    technical = set(User.objects.holding(Role.TECHNICAL_CONTACT))
    areas = {area.name: area for area in ProductArea.objects.all()}
    cases, threads = [], []
    for number in range(HISTORY):
        topic = TOPICS[number % len(TOPICS)]
        area = areas[topic.area]
        contact = random.choice([person for person in contacts if person in technical or not area.technical_only])
        # More cases recently than long ago.
        begun = now - TWO_YEARS * (1 - number / HISTORY) ** 1.5 - timedelta(minutes=random.randrange(600))
        if in_working_hours(begun, number) < now:
            begun = in_working_hours(begun, number)
        case, thread = make_case(random, topic, area, contact, random.choice(agents), begun, number)
        case.priority = priority_by_table(case)
        if case.status == Status.ASSIST_REQUEST:
            case.assistant = next(agent for agent in agents if agent != case.assignee)
        if number % 19 == 6 and case.status == Status.CLOSED:
            make_exception(case, thread)
        cases.append(case)
        threads.append(thread)
    add_teams(agents)
    Case.objects.bulk_create(cases)
    entries = [
        TimelineEntry(case=case, district_id=case.district_id, **entry)
        for case, thread in zip(cases, threads, strict=True)
        for entry in thread
    ]
    TimelineEntry.objects.bulk_create(entries, batch_size=1000)
    answered = [case for case in cases[::2] if case.subject in QUALIFICATIONS]
    Qualification.objects.bulk_create(
        Qualification(case=case, district_id=case.district_id, **QUALIFICATIONS[case.subject]) for case in answered
    )


def in_working_hours(moment, number):
    """Of the same day, or of the Friday before a weekend, between 8 AM and noon in Chicago."""
    return (moment - timedelta(days=max(moment.weekday() - 4, 0))).replace(hour=14 + number % 4)


def add_teams(agents):
    """Two teams: the managed services for the technical areas, one for all others."""
    # The first agent is the one whom the README names.
    for name, technical, members in [("Applications", False, agents), ("Managed Services", True, agents[:1])]:
        team, _ = Team.objects.get_or_create(name=name, defaults={"works_updates": technical})
        team.members.set(members)
        ProductArea.objects.filter(technical_only=technical).update(team=team)


def make_case(random, topic, area, contact, agent, begun, number):
    """A case that is not saved yet, and the values of its timeline entries."""
    is_old = number < HISTORY - 40
    status = Status.CLOSED if is_old else Status.NEW if number > HISTORY - 8 else OPEN_STATUSES[number % 6]
    if not is_old and status != Status.NEW and number % 5 == 2:
        status = Status.CLOSED
    settled_as = SETTLED[topic.kind][number // len(TOPICS) % 3] if status in SETTLED_STATUSES else ""
    thread, at = [], begun

    def happened(action, by, status, text="", hours=0):
        nonlocal at
        at = min(at + timedelta(hours=hours, minutes=random.randrange(50)), timezone.now())
        internal = action == Action.NOTED
        thread.append(
            {"action": action, "by": by, "status": status, "text": text, "created_at": at, "is_internal": internal}
        )

    happened(Action.SUBMITTED, contact, Status.NEW)
    if status != Status.NEW:
        happened(Action.TAKEN, agent, Status.ASSIGNED, hours=1)
        if number % 3 == 0:
            happened(Action.NOTED, agent, Status.ASSIGNED, "Seen in another district after the last update.", hours=1)
        if number % 2 == 0 or status == Status.PENDING_INPUT:
            happened(Action.ASKED, agent, Status.PENDING_INPUT, topic.question, hours=3)
        if number % 2 == 0 and status != Status.PENDING_INPUT:
            happened(Action.REPLIED, contact, Status.ASSIGNED, random.choice(ANSWERS), hours=20)
        if settled_as:
            resolution = f"{random.choice(RESOLUTIONS)}\n\n{settled_as.label}"
            happened(Action.RESOLVED, agent, Status.PENDING_VERIFICATION, resolution, hours=10)
        if status == Status.CLOSED and number % 12 == 5:
            happened(Action.CLOSED, contact, Status.CLOSED, hours=24)
            happened(Action.REOPENED, contact, Status.ASSIGNED, "It happens again for one of our schools.", hours=40)
            happened(Action.RESOLVED, agent, Status.PENDING_VERIFICATION, resolution, hours=10)
        if status == Status.CLOSED:
            happened(Action.CLOSED, contact, Status.CLOSED, random.choice(THANKS), hours=24)
        elif status in (Status.SCHEDULED, Status.DEVELOPMENT, Status.ASSIST_REQUEST):
            happened(Action.MOVED, agent, status, "We will let you know here as soon as there is news.", hours=8)
    is_critical = number % 23 == 0
    return Case(
        district=contact.district,
        contact=contact,
        assignee=None if status == Status.NEW else agent,
        kind=topic.kind,
        product_area=area,
        subject=topic.subject,
        description=topic.description,
        steps_to_replicate=topic.steps,
        urgency=Urgency.CRITICAL if is_critical else random.choice(URGENCIES),
        blocks_work=is_critical,
        users_affected=Case.Users.MANY if is_critical else random.choice(Case.Users.values),
        phoned_at=begun + timedelta(minutes=12) if is_critical else None,
        due_on=(begun + timedelta(days=14)).date() if number % 11 == 0 else None,
        status=status,
        settled_as=settled_as,
        scheduled_on=timezone.localdate() + timedelta(days=number % 9) if status == Status.SCHEDULED else None,
        defect_reference=f"DEF-{4100 + number}" if status == Status.DEVELOPMENT else "",
        created_at=begun,
        updated_at=at,
        # Late enough that it is not closed at once.
        resolved_at=max(at, timezone.now() - timedelta(days=5)) if status == Status.PENDING_VERIFICATION else None,
        closed_at=at if status == Status.CLOSED else None,
    ), thread


def make_exception(case, thread):
    """The case began with a call of somebody else, and its contact accepted it where an agent would have taken it."""
    begun, accepted = thread[0], thread[1]
    begun |= {"action": Action.OPENED_EXCEPTION, "by": case.assignee, "status": Status.ASSIGNED}
    accepted |= {"action": Action.ACCEPTED, "by": case.contact}
    case.is_exception, case.urgency, case.handed_over_at = True, Urgency.CRITICAL, accepted["created_at"]
    case.priority, case.priority_reason = Case.Priority.CRITICAL, EMERGENCY
    case.handover_due_at = handover_due(case.created_at, None)
    case.caller_name, case.caller_reach = "The front office", "555-0199"
    case.emergency = "No authorized contact could be reached, and classes were waiting."


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
