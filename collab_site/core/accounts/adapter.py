"""What allauth does here in the portal's own way."""

import logging
from http import HTTPStatus
from threading import Thread

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.shortcuts import render
from django.urls import reverse

from collab_site.core.schools.identity import Identity

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and this password don’t belong together. "
        "Check both and try again.",
        "enter_current_password": "This is not your current password.",
    }

    def get_client_ip(self, request):
        """Return the sender's address; that of the connection where a proxy has not named one.

        Raises PermissionDenied if there is none.
        """
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:  # fewer proxies in front than there should be
            return request.META["REMOTE_ADDR"]

    def pre_authenticate(self, request, **credentials):
        """Refuse a locked account before its password is looked at, be it right or wrong."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(_locked(request)) from error

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Return by what tries are counted: not by the host, which whoever asks is free to vary."""
        return credentials["email"].lower()

    def get_password_change_redirect_url(self, request):
        """Return the address of the first page for editors."""
        return reverse("admin:index")

    def get_reset_password_from_key_url(self, key):
        """Return the link's address on the host that people know, whatever this request's is."""
        person, token = key.split("-", 1)
        path = reverse("account_reset_password_from_key", args=[person, token])
        return settings.PUBLIC_URL + path

    def send_mail(self, template_prefix, email, context):
        """Send an e-mail without letting anybody wait.

        Neither the mail server's troubles nor the time it takes may tell who has an account.
        """
        context = {"collaboration": Identity().collaboration} | context
        message = self.render_mail(template_prefix, email, context)
        Thread(target=_send, args=[message]).start()


def _send(message):
    try:
        message.send()
    except Exception:
        logger.exception("An e-mail could not be sent.")


def _locked(request):
    minutes = settings.LOGIN_LOCK_MINUTES
    context = {"minutes": minutes}
    page = render(request, "account/locked.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    page["Retry-After"] = minutes * 60
    return page
