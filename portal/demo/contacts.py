from datetime import timedelta

from contacts import actions
from contacts.models import User

WHY = "Our high school gets a data office of its own in January, and nobody there can ask Support yet."
WHY_ACTING = "Yuki Sorensen is away for a month."


def add_requests():
    """A district asks for an additional support contact, and asks one of its contacts to act as technical contact."""
    administrator, asked_for, asked = map(person, ("administrator", "n.achebe", "support"))
    actions.request_contact(asked_for, by=administrator, reason=WHY)
    last_day = asked.district.today + timedelta(days=30)
    actions.nominate(asked, by=administrator, acting_until=last_day, reason=WHY_ACTING)


def person(mailbox):
    return User.objects.get(email=f"{mailbox}@other.example")
