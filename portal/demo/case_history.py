"""The cases of two years, made in bulk: they are not in the audit, whose moments are the database's own."""

from datetime import timedelta

from django.utils import timezone

from cases.actions.exceptions import EMERGENCY
from cases.models import Case, ProductArea, Qualification, Team, TimelineEntry, handover_due, priority_by_table
from contacts.models import Role, User
from portal.demo.case_texts import ANSWERS, QUALIFICATIONS, RESOLUTIONS, THANKS, TOPICS

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
