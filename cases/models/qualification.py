"""What a case is asked about beside its description, by kind, so that Support can see the same; and how much of it."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.choices import Kind
from cases.models.sites import SiteKind
from contacts.constraints import SameDistrict, Unchanging, choices_constraint
from contacts.models import District
from contacts.models.districts import validate_one_line

SHORT_LINE, LONG_LINE = 200, 1000


class Frequency(models.TextChoices):
    ALWAYS = "always", "Every time"
    SOMETIMES = "sometimes", "Sometimes"
    ONCE = "once", "Once so far"


@dataclass(frozen=True)
class Question:
    """``weight``: how much an answer helps. ``called``: what it is, in a sentence about what would help most."""

    kinds: tuple
    weight: int
    called: str


EVERY, ISSUE = tuple(Kind), (Kind.ISSUE,)
# In the order in which they are asked. The first and the steps are the case's own, and alone are compulsory.
QUESTIONS = {
    "description": Question(EVERY, 3, "a description"),
    "attempted": Question((Kind.ISSUE, Kind.QUESTION), 2, "what was attempted"),
    "happened": Question(ISSUE, 2, "what exactly happened"),
    "expected": Question(ISSUE, 2, "what was expected"),
    "documented_at": Question(ISSUE, 1, "where that is documented"),
    "purpose": Question((Kind.REQUEST,), 2, "what it is needed for"),
    "steps_to_replicate": Question(ISSUE, 3, "the exact steps"),
    "example": Question(ISSUE, 1, "example conditions"),
    "menu_path": Question((Kind.ISSUE, Kind.QUESTION), 1, "the menu path"),
    "url": Question(ISSUE, 1, "the address of the page"),
    "frequency": Question(ISSUE, 2, "whether it happens every time"),
    "environment": Question((Kind.ISSUE, Kind.REQUEST), 1, "the site"),
    "setting": Question(EVERY, 1, "the school year, school and calendar"),
    "version": Question(ISSUE, 1, "the version"),
    "workaround": Question(ISSUE, 1, "how people get by"),
}
ANSWERS = [name for name in QUESTIONS if name not in ("description", "steps_to_replicate")]


def line(label, help_text="", longest=LONG_LINE):
    return models.CharField(
        label,
        max_length=longest,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
        help_text=help_text,
    )


def text(label, help_text=""):
    return models.TextField(label, blank=True, default="", db_default="", help_text=help_text)


def choice(label, choices, help_text=""):
    return models.CharField(
        label, max_length=20, choices=choices, blank=True, default="", db_default="", help_text=help_text
    )


class Qualification(models.Model):
    """The answers of one case, as they were submitted. One that was not asked about anything more has none."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="qualification")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    attempted = text("What were you trying to do?")
    happened = text("What happened?", "Also the exact words of an error message.")
    expected = text("What should have happened?")
    documented_at = line("Where is that documented?", "The page or article that says so, or its address.")
    purpose = text("What is it needed for?", "What depends on it, and for whom.")
    example = text(
        "Example conditions", "What the data looks like where it happens: grade, enrollment status and so on. No names."
    )
    menu_path = line("Menu path", "Such as Attendance, then Period attendance.")
    url = line("Address of the page", "As in the address bar of the browser.")
    frequency = choice("How often does it happen?", Frequency)
    environment = choice("On which site?", SiteKind)
    setting = line("School year, school and calendar", "Such as 2026-27, Hillside High, block.", SHORT_LINE)
    version = line("Version", "If you know it.", SHORT_LINE)
    workaround = text("How do people get by in the meantime?")

    class Meta:
        constraints = [
            choices_constraint("frequency", Frequency, name="a_frequency_is_one_of_the_known", blank=True),
            choices_constraint("environment", SiteKind, name="a_case_is_about_a_known_kind_of_site", blank=True),
            models.CheckConstraint(
                condition=Q(*(~Q(**{name: ""}) for name in ANSWERS), _connector=Q.OR),
                name="a_qualification_says_something",
                violation_error_message="A qualification has at least one answer.",
            ),
            SameDistrict(
                field="case",
                name="a_qualification_is_of_its_cases_district",
                violation_error_message="The answers about a case belong to its district.",
            ),
            Unchanging(
                name="a_qualification_stays_as_it_was_submitted",
                violation_error_message="What was submitted with a case is never changed.",
            ),
        ]

    def __str__(self):
        return f"Qualification of {self.case}"

    @property
    def answers(self):
        return {name: answer for name in ANSWERS if (answer := getattr(self, name))}


@dataclass(frozen=True)
class Completeness:
    """Of how much is asked, how much is answered: in questions, and in what they weigh."""

    answered: int
    asked: int
    weight: int
    most: int
    helpful: str

    def __str__(self):
        if not self.helpful:
            return f"All {self.asked} answered."
        return f"{self.answered} of {self.asked} answered. What would help most: {self.helpful}."


def questions_for(kind):
    return {name: question for name, question in QUESTIONS.items() if kind in question.kinds}


def completeness(kind, said):
    """``said`` gives an answer by the name of its question."""
    asked = questions_for(kind)
    open_questions = [question for name, question in asked.items() if not (said.get(name) or "").strip()]
    most = sum(question.weight for question in asked.values())
    return Completeness(
        answered=len(asked) - len(open_questions),
        asked=len(asked),
        weight=most - sum(question.weight for question in open_questions),
        most=most,
        helpful=max(open_questions, key=lambda question: question.weight).called if open_questions else "",
    )


def answers_of(case):
    """(what was asked, the answer as people read it) of what the case was asked beside its description and steps."""
    if not (qualification := getattr(case, "qualification", None)):
        return []
    fields = {name: Qualification._meta.get_field(name) for name in qualification.answers}
    return [
        (field.verbose_name, getattr(qualification, f"get_{name}_display")() if field.choices else answer)
        for (name, field), answer in zip(fields.items(), qualification.answers.values(), strict=True)
    ]


def completeness_of(case):
    qualification = getattr(case, "qualification", None)
    own = {"description": case.description, "steps_to_replicate": case.steps_to_replicate}
    return completeness(case.kind, {**own, **(qualification.answers if qualification else {})})
