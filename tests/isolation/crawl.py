"""Walks the portal as people of one district, and puts the keys and words of another into everything they can send.

Each answer is compared with the one to a key or word that nobody has: ``compare`` sends both.
"""

import re
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.http.cookie import SimpleCookie
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve, reverse
from django.utils.http import int_to_base36

from cases.models import Case, UpdateRequest
from cases.views.update_history import LATEST_FIRST
from cases.views.updates import QUEUES
from contacts.models import ContactRequest, Message, Role, StaffQuestion, User
from contacts.pagination import cursor_from
from contacts.views.contact_requests import LATEST_DECISION_FIRST, LONGEST_WAITING_FIRST
from contacts.views.messages import NEWEST_FIRST as MESSAGES_NEWEST_FIRST
from contacts.views.messages import UNREAD_FIRST as GROUPS_UNREAD_FIRST
from contacts.views.people import BY_NAME
from contacts.views.questions import NEW_FIRST
from credentials.models import Course, CredentialRecord, CredentialRequest
from credentials.views.ahead import NEXT_FIRST
from credentials.views.approvals import NEWEST_FIRST, OLDEST_FIRST
from credentials.views.courses import BY_TITLE
from portal import walls
from tests.isolation.pages import Page
from tests.isolation.world import CANARY, MISSING, PUBLIC, THEIRS

HELP = {"contacts:help", "contacts:district_help"}
# What changes with every answer; and times, which a comparison must not depend on.
FLEETING = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|<time.*?</time>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', re.DOTALL
)
# Of a list to choose from; only that of time zones is longer.
MOST_CHOICES = 15
UUID_OF_NOBODY = str(UUID(int=MISSING))
WORD_OF_NOBODY = "Nobodyqxzq"
LISTS = [
    (Case, ["-updated_at", "-number"]),
    (Message, GROUPS_UNREAD_FIRST),
    (Message, MESSAGES_NEWEST_FIRST),
    (User, BY_NAME),
    (StaffQuestion, NEW_FIRST),
    (ContactRequest, LONGEST_WAITING_FIRST),
    (ContactRequest, LATEST_DECISION_FIRST),
    (CredentialRequest, OLDEST_FIRST),
    (CredentialRequest, NEWEST_FIRST),
    (CredentialRecord, NEXT_FIRST),
    (Course, BY_TITLE),
    *((UpdateRequest, order) for _, order in QUEUES.values()),
    (UpdateRequest, LATEST_FIRST),
]
ANNOTATED = {
    # As a group of one message.
    Message: lambda rows: rows.annotate(is_read=Value(False), newest_at=F("created_at"), newest=F("pk")),
    StaffQuestion: lambda rows: rows.with_is_new(),
}
FAULTS = ("canaries", "changes", "server errors", "differences")
KEYS = {
    *("again", "agent", "area", "assignee", "contact", "cursor", "district", "idempotency_key", "newest", "next"),
    *("cover", "product_area", "q", "question", "record", "request", "school", "type", "user", "uidb36"),
}


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes

    @property
    def is_page(self):
        return self.status == 200 and b"<html" in self.body


@dataclass(frozen=True)
class Sent:
    """A value of the other district, and the one like it that nobody has."""

    value: str
    nobodys: str


class Crawl:
    """Every reader's walk. ``code`` is whether the querysets stand: without them, what people may do within their own
    district ends in errors, which are none of another district's. The policies know no roles: for them alone, the
    technical contact, who opens all that the support contact does, walks for both.
    """

    def __init__(self, world, *, code):
        self.world, self.cursors, self.code = world, list(cursors_of(world)), code
        self.counts, self.faults = Counter(), []

    def run(self):
        walks = [
            Walk(self, name, person)
            for name, person in self.world.readers.items()
            if self.code or name != Role.SUPPORT_CONTACT
        ]
        # Who signs in is no longer as before.
        self.before = self.state_of_others()
        for walk in walks:
            walk.run()

    def fault(self, kind, what):
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {what}")

    def state_of_others(self):
        """A checksum of the rows of every other district, by table."""
        with connection.cursor() as cursor:
            cursor.execute(checksums(), {"ours": str(self.world.ours.row.pk)})
            return dict(cursor.fetchall())


@cache
def checksums():
    columns = {"contacts_district": "id::text", "contacts_auditevent": "district_key"}
    # Of no district: no district changes any of them.
    columns |= dict.fromkeys(["cases_notice", "cases_noticeupdate", "cases_noticearea"], "'of none'")
    tables = [table for table, rule in walls.TABLES.items() if isinstance(rule, walls.Rows)]
    return " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t "
        f"WHERE {columns.get(table, 'district_id::text')} NOT IN (%(ours)s, '')"
        for table in tables
    )


