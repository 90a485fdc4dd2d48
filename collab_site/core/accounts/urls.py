"""Signing in. Of allauth's pages only those that have a use here: accounts are made by people."""

from allauth.account import views as allauth
from django.urls import path, re_path

from collab_site.core.accounts.views import LoginView, PasswordResetView, WelcomeView

urlpatterns = [
    path("welcome/<str:token>/", WelcomeView.as_view(), name="welcome"),
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/reset/", PasswordResetView.as_view(), name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
