"""The forms for signing in and for passwords: allauth's and Django's, in plain words."""

from allauth.account import forms as allauth
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm

from collab_site.core.accounts.models import User
from collab_site.core.accounts.roles import Role

PASSWORD_HINT = (
    f"At least {settings.PASSWORD_MIN_LENGTH} characters. Three words that have nothing to do with "
    "each other are easy to remember and hard to guess."
)
# By the name of a field: its label, its hint, and what it is called when it is missing.
WORDS = {
    "login": ("E-mail address", "", "your e-mail address"),
    "email": ("E-mail address", "", "your e-mail address"),
    "password": ("Password", "", "your password"),
    "oldpassword": ("Current password", "", "your current password"),
    "password1": ("New password", PASSWORD_HINT, "a new password"),
    "password2": ("New password again", "", "the new password again"),
    "first_name": ("First name", "", "your first name"),
    "last_name": ("Last name", "", "your last name"),
    "school": ("School (optional)", "", "a school"),
}
AUTOCOMPLETE = {
    "login": "username",
    "email": "email",
    "first_name": "given-name",
    "last_name": "family-name",
}


class PlainLabelsMixin:
    """A form whose fields say what they want in the portal's words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text, missing = WORDS[name]
            field.error_messages["required"] = f"Enter {missing}."
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("autofocus", None)
            if name in AUTOCOMPLETE:
                field.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]


class LoginForm(PlainLabelsMixin, allauth.LoginForm):
    pass


class ResetPasswordForm(PlainLabelsMixin, allauth.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainLabelsMixin, allauth.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainLabelsMixin, allauth.ChangePasswordForm):
    pass


class NewPasswordForm(PlainLabelsMixin, BaseUserCreationForm):
    """A new password for the person who is the form's `instance`.

    It is asked for twice: without JavaScript nobody can look at what they have typed.
    """

    error_messages = {"password_mismatch": "Type the same password both times."}

    class Meta:
        model = User
        fields = []

    def validate_password_for_user(self, user, password_field_name="password1"):
        """Name what is wrong with a password where it is typed first."""
        super().validate_password_for_user(user, password_field_name)


class FirstAccountForm(NewPasswordForm):
    """A headteacher's account, made by the headteacher."""

    class Meta(NewPasswordForm.Meta):
        fields = ["first_name", "last_name", "email", "school"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].empty_label = "None"

    def save(self, commit=True):
        """Save the account and make its owner a headteacher."""
        user = super().save(commit)
        user.give_role(Role.HEADTEACHER)
        return user
