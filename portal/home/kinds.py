"""Which kinds of needs a person has, by what they may do."""

from portal.home import cases, people


def kinds(user, at):
    if user.has_perm("contacts.answer_nominations"):
        yield from people.nominations(user)
    if user.has_perm("cases.work_case"):
        yield from cases.of_support(user, at)
    if user.has_perm("cases.work_updates"):
        yield from cases.updates_to_schedule(user)
    if user.has_perm("cases.submit_case"):
        yield from cases.of_contact(user)
    if user.has_perm("contacts.answer_questions"):
        yield from people.questions(user)
    if user.has_perm("credentials.decide_request"):
        yield from people.decisions(user)
    if user.has_perm("contacts.decide_contact_requests"):
        yield from people.contact_requests(user)
    if user.has_perm("contacts.review_inactive"):
        yield from people.flagged(user)
    if user.has_perm("contacts.complete_training"):
        yield from people.training(user)
    if user.has_perm("credentials.view_own"):
        yield from people.expiring(user)


def without_rows(user):
    """Needs that no row of a table stands for."""
    if user.district_id and user.has_perm("contacts.designate"):
        return people.missing_contacts(user)
    return []
