from credentials.models.approvers import approvers_for, approvers_of, staff_overseen_by
from credentials.models.courses import MOST_GROUPS, Course, Requirement, first_rule, school_year_end
from credentials.models.delegations import ApprovalDelegation
from credentials.models.descriptors import Descriptor, Vocabulary
from credentials.models.grants import RequestGrant, may_request
from credentials.models.records import CredentialRecord, fingerprint, nearest_reminder, serialize_values
from credentials.models.renewals import next_period, renewal_of
from credentials.models.requests import CredentialRequest
from credentials.models.statuses import EDITABLE
from credentials.models.type_rules import TypeRule, Way, is_automatic, way_of
from credentials.models.types import (
    DATE_ELEMENTS,
    EDFI_ELEMENTS,
    LIST_DATA_TYPES,
    LIST_ELEMENTS,
    MAX_LENGTHS,
    CredentialField,
    CredentialType,
    DataType,
    Element,
    shown,
    waiting_in_vain,
)
from credentials.models.versions import RequestVersion

__all__ = [
    "DATE_ELEMENTS",
    "EDFI_ELEMENTS",
    "EDITABLE",
    "LIST_DATA_TYPES",
    "LIST_ELEMENTS",
    "MAX_LENGTHS",
    "MOST_GROUPS",
    "ApprovalDelegation",
    "Course",
    "CredentialField",
    "CredentialRecord",
    "CredentialRequest",
    "CredentialType",
    "DataType",
    "Descriptor",
    "Element",
    "RequestGrant",
    "RequestVersion",
    "Requirement",
    "TypeRule",
    "Vocabulary",
    "Way",
    "approvers_for",
    "approvers_of",
    "fingerprint",
    "first_rule",
    "is_automatic",
    "may_request",
    "nearest_reminder",
    "next_period",
    "renewal_of",
    "school_year_end",
    "serialize_values",
    "shown",
    "staff_overseen_by",
    "waiting_in_vain",
    "way_of",
]
