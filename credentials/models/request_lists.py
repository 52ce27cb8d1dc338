"""Which requests a list shows, and how long they take."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from contacts.models import Role
from credentials.models.approvers import somebody_decides
from credentials.models.statuses import OPEN, RequestStatus

# How far back the usual time to decide looks.
USUAL_TIME_OF = timedelta(days=365)


class Median(models.Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


class CredentialRequestQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status=RequestStatus.PENDING)

    def open(self):
        """Submitted, and not yet decided or withdrawn."""
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        """One's own requests, also those that an administrator entered for one; no drafts that were discarded."""
        return self.filter(requester=user).exclude(status=RequestStatus.WITHDRAWN, version=0)

    def kept_by(self, user):
        """What the person may change and withdraw: their own, and what they entered for others."""
        return self.filter(Q(requester=user) | Q(entered_by=user))

    def decidable_by(self, user):
        """What a credential approver sees: the requests of their district, or of their schools, with their own."""
        held = [each for each in user.current_designations if each.role == Role.CREDENTIAL_APPROVER]
        submitted = self.filter(district__in=[each.district_id for each in held]).filter(version__gt=0)
        if all(each.school_id for each in held):
            return submitted.filter(requester__school__in=[each.school_id for each in held])
        return submitted

    def unsuccessful(self):
        """What one may request again."""
        return self.filter(status__in=[RequestStatus.DENIED, RequestStatus.WITHDRAWN])

    def waiting_for(self, user):
        """What this approver can decide now: nobody decides their own request, one they entered, or one twice."""
        waiting = self.decidable_by(user).pending().exclude(requester=user)
        return waiting.exclude(entered_by__isnull=False, entered_by=user).exclude(
            first_approved_by__isnull=False, first_approved_by=user
        )

    def that_nobody_decides(self):
        """Pending, and without an approver who may decide it."""
        return self.pending().filter(~somebody_decides())

    def usual_time(self, district, at):
        """The median time from a request to its decision in the district, of those of the last year, or None."""
        decided = self.filter(district=district, decided_at__gte=at - USUAL_TIME_OF, is_automatic=False)
        return decided.aggregate(median=Median(F("decided_at") - F("submitted_at")))["median"]
