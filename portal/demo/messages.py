from contacts import actions
from contacts.models import Delivery, Kind, User

CHOSEN = {
    "support@demo.example": {Kind.CONTACTS: Delivery.DIGEST, Kind.UPDATE: Delivery.HERE},
    "technical@demo.example": {Kind.CASE: Delivery.DIGEST},
    "agent@support.example": {Kind.CASE: Delivery.HERE},
}


def add_deliveries():
    """Some people chose how they are told of messages."""
    for email, deliveries in CHOSEN.items():
        actions.choose_deliveries(deliveries, by=User.objects.get(email=email))
