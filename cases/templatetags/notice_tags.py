from django import template

from cases.models import Notice

register = template.Library()
SHOWN = 3


@register.simple_tag(takes_context=True)
def pressing_notice(context):
    """The notice that stands at the top of the page: incidents first, then what was updated last; None for most.

    Who reads the page was loaded together with whether there is any notice that is open, so without one this asks
    nothing.
    """
    user = context.get("user")
    if not getattr(user, "may_have_notices", False):
        return None
    pressing = Notice.objects.open().affecting(user).not_dismissed_by(user)
    return pressing.order_by("kind", "-updated_at", "-pk").first()


@register.simple_tag(takes_context=True)
def notices_before_submitting(context):
    """The open incidents that affect the reader, those first that are about the product area of the form."""
    user, form = context["user"], context.get("form")
    if not getattr(user, "may_have_notices", False):
        return []
    area = str(form["product_area"].value() or "") if form and "product_area" in form.fields else ""
    incidents = Notice.objects.open().affecting(user).filter(kind=Notice.Kind.INCIDENT)
    found = list(incidents.prefetch_related("product_areas").order_by("-updated_at", "-pk")[:SHOWN])
    for notice in found:
        notice.is_match = area in {str(each.pk) for each in notice.product_areas.all()}
    return sorted(found, key=lambda notice: not notice.is_match)
