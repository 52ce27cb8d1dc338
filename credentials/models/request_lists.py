"""Which requests a list shows, and how long they take."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contacts.models import Role, User
from credentials.models.approvers import decided_by, schools_of, somebody_decides
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
        """What the person may change and withdraw: their own, and what they entered for others as an administrator."""
        if Role.DISTRICT_ADMINISTRATOR not in user.roles:
            return self.filter(requester=user)
        return self.filter(Q(requester=user) | Q(entered_by=user, district=user.district_id))

    def decidable_by(self, user):
        """What a credential approver sees: the requests of their district, or of their schools, with their own."""
        schools = schools_of(user)
        if not schools:
            return self.none()
        submitted = self.filter(district=user.district_id, version__gt=0)
        return submitted if None in schools else submitted.filter(requester__school__in=schools)

    def about_subject(self, subject):
        """Which ask for the subject, or had it before."""
        return self.filter(Q(proposed__subjects__contains=[subject]) | Q(original__subjects__contains=[subject]))

    def requested_by(self, words):
        """Whose requester's name, e-mail address or position has every one of the words."""
        return self.filter(requester__in=User.objects.named(words))

    def unsuccessful(self):
        """What one may request again."""
        return self.filter(status__in=[RequestStatus.DENIED, RequestStatus.WITHDRAWN])

    def waiting_for(self, user):
        """What this approver can decide now: nobody decides their own request, one they entered, or one twice.

        Nor does anybody in the place of such a person.
        """
        waiting = self.decidable_by(user).pending().filter(decided_by(user)).exclude(requester=user)
        return waiting.exclude(entered_by__isnull=False, entered_by=user).exclude(
            first_approved_by__isnull=False, first_approved_by=user
        )

    def with_is_decidable(self):
        return self.annotate(is_decidable=somebody_decides())

    def that_nobody_decides(self):
        """Pending, and without an approver who may decide it."""
        return self.pending().filter(~somebody_decides())

    def that_somebody_decides(self):
        return self.pending().filter(somebody_decides())

    def to_remind_of(self, at):
        """Perhaps due to be reminded of: business days are counted for each."""
        latest = at - timedelta(days=settings.CREDENTIAL_REMIND_AFTER_DAYS)
        return self.pending().filter(reminded_at=None, escalated_at=None, pending_since__lte=latest)

    def to_escalate(self, at):
        latest = at - timedelta(days=settings.CREDENTIAL_ESCALATE_AFTER_DAYS)
        return self.pending().filter(escalated_at=None, pending_since__lte=latest)

    def at_a_standstill(self):
        """What nobody can decide, and what was escalated."""
        return self.pending().with_is_decidable().filter(Q(is_decidable=False) | Q(escalated_at__isnull=False))

    def usual_time(self, district, at):
        """The median time from a request to its decision in the district, of those of the last year, or None."""
        decided = self.filter(district=district, decided_at__gte=at - USUAL_TIME_OF, is_automatic=False)
        return decided.aggregate(median=Median(F("decided_at") - F("submitted_at")))["median"]
