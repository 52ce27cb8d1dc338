"""Two districts with people of every role and rows of every kind; the texts of the second are canaries."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases.models import (
    CalendarFeed,
    Call,
    Case,
    CaseLink,
    Draft,
    NoticeArea,
    NoticeCase,
    NoticeDismissal,
    NoticeDistrict,
    NoticeUpdate,
    Presence,
    Qualification,
    TimelineEntry,
    UpdateRecipient,
    UpdateStep,
)
from cases.models.qualification import ANSWERS
from contacts import audit
from contacts.models import ANSWER_STAFF, DISTRICT_SIDE, CoverageGap, Gap, Role, TrainingModule
from credentials.models import CredentialType
from tests.factories import (
    AgentFactory,
    AgreementFactory,
    ApprovalDelegationFactory,
    CallerCodeFactory,
    CaseFactory,
    ContactRequestFactory,
    CourseFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    DistrictFactory,
    DistrictHolidayFactory,
    MessageDeliveryFactory,
    MessageFactory,
    NominationFactory,
    NoticeFactory,
    NoticeReportFactory,
    ProductAreaFactory,
    RequestGrantFactory,
    RequestVersionFactory,
    RequirementFactory,
    SchoolFactory,
    SiteFactory,
    StaffQuestionFactory,
    TrainingCompletionFactory,
    TypeRuleFactory,
    UpdateRequestFactory,
    UserFactory,
    VersionUpdateFactory,
)

# The keys of the second district's rows, the same in every table, and keys that no row has.
THEIRS, MISSING = 7_700_000_000, 8_800_000_000
CANARY = re.compile(r"canary[a-z]{2}zq", re.IGNORECASE)
# Anyone may read these, on the public help pages.
PUBLIC = {f"contacts_district.{column}" for column in ("name", "slug", "help_phone", "help_email", "help_text")}
STATUSES = [status for status in Case.Status if status != Case.Status.CLOSED]
# Those without choices.
TYPED_ANSWERS = [name for name in ANSWERS if not Qualification._meta.get_field(name).choices]


class Canaries:
    """One unmistakable word for each column."""

    def __init__(self):
        self.columns = {}

    def __call__(self, column):
        number = len(self.columns)
        word = f"Canary{chr(97 + number // 26)}{chr(97 + number % 26)}zq"
        return self.columns.setdefault(column, word)

    def named(self, words):
        """The columns whose words these are."""
        found = {word.lower() for word in words}
        return {column for column, word in self.columns.items() if word.lower() in found}


class District:
    """Fills a district; ``say`` gives the text of a column, ``key`` the key of a table's row with that number."""

    def __init__(self, say, key, agent):
        self.say, self.key, self.agent = say, key, agent
        self.row = DistrictFactory(
            **key("id", 1),
            **self.texts("contacts_district", "name", "identifier", "help_phone", "help_text"),
            slug=say("contacts_district.slug").lower(),
            help_email=f"{say('contacts_district.help_email')}@example.org",
        )
        self.schools = [
            SchoolFactory(
                **key("id", number),
                district=self.row,
                name=say("contacts_school.name"),
                identifier=f"{say('contacts_school.identifier')}{number}",
            )
            for number in (1, 2)
        ]
        DistrictHolidayFactory(
            **self.key("id", 1),
            district=self.row,
            name=say("contacts_districtholiday.name"),
            first_on=timezone.localdate(),
        )
        self.add_agreements()
        self.area = ProductAreaFactory()
        self.type = CredentialType.objects.get(code="LC")
        self.add_people()
        self.add_questions()
        for number, gap in enumerate(Gap, 1):
            began = timezone.now() - number * timedelta(days=20)
            CoverageGap.objects.create(**key("id", number), district=self.row, kind=gap, began_at=began)
        self.add_training()
        self.add_code()
        self.add_who_is_asked()
        self.add_cases()
        self.add_updates()
        self.add_notices()
        self.add_credentials()
        self.add_messages()
        for case in self.cases:
            audit.record(
                "case.reply", by=self.people["support_contact"], on=case, words=say("contacts_auditevent.detail")
            )

    def texts(self, table, *columns):
        return {column: self.say(f"{table}.{column}") for column in columns}

    def add_people(self):
        names = ["teacher", *DISTRICT_SIDE]
        self.people = {name: self.person(number) for number, name in enumerate(names, 1)}
        self.off = self.person(len(names) + 1, is_active=False)
        self.colleague = self.person(len(names) + 2)
        for number, role in enumerate(DISTRICT_SIDE, 1):
            school = self.schools[0] if role == Role.BUILDING_COACH else None
            self.designation(number, user=self.people[role], role=role, school=school)
        coach = self.people[Role.BUILDING_COACH]
        coach.away_until, coach.cover = timezone.localdate() + timedelta(days=9), self.people[Role.SUPPORT_CONTACT]
        coach.save()
        started = timezone.now() - 2 * settings.CONTACT_INACTIVE_AFTER
        past = {"started_at": started, "inactive_since": started, "user": self.colleague}
        third_party = self.person(len(names) + 3, organization=self.agreement.organization)
        self.designation(10, user=third_party, agreement=self.agreement, ends_at=self.agreement.expires_at)
        self.designation(8, **past, flagged_at=timezone.now())
        reason = self.say("contacts_designation.end_reason")
        self.designation(9, **past, role=Role.BUILDING_COACH, ended_at=timezone.now(), end_reason=reason)

    def add_agreements(self):
        table, now = "contacts_agreement", timezone.now()
        said = {"district": self.row, **self.texts(table, "organization", "document")}
        said["link"] = f"https://{self.say(f'{table}.link')}.example"
        self.agreement = AgreementFactory(**self.key("id", 1), **said)
        administrator = AgentFactory()
        over = {"recorded_at": now, "ended_at": now, "ended_by": administrator}
        AgreementFactory(**self.key("id", 2), **said, **over, **self.texts(table, "end_reason"))

    def add_questions(self):
        table, contact = "contacts_staffquestion", self.people["support_contact"]
        brought = {"status": "brought", "brought_by": contact, "brought_at": timezone.now()}
        brought |= self.texts(table, "reference")
        answered = {"status": "answered", "answered_by": contact, "answered_at": timezone.now()}
        answered |= self.texts(table, "answer")
        for number, fields in enumerate([{"went_to": "coach"}, {}, brought, answered, brought | answered], 1):
            StaffQuestionFactory(
                **self.key("id", number),
                **self.texts(table, "text"),
                asker=self.people["teacher"],
                idempotency_key=self.uuid(number),
                **fields,
            )

    def add_training(self):
        """What each contact reported themselves, and what the administrator recorded of them."""
        modules = list(TrainingModule.objects.for_roles(ANSWER_STAFF))
        contacts = [self.people["support_contact"], self.people["technical_contact"]]
        number = 0
        for person in contacts:
            for module, by in zip(modules, [person, self.people["district_administrator"]], strict=True):
                number += 1
                TrainingCompletionFactory(**self.key("id", number), person=person, module=module, recorded_by=by)

    def add_code(self):
        CallerCodeFactory(**self.key("id", 1), person=self.people["support_contact"], district=self.row)

    def add_who_is_asked(self):
        teacher, administrator = self.people["teacher"], self.people["district_administrator"]
        made = self.texts("contacts_nomination", "reason") | {"nominee": teacher, "nominated_by": administrator}
        declined = {"status": "declined", "decided_by": teacher, "decided_at": timezone.now()}
        NominationFactory(**self.key("id", 1), **made, acting_until=timezone.localdate())
        NominationFactory(**self.key("id", 2), **made, **declined, **self.texts("contacts_nomination", "answer"))
        asked = self.texts("contacts_contactrequest", "reason") | {"person": teacher, "requested_by": administrator}
        denied = {"status": "denied", "decided_by": self.agent, "decided_at": timezone.now()}
        denied |= self.texts("contacts_contactrequest", "decision_reason")
        ContactRequestFactory(**self.key("id", 1), **asked)
        ContactRequestFactory(**self.key("id", 2), **asked, **denied)

    def person(self, number, **fields):
        return UserFactory(
            **self.key("id", number),
            **self.texts("contacts_user", "first_name", "last_name", "title", "phone", "reach_hours"),
            email=f"{self.say('contacts_user.email')}{number}@example.org".lower(),
            staff_identifier=f"{self.say('contacts_user.staff_identifier')}{number}",
            district=self.row,
            school=self.schools[0],
            **fields,
        )

    def designation(self, number, **fields):
        DesignationFactory(**self.key("id", number), district=self.row, **fields)

    def add_cases(self):
        contact = self.people["support_contact"]
        self.cases = [self.case(number, contact, status=status) for number, status in enumerate(STATUSES, 1)]
        self.cases.append(self.case(8, contact, status=Case.Status.CLOSED, closed_at=timezone.now()))
        emergency = self.texts("cases_case", "caller_name", "caller_reach", "emergency")
        emergency |= {"is_exception": True, "handover_to": contact}
        self.cases.append(self.case(9, None, status=Case.Status.ASSIGNED, **emergency))
        first, second = self.cases[:2]
        CaseLink.objects.create(**self.key("id", 1), district=self.row, first=first, second=second)
        said = {**self.key("id", 1), **self.texts("cases_call", "colleague")}
        Call.objects.create(**said, district=self.row, case=first, host=contact)
        typed = {"district": self.row, "case": first, "mode": "reply"}
        text = self.say("cases_draft.text")
        Draft.objects.create(**self.key("id", 1), **typed, person=contact, text=text, form_key=self.uuid(1))
        text = self.say("cases_draft.text of an internal note")
        Draft.objects.create(**self.key("id", 2), **typed, person=self.agent, text=text, form_key=self.uuid(2))
        Presence.objects.create(**self.key("id", 1), district=self.row, case=first, agent=self.agent)
        answers = self.texts("cases_qualification", *TYPED_ANSWERS)
        Qualification.objects.create(**self.key("id", 1), district=self.row, case=first, **answers)

    def case(self, number, contact, *, status, **fields):
        case = CaseFactory(
            **self.key("number", number),
            **self.texts("cases_case", "subject", "description", "steps_to_replicate", "priority_reason"),
            district=self.row,
            contact=contact,
            product_area=self.area,
            assignee=None if status == Case.Status.NEW else self.agent,
            status=status,
            **self.what_it_needs(status),
            **fields,
        )
        said = self.say("cases_timelineentry.text")
        self.entry(2 * number - 1, case, by=contact, action="replied", text=said, idempotency_key=self.uuid(number))
        noted = self.say("cases_timelineentry.text of an internal note")
        self.entry(2 * number, case, by=self.agent, action="noted", text=noted, is_internal=True)
        return case

    def what_it_needs(self, status):
        needs = {
            Case.Status.ASSIST_REQUEST: {"assistant": self.agent},
            Case.Status.SCHEDULED: {"scheduled_on": timezone.localdate()},
            Case.Status.DEVELOPMENT: self.texts("cases_case", "defect_reference"),
        }
        return needs.get(status, {})

    def entry(self, number, case, **fields):
        TimelineEntry.objects.create(
            **self.key("id", number), case=case, district=self.row, status=case.status, **fields
        )

    def add_updates(self):
        """Each site of the district, and requests in each status."""
        technical = self.people["technical_contact"]
        kinds = ["production", "sandbox", "staging", "preview"]
        sites = [SiteFactory(**self.key("id", n), district=self.row, kind=kind) for n, kind in enumerate(kinds, 1)]
        said = {"requested_by": technical, "step": False, **self.texts("cases_updaterequest", "reason")}
        typed = said | self.texts("cases_updaterequest", "acknowledgement")
        statuses = ["requested", "scheduled", "completed", "declined", "canceled"]
        updates = [
            UpdateRequestFactory(**self.key("id", n), **typed, site=sites[1], status=status)
            for n, status in enumerate(statuses, 1)
            if status != "scheduled"
        ]
        updates.append(UpdateRequestFactory(**self.key("id", 2), **typed, site=sites[2], status="scheduled"))
        updates.append(VersionUpdateFactory(**self.key("id", 6), **said, site=sites[0], status="in_progress"))
        for number, update in enumerate(updates, 1):
            about = {"district": self.row, "request": update, "status": update.status, "by": self.agent}
            UpdateStep.objects.create(**self.key("id", number), **about, reason=self.say("cases_updatestep.reason"))
        teacher = self.people["teacher"]
        UpdateRecipient.objects.create(**self.key("id", 1), district=self.row, request=updates[0], person=teacher)
        feed = CalendarFeed(**self.key("id", 1), district=self.row, person=technical)
        feed.digest = self.say("cases_calendarfeed.digest")
        feed.save()

    def add_notices(self):
        """An open and a closed one, for this district alone; with what it and Support said about them."""
        contact, texts = self.people["support_contact"], self.texts("cases_notice", "title", "instructions")
        for number in (1, 2):
            closed = {} if number == 1 else {"resolved_at": timezone.now()}
            notice = NoticeFactory(**self.key("id", number), **texts, **closed, posted_by=self.agent, posted=False)
            about, about_district = {"notice": notice}, {"notice": notice, "district": self.row}
            said = {"number": 1, "step": "updated", "by": self.agent, "text": self.say("cases_noticeupdate.text")}
            NoticeUpdate.objects.create(**self.key("id", number), **about, **said)
            NoticeArea.objects.create(**self.key("id", number), **about, area=self.area)
            NoticeDistrict.objects.create(**self.key("id", number), **about_district)
            tied = {"case": self.cases[number - 1], "tied_by": self.agent}
            NoticeCase.objects.create(**self.key("id", number), **about_district, **tied)
            if number == 1:
                said = {"reported_by": contact, "note": self.say("cases_noticereport.note")}
                NoticeReportFactory(**self.key("id", 1), **about_district, **said)
                teacher = self.people["teacher"]
                NoticeDismissal.objects.create(**self.key("id", 1), **about_district, person=teacher, number=0)

    def uuid(self, number):
        return UUID(int=number + (2 if self.key("id", 1) else 1) * THEIRS)

    def add_credentials(self):
        holders = [self.people["teacher"], *self.people.values()]
        self.records = [self.record(number, holder) for number, holder in enumerate(holders, 1)]
        approver = self.people["credential_approver"]
        decided = {"decided_by": approver, "decided_at": timezone.now()}
        comment = self.say("credentials_credentialrequest.comment")
        self.request(1, record=self.records[0])
        self.request(2)
        self.request(3, status="denied", comment=comment, **decided)
        self.request(4, record=self.records[1], status="denied", comment=comment, **decided)
        self.request(5, status="withdrawn", withdrawn_at=timezone.now())
        self.request(6, record=self.records[1], status="approved", comment=comment, **decided)
        self.request(7, requester=approver)
        administrator = self.people["district_administrator"]
        position = self.say("credentials_requestgrant.position")
        RequestGrantFactory(**self.key("id", 1), granted_by=administrator, position=position, person=None)
        ApprovalDelegationFactory(**self.key("id", 1), approver=approver, delegate=administrator)
        TypeRuleFactory(**self.key("id", 1), changed_by=administrator, type=self.type)
        for number in (1, 2):
            self.course(number)

    def course(self, number):
        words = self.texts("credentials_course", "code", "title")
        lists = {name: [self.say(f"credentials_course.{name}")] for name in ("subjects", "grade_levels")}
        words["code"] += str(number)
        course = CourseFactory(**self.key("id", number), **words, **lists, district=self.row, school=self.schools[0])
        asked = {name: [self.say(f"credentials_requirement.{name}")] for name in ("subjects", "grade_levels", "levels")}
        field = self.say("credentials_requirement.field")
        RequirementFactory(**self.key("id", number), **asked, field=field, level_key="level", course=course)

    def record(self, number, holder):
        table = "credentials_credentialrecord"
        return CredentialRecordFactory(
            **self.key("id", number),
            holder=holder,
            district=self.row,
            type=self.type,
            identifier=f"{self.say(f'{table}.identifier')}{number}",
            field=self.say(f"{table}.field"),
            subjects=[self.say(f"{table}.subjects")],
            extra={"a_key_of_its_own": self.say(f"{table}.extra")},
            expires_on=timezone.localdate(),
        )

    def request(self, number, **fields):
        table = "credentials_credentialrequest"
        requester = fields.pop("requester", self.people["teacher"])
        request = CredentialRequestFactory(
            **self.key("id", number),
            requester=requester,
            district=self.row,
            type=self.type,
            is_new="record" not in fields,
            brief_description=self.say(f"{table}.brief_description"),
            original=fields["record"].values if "record" in fields else {},
            proposed={"identifier": self.say(f"{table}.proposed"), "field": self.say(f"{table}.proposed")},
            labels={"identifier": self.say(f"{table}.labels")},
            idempotency_key=self.uuid(number),
            **fields,
        )
        RequestVersionFactory(**self.key("id", number), request=request, asked_for="", district=self.row)

    def add_messages(self):
        for number, person in enumerate(self.people.values(), 1):
            link = f"/cases/{self.cases[0].pk}/"
            self.message(2 * number - 1, person, link=link)
            self.message(2 * number, person, link=link, read_at=timezone.now())
            MessageDeliveryFactory(**self.key("id", number), person=person)

    def message(self, number, person, **fields):
        MessageFactory(
            **self.key("id", number),
            **self.texts("contacts_message", "title", "body", "subject"),
            recipient=person,
            email_to=f"{self.say('contacts_message.email_to')}@example.org",
            **fields,
        )


def world():
    """Our district in ordinary words, theirs in canaries. What Support notes in ours is a canary too."""
    canaries = Canaries()
    agent = AgentFactory()
    theirs = District(canaries, lambda name, number: {name: THEIRS + number}, agent)

    def say(column):
        return canaries(f"our {column}") if "internal" in column else f"Our{len(column)}{column[-3:]}"

    ours = District(say, lambda name, number: {}, agent)
    nobody = UserFactory(district=None)
    readers = {**ours.people, "nobody": nobody, "switched off": ours.off}
    return SimpleNamespace(ours=ours, theirs=theirs, readers=readers, canaries=canaries)
