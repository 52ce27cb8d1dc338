"""The forms of the sign-in pages, in the portal's own words; what they check is allauth's."""

from allauth.account import forms


class InOurWords:
    """An address is called as everywhere in the portal, and no placeholder says a label twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.label = "E-mail"


class LoginForm(InOurWords, forms.LoginForm):
    pass


class ReauthenticateForm(InOurWords, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(InOurWords, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(InOurWords, forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(InOurWords, forms.ChangePasswordForm):
    pass


class SetPasswordForm(InOurWords, forms.SetPasswordForm):
    pass
