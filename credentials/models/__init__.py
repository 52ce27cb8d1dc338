from credentials.models.approvers import approvers_for
from credentials.models.courses import MOST_GROUPS, Course, Requirement, school_year_end
from credentials.models.descriptors import Descriptor, Vocabulary
from credentials.models.records import CredentialRecord, nearest_reminder, serialize_values
from credentials.models.renewals import next_period, renewal_of
from credentials.models.requests import CredentialRequest
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
from credentials.models.versions import RequestVersion

__all__ = [
    "DATE_ELEMENTS",
    "LIST_DATA_TYPES",
    "LIST_ELEMENTS",
    "MAX_LENGTHS",
    "MOST_GROUPS",
    "Course",
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Descriptor",
    "Element",
    "RequestVersion",
    "Requirement",
    "Vocabulary",
    "approvers_for",
    "nearest_reminder",
    "next_period",
    "renewal_of",
    "school_year_end",
    "serialize_values",
    "shown",
]
