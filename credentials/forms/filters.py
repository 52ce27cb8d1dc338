"""What the lists of requests and of records are narrowed to; it lives in the address."""

from django import forms

from contacts.forms import TOO_LONG
from contacts.models import School, User
from credentials.models import CredentialRecord, CredentialRequest, CredentialType, Descriptor, Vocabulary

Status = CredentialRequest.Status
Validity = CredentialRecord.Validity
VALIDITIES = [
    ("", "Any"),
    (Validity.VALID, "Valid"),
    (Validity.EXPIRING, "Expires soon"),
    (Validity.EXPIRED, "Expired"),
    (Validity.NOT_YET_VALID, "Starts later"),
]
HIDDEN_FROM_APPROVERS = [Status.DRAFT, Status.PENDING]


def words(label):
    return forms.CharField(label=label, required=False, max_length=200, error_messages={"max_length": TOO_LONG})


class DistrictFilterForm(forms.Form):
    """Of a district: by type, by school and by the name of the person."""

    type = forms.ModelChoiceField(CredentialType.objects, required=False, label="Credential Type", empty_label="All")
    school = forms.ModelChoiceField(School.objects.none(), required=False, empty_label="All")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.filter(district=user.district_id)

    @property
    def chosen(self):
        """What can be read of the address; a value that is none of the choices does not narrow."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def is_active(self):
        return any(self.data.get(name) for name in self.fields)

    @property
    def query(self):
        """The address's query that keeps the list as it is."""
        kept = self.data.copy()
        for name in [*kept]:
            if name not in self.fields or not kept[name]:
                kept.pop(name)
        return kept.urlencode()


class ApprovalFilterForm(DistrictFilterForm):
    # What is pending has one's own requests too, on which somebody else decides.
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Pending"),
            ("decide", "For me to decide"),
            *(choice for choice in Status.choices if choice[0] not in HIDDEN_FROM_APPROVERS),
            ("all", "All"),
        ],
        label="Status",
    )
    subject = forms.ModelChoiceField(
        Descriptor.objects.filter(vocabulary=Vocabulary.SUBJECT, is_offered=True),
        required=False,
        to_field_name="code_value",
        empty_label="All",
    )
    requester = words("Requested by")

    field_order = ["status", "type", "school", "subject", "requester"]

    @property
    def status_shown(self):
        return self.chosen.get("status") or "pending"

    @property
    def is_waiting(self):
        return self.status_shown in ("pending", "decide")

    def requests(self, user):
        """Those of the requests that the approver sees, which were asked for."""
        asked, found = self.chosen, CredentialRequest.objects.decidable_by(user)
        if self.status_shown == "decide":
            found = found.waiting_for(user)
        elif self.status_shown != "all":
            found = found.filter(status=self.status_shown)
        if "type" in asked:
            found = found.filter(type=asked["type"])
        if "school" in asked:
            found = found.filter(requester__school=asked["school"])
        if "subject" in asked:
            found = found.about_subject(asked["subject"].code_value)
        if "requester" in asked:
            found = found.requested_by(asked["requester"])
        return found


class StaffFilterForm(DistrictFilterForm):
    q = words("Name")
    validity = forms.ChoiceField(required=False, choices=VALIDITIES)
    field_order = ["q", "type", "school", "validity"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.today = user.district.today

    def records(self, records):
        asked = self.chosen
        if "type" in asked:
            records = records.filter(type=asked["type"])
        if "school" in asked:
            records = records.filter(holder__school=asked["school"])
        if "q" in asked:
            records = records.filter(holder__in=User.objects.named(asked["q"]))
        return records.standing(asked["validity"], self.today) if "validity" in asked else records
