from cases.actions import submit
from cases.models import Case, ProductArea
from contacts import actions
from contacts.models import User

# (who asks, what)
WAITING = [
    ("g.lindqvist@demo.example", "Can two counselors share one caseload list?"),
    ("p.hollis@demo.example", "How do I take attendance for a class that is not mine?"),
    ("teacher@other.example", "Where do I see which of my students have a health plan?"),
]
ANSWERED = ("teacher@demo.example", "How do I print a seating chart with photos? Mine comes out without any.")
ANSWER = "Open the section, choose Seating Chart, and tick Show photos before you print."
BROUGHT = ("s.rosales@demo.example", "Three of my students do not appear in attendance since Monday.")


def add_questions():
    """Some wait, one is answered, and one became a case."""
    for asker, text in WAITING:
        ask(asker, text)
    actions.answer(ask(*ANSWERED), by=person("coach@demo.example"), text=ANSWER)
    contact, question = person("support@demo.example"), ask(*BROUGHT)
    submit(
        by=contact,
        question=question,
        kind=Case.Kind.QUESTION,
        product_area=ProductArea.objects.get(name="Attendance"),
        subject="Students missing in attendance",
        description=f"Asked by {question.asker}:\n\n{question.text}",
    )


def ask(asker, text):
    return actions.ask(by=person(asker), text=text)


def person(email):
    return User.objects.get(email=email)
