"""The forms of the sign-in pages, with the portal's labels. What they check is allauth's."""

from allauth.account import forms


class PlainLabelsMixin:
    """An e-mail address is called what the rest of the portal calls it, and no placeholder repeats a label."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.label = "E-mail"


class LoginForm(PlainLabelsMixin, forms.LoginForm):
    pass


class ReauthenticateForm(PlainLabelsMixin, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(PlainLabelsMixin, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainLabelsMixin, forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainLabelsMixin, forms.ChangePasswordForm):
    pass


class SetPasswordForm(PlainLabelsMixin, forms.SetPasswordForm):
    pass
