"""Which designations: who holds them, and what the clock does to them next."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Least

from contacts.models.roles import AUTHORIZED_CONTACTS, Role
from contacts.models.training import Level, TrainingNeed

# The keys come back as one array: nothing of it is done for each row here.
UPDATE_FREE = """
WITH free AS ({query}), updated AS (
    UPDATE {table} AS stored SET {changes} FROM free WHERE stored.id = free.key RETURNING stored.id
)
SELECT coalesce(array_agg(id), '{{{{}}}}') FROM updated
"""


class DesignationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def in_force(self, at):
        """Current, and not past their planned end, also where nobody has looked since."""
        return self.current().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def authorized_contacts(self):
        return self.current().filter(role__in=AUTHORIZED_CONTACTS)

    def not_flagged(self):
        """Contacts whose 180 days run; the conditions are those of contacts_not_yet_flagged."""
        return self.authorized_contacts().filter(flagged_at__isnull=True)

    def due_to_be_flagged(self, at):
        return self.not_flagged().filter(inactive_since__lte=at - settings.CONTACT_INACTIVE_AFTER)

    def due_to_be_warned(self, at):
        """With ``nearest``, how many days before the flag they are warned now; what they missed is passed over."""
        since = at - settings.CONTACT_INACTIVE_AFTER
        nearest = [
            When(inactive_since__lte=since + timedelta(days=days), then=days)
            for days in sorted(settings.CONTACT_WARN_DAYS_BEFORE)
        ]
        waiting = self.not_flagged().active().annotate(nearest=Case(*nearest, output_field=models.IntegerField()))
        first = timedelta(days=max(settings.CONTACT_WARN_DAYS_BEFORE))
        return waiting.filter(
            Q(warned_days_before__isnull=True) | Q(warned_days_before__gt=F("nearest")),
            inactive_since__gt=since,
            inactive_since__lte=since + first,
        )

    def due_to_end(self, at):
        """The conditions are those of designations_that_will_end."""
        return self.current().filter(ends_at__lte=at)

    def with_needed(self):
        """With ``needed``, how many contacts of their kind a district needs."""
        technical = When(role=Role.TECHNICAL_CONTACT, then=settings.RECOMMENDED_TECHNICAL_CONTACTS)
        needed = Case(technical, default=settings.RECOMMENDED_SUPPORT_CONTACTS, output_field=models.IntegerField())
        return self.annotate(needed=needed)

    def with_next_date(self):
        """Contacts with ``next_date``, when the role ends by itself or they are flagged; flagged ones may have none."""
        flagged = When(flagged_at__isnull=True, then=F("inactive_since") + settings.CONTACT_INACTIVE_AFTER)
        next_date = Least("ends_at", Case(flagged, output_field=models.DateTimeField()))
        return self.authorized_contacts().active().annotate(next_date=next_date)

    def coming_up(self, at):
        """Contacts whose ``next_date`` comes soon, with ``needed`` and with ``left``, how many of their kind the
        district can then still count on.
        """
        last = at + settings.ALERT_OF_GAP_BEFORE
        idle = Q(flagged_at__isnull=True, inactive_since__lte=last - settings.CONTACT_INACTIVE_AFTER)
        soon = self.with_next_date().filter(Q(ends_at__lte=last) | idle)
        return soon.with_needed().annotate(left=Coalesce(Subquery(self._left()), 0))

    def _left(self):
        same = {"district": OuterRef("district"), "role": OuterRef("role")}
        others = self.model.objects.with_next_date().filter(flagged_at__isnull=True, **same)
        date = OuterRef("next_date")
        later = others.filter(Q(next_date__gt=date) | Q(next_date=date, pk__gt=OuterRef("pk")))
        return later.order_by().values("role").annotate(count=models.Count("pk")).values("count")

    def due_to_be_alerted(self, at):
        """Contacts after whom their district soon has too few, and of whose ``next_date`` it was not yet told."""
        untold = Q(alerted_of__isnull=True) | ~Q(alerted_of=F("next_date"))
        goes_back = Q(reverts_to__isnull=False, next_date=F("ends_at"))
        return self.coming_up(at).filter(untold, ~goes_back, left__lt=F("needed"))

    def flagged(self):
        """The conditions are those of contacts_flagged."""
        return self.current().filter(flagged_at__isnull=False)

    def update_free(self, **values):
        """Update the rows that nobody has locked, in one statement, and return their keys."""
        free = self.order_by().select_for_update(skip_locked=True, of=("self",))
        # Under other names, since a value may be made of the column that it is for.
        free = free.values(key=F("pk"), **{f"new_{name}": value for name, value in values.items()})
        query, params = free.query.sql_with_params()
        changes = ", ".join(f"{name} = free.new_{name}" for name in values)
        with connection.cursor() as cursor:
            cursor.execute(UPDATE_FREE.format(query=query, table=self.model._meta.db_table, changes=changes), params)
            return cursor.fetchone()[0]

    def active(self):
        """Held by people who can act and be reached (``User.can_sign_in``)."""
        return self.filter(user__is_active=True, user__email__isnull=False)

    def untrained(self, *levels):
        """Held by people who lack a current training module that is expected for the role, or at the ``levels``."""
        needed = TrainingNeed.objects.at(*levels or [Level.EXPECTED]).filter(role=OuterRef("role"))
        return self.filter(Exists(needed.unmet_by(OuterRef(OuterRef("user")))))

    def visible_to(self, user):
        if user.is_support or user.is_staff:
            return self
        return self.filter(district_id=user.district_id, district__isnull=False)
