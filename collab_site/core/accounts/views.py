"""The pages for signing in that aren't allauth's own."""

from http import HTTPStatus

from allauth.account import views as allauth
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from collab_site.core.accounts.forms import FirstAccountForm, NewPasswordForm
from collab_site.core.accounts.models import Invitation, User


class LoginView(allauth.LoginView):
    """Signs people in, as long as the database can be written.

    allauth counts tries in the cache, which is in the database. It takes a count that can't be
    written for a limit that has been reached, and would ask to wait.
    """

    def dispatch(self, request, *args, **kwargs):
        """Raise a DatabaseError, which becomes a page for it, before any try is counted."""
        if request.method == "POST":
            User.objects.filter(pk=0).update(is_active=False)  # no row, but a write
        return super().dispatch(request, *args, **kwargs)


class PasswordResetView(allauth.PasswordResetView):
    """Send a link by e-mail, or say whom to ask where no e-mail can be sent."""

    def dispatch(self, request, *args, **kwargs):
        """Show no form that nothing could come of."""
        if settings.EMAIL_IS_SET_UP:
            return super().dispatch(request, *args, **kwargs)
        return render(request, "account/ask_for_link.html")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class WelcomeView(FormView):
    """Where a one-time link leads. Only sending the form uses the link up."""

    template_name = "accounts/welcome.html"

    def dispatch(self, request, *args, token, **kwargs):
        """Turn away whoever comes with a link that doesn't work, or no longer."""
        self.invitation = Invitation.objects.by_token(token)
        if self.invitation is None:
            return self._turn_away()
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self):
        """Return the form for a password, or for the whole account where there is none."""
        return NewPasswordForm if self.invitation.user else FirstAccountForm

    def get_form_kwargs(self):
        """Give the form the person whom the link is for."""
        return super().get_form_kwargs() | {"instance": self.invitation.user}

    def get_context_data(self, **kwargs):
        """Name the person whom the link is for."""
        return super().get_context_data(person=self.invitation.user, **kwargs)

    def form_valid(self, form):
        """Save, unless somebody was quicker, and sign the person in."""
        with transaction.atomic():
            if not self.invitation.use_up():
                return self._turn_away()
            user = form.save()
        messages.success(
            self.request, f"Hello {user.first_name}. Your password is set, and you are signed in."
        )
        return perform_login(self.request, user)

    def _turn_away(self):
        return render(self.request, "accounts/link_gone.html", status=HTTPStatus.NOT_FOUND)