class Walk:
    """One person's."""

    def __init__(self, crawl, name, person):
        self.crawl, self.name = crawl, name
        self.client = Client(raise_request_exception=False)
        self.client.force_login(person)
        self.session = self.client.cookies[settings.SESSION_COOKIE_NAME].value
        # By the name of their address, and for forms also by their fields.
        self.pages, self.forms, self.filters = {}, {}, set()
        # What the links and forms of a page ask the page itself for.
        self.asked = defaultdict(set)
        # To what nobody has.
        self.answers = {}

    def run(self):
        self.follow_everything()
        self.put_keys_into_paths()
        self.put_keys_into_queries()
        self.put_keys_into_forms()

    # --- what our own pages lead to

    def follow_everything(self):
        """Every link, form, filter and fragment, from the start page and from each address that needs no key; a page
        with each value of each of its parameters, and not with all of them in every combination.
        """
        waiting = ["/", *(address for _, address in plain_addresses())]
        seen = set()
        while waiting:
            address = waiting.pop(0)
            if not address.startswith("/") or address.startswith(("/static/", "/components/")):
                continue
            if (asked := asked_for(address)) <= seen:
                continue
            seen |= asked
            answer = self.send("get", address)
            if answer.location:
                waiting.append(answer.location)
            if answer.is_page:
                waiting += self.read(address, answer)

    def read(self, address, answer):
        """Note the page and its forms, send each form once, and say where all of it leads."""
        page = Page(address, answer.body.decode())
        self.pages.setdefault(name_of(address), address)
        found = list(page.links)
        for link in page.links:
            self.asked[name_of(link)].update(parse_qs(urlsplit(link).query))
        for form in page.forms:
            key = (name_of(form.action), *sorted(form.data))
            if key not in self.forms and key not in self.filters:
                found += self.follow(form, key)
        return found

    def follow(self, form, key):
        if form.method == "post":
            self.forms[key] = form
            return [self.send("post", form.action, data).location for data in choices(form)]
        self.filters.add(key)
        self.asked[key[0]].update(form.data)
        return [f"{urlsplit(form.action).path}?{urlencode(data)}" for data in choices(form)]

    # --- what is theirs, put into all of it

    def put_keys_into_paths(self):
        forms = {key[0]: form.data for key, form in self.forms.items()}
        for name, arguments in addresses_with_keys():
            for method in ("get", "post"):
                data = forms.get(name, {}) if method == "post" else {}
                nobodys = path_arguments(arguments, MISSING)
                for number in range(1, 10):
                    theirs = path_arguments(arguments, THEIRS + number)
                    sent = [Sent(str(theirs[each]), str(nobodys[each])) for each in arguments]
                    addresses = [reverse(name, kwargs=kwargs) for kwargs in (theirs, nobodys)]
                    answer = self.compare(name, method, *addresses, data, data, sent)
                    # Whoever may not open the page is refused before its view looks at any key.
                    if answer.status in (302, 401, 403, 405):
                        break

    def put_keys_into_queries(self):
        """Each parameter that a page asks for on its own, and all others together."""
        for name, address in self.pages.items():
            path, asked = urlsplit(address).path, KEYS & self.asked[name]
            for parameter in sorted(asked):
                for each in self.values(parameter):
                    theirs, nobodys = (f"{path}?{urlencode({parameter: v})}" for v in (each.value, each.nobodys))
                    self.compare(name, "get", theirs, nobodys, {}, {}, [each])
            key = Sent(str(THEIRS + 1), str(MISSING))
            theirs, nobodys = (
                f"{path}?{urlencode(dict.fromkeys(sorted(KEYS - asked), v))}" for v in (key.value, key.nobodys)
            )
            self.compare(name, "get", theirs, nobodys, {}, {}, [key])

    def put_keys_into_forms(self):
        for key, form in self.forms.items():
            for field in form.data:
                if field in KEYS or takes_a_key(form, field):
                    for each in self.values(field):
                        theirs, nobodys = ({**form.data, field: value} for value in (each.value, each.nobodys))
                        self.compare(key[0], "post", form.action, form.action, theirs, nobodys, [each])

    def values(self, name):
        """What is theirs for a parameter or field of that name."""
        keys = [Sent(str(THEIRS + number), str(MISSING)) for number in (1, 3, 5)]
        words = [Sent(word, WORD_OF_NOBODY) for word in self.crawl.world.canaries.columns.values()]
        if name == "cursor":
            return self.crawl.cursors
        if name == "next":
            return [Sent(f"/cases/{keys[0].value}/", f"/cases/{keys[0].nobodys}/")]
        if name == "idempotency_key":
            return [Sent(str(self.crawl.world.theirs.uuid(number)), UUID_OF_NOBODY) for number in (1, 2)]
        if name == "q":
            return keys + words
        return keys + words[:1] if name in ("agent", "contact", "district") else keys

    def compare(self, name, method, theirs, nobodys, data, other_data, sent):
        """The answer for what is theirs, which is the one for what nobody has."""
        answer = self.send(method, theirs, data, sent=sent)
        if name not in HELP:
            key = (method, nobodys, tuple(other_data.items()))
            if key not in self.answers:
                self.answers[key] = self.send(method, nobodys, other_data)
            if differ(answer, self.answers[key], sent):
                # What a page says of times may have changed since: both are asked once more, one after the other.
                answer = self.send(method, theirs, data, sent=sent)
                self.answers[key] = self.send(method, nobodys, other_data)
            if differ(answer, self.answers[key], sent):
                what = f"{self.name} {method} {theirs} {data}: {answer.status}, not {self.answers[key].status}"
                self.crawl.fault("differences", what)
        return answer

    def send(self, method, address, data=None, *, sent=()):
        """The answer to one request, whose changes are looked at and taken back at once."""
        self.client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.session})
        with transaction.atomic():
            response = getattr(self.client, method)(address, data or None, headers={"Accept": "text/html"})
            # Files are read while they are sent.
            body = response.getvalue()
            after = self.crawl.state_of_others()
            transaction.set_rollback(True)
        self.check(f"{self.name} {method} {address} {data or ''}", response, body, after, sent)
        return Answer(response.status_code, response.headers.get("Location", ""), body)

    def check(self, what, response, body, after, sent):
        crawl = self.crawl
        crawl.counts["requests"] += 1
        crawl.counts["pages"] += response.status_code == 200
        if response.status_code >= 500 and (sent or crawl.code):
            crawl.fault("server errors", what)
        for table in crawl.before:
            if after[table] != crawl.before[table]:
                crawl.fault("changes", f"{what}: {table}")
        everything = "\n".join([str(response.headers), response.cookies.output(), body.decode()])
        words = set(CANARY.findall(everything)) - {word for each in sent for word in CANARY.findall(each.value)}
        columns = crawl.world.canaries.named(words)
        if name_of(response.request["PATH_INFO"]) in HELP:
            columns -= PUBLIC
        for column in columns:
            crawl.fault("canaries", f"{what}: {column}")


