"""One person of every role, signed in, and a clock that can be turned."""

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone

from contacts.models import Role
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, ProductAreaFactory, UserFactory
from tests.machine.rules import PEOPLE, STRANGER

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
    """Days from now on; about noon in the district, so that no hour of its clocks is on another day."""

    def __init__(self, now, zone):
        self.now, self.day = now, 0
        self.until_noon = timedelta(hours=(36 - now().astimezone(zone).hour) % 24)

    def __call__(self):
        return self.now() + self.until_noon + timedelta(days=self.day)


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
    clients = {name: Client() for name in PEOPLE}
    for name, client in clients.items():
        client.force_login(people[name])
    return SimpleNamespace(
        district=district,
        people=people,
        names={None: None} | {person.pk: name for name, person in people.items()},
        clients=clients,
        clock=clock,
        area=ProductAreaFactory(),
        neighbor=None,
        secret="Zebra",
    )
