class ActionRefused(Exception):
    """What was asked for cannot be done as things stand. The text is a sentence for the person who asked."""

    # The function and the arguments of the action that ended so.
    attempt = None


class DuplicateSubmission(ActionRefused):
    """An idempotency key came a second time, with other content than the first time."""

    def __init__(self):
        super().__init__(
            "You already sent this form with different content. To send this as well, press the button again."
        )


class Outdated(ActionRefused):
    """``news`` is what others said of the case or the notice since the person opened the page on which they wrote."""

    def __init__(self, what, news):
        super().__init__(
            f"{what} has changed since you opened this page. Read what is new, then send again, changed or unchanged."
        )
        self.news = news
