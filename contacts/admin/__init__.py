from contacts.admin import people, training
from contacts.admin._common import ReadOnlyAdmin, TypedFilter

__all__ = ["ReadOnlyAdmin", "TypedFilter", "people", "training"]
