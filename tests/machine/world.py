"""One person of every role, signed in, and a clock that can be turned."""

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone

from cases.models import Case
from contacts.models import Role
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, ProductAreaFactory, UserFactory
from tests.machine.known import BOTH, PEOPLE, STRANGER, SUPPORT

# What fills itself in by a default knows the clock from before it is turned.
CREATED_AT = Case._meta.get_field("created_at")
OF_THE_DISTRICT = {
    "contact": [Role.SUPPORT_CONTACT],
    "technical": [Role.TECHNICAL_CONTACT],
    "teacher": [],
    "coach": [Role.BUILDING_COACH],
    "administrator": [Role.DISTRICT_ADMINISTRATOR],
    "approver": [Role.CREDENTIAL_APPROVER],
    "former": [],
}


class Clock:
    """Days from the first on; about noon in the district, so that no hour of its clocks is on another day."""

    def __init__(self, now, zone):
        self.now, self.day = now, 0
        self.until_noon = timedelta(hours=(36 - now().astimezone(zone).hour) % 24)
        self.first = self()

    def __call__(self):
        return self.now() + self.until_noon + timedelta(days=self.day)

    def day_of(self, at):
        return at and (at - self.first).days


def world(monkeypatch):
    district = DistrictFactory(help_phone="555 0100")
    people = {name: UserFactory(district=district, roles=roles) for name, roles in OF_THE_DISTRICT.items()}
    people[STRANGER] = UserFactory(roles=[Role.SUPPORT_CONTACT])
    people |= {"ann": AgentFactory(), "ben": AgentFactory(), "lead": AgentFactory(roles=[Role.SUPPORT_LEAD])}
    people["admin"] = UserFactory(district=None, is_staff=True)
    ended = {"ended_at": timezone.now(), "end_reason": "They left."}
    DesignationFactory(user=people["former"], started_at=timezone.now() - timedelta(days=9), **ended)
    clock = Clock(timezone.now, ZoneInfo(district.time_zone))
    monkeypatch.setattr(timezone, "now", clock)
    monkeypatch.setattr(CREATED_AT, "default", clock)
    CREATED_AT.__dict__.pop("_get_default", None)
    clients = {name: Client() for name in PEOPLE}
    for name, client in clients.items():
        client.force_login(people[name])
    return SimpleNamespace(
        district=district,
        people=people,
        names={None: None} | {person.pk: name for name, person in people.items()},
        # A message about a note is of no district.
        may_be_told={(people[name].pk, district.pk) for name in BOTH}
        | {(people[name].pk, None) for name in SUPPORT}
        | {(people[name].pk, people[STRANGER].district_id) for name in [STRANGER, *SUPPORT]},
        clients=clients,
        clock=clock,
        area=ProductAreaFactory(),
        neighbor=None,
        secret="Zebra",
    )
