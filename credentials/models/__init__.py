from credentials.models.records import CredentialRecord
from credentials.models.requests import CredentialRequest, RequestStatus, TransitionRefused
from credentials.models.types import CredentialField, CredentialType, DataType, Element

__all__ = [
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Element",
    "RequestStatus",
    "TransitionRefused",
]
