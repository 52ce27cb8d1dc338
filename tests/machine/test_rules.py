from cases import urls
from tests.machine.rules import RULES


def test_the_rules_know_every_verb_that_a_case_has():
    of_a_case = {path.name for path in urls.urlpatterns if str(path.pattern).startswith("<int:number>/")}
    assert of_a_case - {"detail"} == set(RULES)
