"""Which people: who can act, who holds a role, who is called so, and whom somebody may see."""

from django.contrib.auth.base_user import BaseUserManager
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from contacts.models.roles import ANSWER_STAFF, AUTHORIZED_CONTACTS, SUPPORT_SIDE

# Words that fit more people than this say too little to look for.
MOST_CALLED = 1000


class UserQuerySet(models.QuerySet):
    def active(self):
        """People who can sign in and be reached (``User.can_sign_in``)."""
        return self.filter(is_active=True, email__isnull=False)

    def holding(self, *roles, district=None):
        """People with a current designation to one of the roles; ``district=None`` looks at every district."""
        designations = self.model._meta.get_field("designations").related_model.objects
        held = designations.current().filter(user=OuterRef("pk"), role__in=roles)
        if district is not None:
            held = held.filter(district=district)
        return self.filter(Exists(held))

    def contacts_of(self, district):
        """The district's current authorized contacts who can act and be reached."""
        return self.active().holding(*AUTHORIZED_CONTACTS, district=district)

    def who_answer_staff(self):
        """People whom staff turn to, who can act and be reached."""
        return self.active().holding(*ANSWER_STAFF)

    def of_support(self):
        """The agents and leads of Support who can act and be reached."""
        return self.active().holding(*SUPPORT_SIDE)

    def named(self, words):
        """People whose name, e-mail address or position has every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(last_name__icontains=word)
                | Q(first_name__icontains=word)
                | Q(email__icontains=word)
                | Q(title__icontains=word)
            )
        return found

    def called(self, typed):
        """Whose name has all the words, or whose e-mail address or phone number it is: for Support, of any district.

        Words may be the beginnings of the person's, in any order; a phone number its last seven digits or more. One
        that is stored without its area code is found with it, too.
        """
        # Ahead of a policy PostgreSQL cannot use the index, so a function of the database does.
        with connection.cursor() as cursor:
            cursor.execute("SELECT people_called(%s, %s)", [typed, MOST_CALLED])
            return self.filter(pk__in=[key for (key,) in cursor])

    def visible_to(self, user):
        """Support and Django admins see everyone; the others see their own district."""
        if user.is_support or user.is_staff:
            return self
        return self.filter(district_id=user.district_id, district__isnull=False)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())
