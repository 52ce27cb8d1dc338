from cases import urls
from tests.machine.rules import RULES

# Its own page, what is typed but not sent, and who else is here: they change nothing of the case.
NO_VERBS = {"detail", "draft", "here", "join"}


def test_the_rules_know_every_verb_that_a_case_has():
    of_a_case = {path.name for path in urls.urlpatterns if str(path.pattern).startswith("<int:number>/")}
    assert of_a_case - NO_VERBS == set(RULES)
