"""What a person comes for, beside what waits for them; what the menu has is not said again."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Way:
    permission: str
    address: str
    label: str
    text: str = ""
    icon: str = ""
    of_district: bool = False

    @property
    def url(self):
        return reverse(self.address)


# For the button at the top: what each comes for most often.
FIRST = [
    Way("cases.submit_case", "cases:new", "Submit a case", icon="plus"),
    Way("contacts.designate", "contacts:choose_person", "Designate a contact", icon="user-plus", of_district=True),
    Way("contacts.ask", "contacts:ask", "Ask my contact", icon="circle-question-mark"),
]
WAYS = [
    Way(
        "cases.open_exception",
        "cases:new_exception",
        "Open an exception case",
        "In an emergency, for a caller who is not an authorized contact.",
    ),
    Way(
        "contacts.check_callers",
        "contacts:callers",
        "Who is calling?",
        "Whether a caller speaks for their district, and whether they are who they say.",
    ),
    Way("contacts.show_code", "contacts:code", "Code for a call with Support", "Prove on the phone that it is you."),
    Way("contacts.ask", "contacts:ask", "Ask my contact", "Your coach or a support contact answers."),
    Way(
        "credentials.view_own",
        "credentials:records",
        "My Credentials",
        "See your records and request changes.",
    ),
    Way(
        "contacts.view_directory",
        "contacts:directory",
        "My district's contacts",
        "Who speaks with Support, and how to reach them.",
        of_district=True,
    ),
    Way(
        "contacts.review_coverage",
        "contacts:coverage",
        "Coverage",
        "Which contacts are missing, and what is coming up.",
    ),
    Way("contacts.invite_people", "contacts:people", "People", "Add and invite your district's staff."),
    Way(
        "contacts.change_district_settings",
        "contacts:settings",
        "District settings",
        "Your public help page, your time zone and what your staff may do.",
    ),
]


def first_action(user):
    return next((way for way in FIRST if _is_open_to(way, user)), None)


def ways(user):
    first = first_action(user)
    return [way for way in WAYS if _is_open_to(way, user) and not (first and way.address == first.address)]


def _is_open_to(way, user):
    return user.has_perm(way.permission) and (not way.of_district or bool(user.district_id))
