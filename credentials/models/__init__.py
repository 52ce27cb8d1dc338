from credentials.models.records import CredentialRecord, stored
from credentials.models.requests import CredentialRequest, RequestStatus, approvers_for
from credentials.models.types import (
    DATE_ELEMENTS,
    LONGEST,
    SEVERAL_ELEMENTS,
    CredentialField,
    CredentialType,
    DataType,
    Element,
)

__all__ = [
    "DATE_ELEMENTS",
    "LONGEST",
    "SEVERAL_ELEMENTS",
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Element",
    "RequestStatus",
    "approvers_for",
    "stored",
]
