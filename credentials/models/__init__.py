from credentials.models.records import CredentialRecord, serialize_values
from credentials.models.requests import CredentialRequest, approvers_for
from credentials.models.types import (
    CORE_SUBJECT_AREA,
    DATE_ELEMENTS,
    LIST_ELEMENTS,
    MAX_LENGTHS,
    CredentialField,
    CredentialType,
    DataType,
    Element,
)

__all__ = [
    "CORE_SUBJECT_AREA",
    "DATE_ELEMENTS",
    "LIST_ELEMENTS",
    "MAX_LENGTHS",
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Element",
    "approvers_for",
    "serialize_values",
]
