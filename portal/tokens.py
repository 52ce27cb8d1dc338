from django.contrib.auth import tokens


class PasswordResetTokenGenerator(tokens.PasswordResetTokenGenerator):
    """A link to choose a password dies with its person's sessions."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.sessions_ended_at}"
