"""The forms of the sign-in pages, with the portal's labels. What they check is allauth's."""

from allauth.account import forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms

from contacts import scope


class PlainLabelsMixin:
    """Labels as in the rest of the portal, and no placeholder that repeats one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.label = "E-mail" if isinstance(field, forms.EmailField) else str(field.label).capitalize()


class LoginForm(PlainLabelsMixin, forms.LoginForm):
    pass


class ReauthenticateForm(PlainLabelsMixin, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(PlainLabelsMixin, forms.ResetPasswordForm):
    def clean_email(self):
        """The database must show the person whose address was typed."""
        scope.enter(scope.of_person(email=self.cleaned_data["email"]))
        return super().clean_email()


class ResetPasswordKeyForm(PlainLabelsMixin, forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainLabelsMixin, forms.ChangePasswordForm):
    pass


class SetPasswordForm(PlainLabelsMixin, forms.SetPasswordForm):
    pass


class AuthenticateForm(PlainLabelsMixin, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(PlainLabelsMixin, mfa_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainLabelsMixin, totp_forms.ActivateTOTPForm):
    pass
