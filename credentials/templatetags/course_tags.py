"""What credentials say of courses, where a page of records or requests shows it."""

from django import template

from credentials import reports

register = template.Library()


@register.inclusion_tag("credentials/_effect.html")
def effect(credential_request):
    """What its approval would change in what the requester might teach."""
    return {"changes": reports.effect_of(credential_request), "person": credential_request.requester}


@register.simple_tag
def courses_might_teach(user):
    """How many courses the person might be qualified to teach today."""
    question = reports.Question(user.district, user.district.today, person=user)
    return sum(row["state"] in reports.MIGHT for row in question.pairs())