def asked_for(address):
    """The path with each parameter and its value. Where somebody came from changes no page."""
    parts = urlsplit(address)
    asked = {(parts.path, name, value) for name, value in parse_qsl(parts.query) if name != "back"}
    return asked or {(parts.path, "", "")}


def name_of(address):
    with suppress(Resolver404):
        return resolve(urlsplit(address).path).view_name
    return address


def differ(answer, nobodys, sent):
    return hidden(answer, *(each.value for each in sent)) != hidden(nobodys, *(each.nobodys for each in sent))


def hidden(answer, *values):
    """The answer without what was sent, and without what differs in every answer."""
    body, location = FLEETING.sub(b"", answer.body), answer.location
    for value in values:
        body = re.sub(re.escape(value).encode(), b"SENT", body, flags=re.IGNORECASE)
        location = location.replace(value, "SENT")
    return Answer(answer.status, re.sub(r"\d+", "N", location), body)


def choices(form):
    """The form as it is, and with each other choice of each of its fields."""
    yield form.data
    for name, values in form.options.items():
        for value in values[:MOST_CHOICES]:
            if form.data.get(name) != value:
                yield {**form.data, name: value}


def takes_a_key(form, field):
    return any(value.isdecimal() for value in [form.data[field], *form.options.get(field, [])])


def addresses(resolver=None, namespace=""):
    """(name, its arguments) of every address of the portal."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{namespace}{entry.name}", tuple(entry.pattern.regex.groupindex)
        else:
            yield from addresses(entry, namespace + (f"{entry.namespace}:" if entry.namespace else ""))


def plain_addresses():
    return [(name, reverse(name)) for name, arguments in addresses() if not arguments]


def addresses_with_keys():
    return [(name, arguments) for name, arguments in addresses() if arguments and "app_label" not in arguments]


def path_arguments(names, key):
    special = {"uidb36": int_to_base36(key), "key": "set-password", "slug": f"nobody-{key}"}
    return {name: special.get(name, key) for name in names}


def cursors_of(world):
    """Cursors that lists of the other district hand out, and those of rows that are nowhere."""
    for model, order in LISTS:
        rows = model.objects.filter(district=world.theirs.row)
        if model in ANNOTATED:
            rows = ANNOTATED[model](rows)
        row = rows.earliest("pk")
        theirs = cursor_from(row, order)
        row.pk += MISSING - THEIRS
        if hasattr(row, "newest"):
            row.newest = row.pk
        yield Sent(theirs, cursor_from(row, order))
