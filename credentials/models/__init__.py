from credentials.models.descriptors import Descriptor, Vocabulary
from credentials.models.records import CredentialRecord, serialize_values
from credentials.models.requests import CredentialRequest, approvers_for
from credentials.models.types import (
    DATE_ELEMENTS,
    LIST_DATA_TYPES,
    LIST_ELEMENTS,
    MAX_LENGTHS,
    CredentialField,
    CredentialType,
    DataType,
    Element,
    shown,
)

__all__ = [
    "DATE_ELEMENTS",
    "LIST_DATA_TYPES",
    "LIST_ELEMENTS",
    "MAX_LENGTHS",
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Descriptor",
    "Element",
    "Vocabulary",
    "approvers_for",
    "serialize_values",
    "shown",
]
