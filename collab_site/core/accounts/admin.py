"""The page on which headteachers let people in."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import formats, timezone
from django.views.decorators.http import require_POST

from collab_site.core.accounts.models import Invitation, User
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.admin import PortalModelAdmin
from collab_site.core.editing.edit_conflicts import TYPING


class PersonForm(forms.ModelForm):
    role = forms.ChoiceField(
        choices=Role.choices,
        widget=forms.RadioSelect,
        help_text="A headteacher can do everything here. An editor can change what the pages say, "
        "but doesn’t decide about ideas or about people. A judge only "
        "scores ideas.",
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "school", "role", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["role"] = self.instance.role

    def clean_role(self):
        """Return the Role, unless it would leave no headteacher."""
        role = Role(self.cleaned_data["role"])
        self.instance.check_role(role)
        return role


@admin.register(User)
class PersonAdmin(PortalModelAdmin):
    form = PersonForm
    change_form_template = "accounts/person.html"
    list_select_related = ["school"]

    def get_urls(self):
        """Add the button that makes a one-time link."""
        view = self.admin_site.admin_view(require_POST(self.link_view))
        return [path("<int:pk>/link/", view, name="accounts_user_link"), *super().get_urls()]

    def get_queryset(self, request):
        """Return the people with their roles, which the list names."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_fields(self, request, obj=None):
        """Return the fields; a new person can sign in anyway."""
        return self.form.Meta.fields if obj else self.form.Meta.fields[:-1]

    def has_delete_permission(self, request, obj=None):
        """Keep whoever is needed."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.can_be_deleted())

    def row_note(self, row):
        """Return what heads want to know of a person."""
        notes = [row.email, row.school and row.school.short_name, row.role and row.role.label]
        return " · ".join(filter(None, [*notes, _sign_in_note(row)]))

    def save_model(self, request, obj, form, change):
        """Let nobody sign in as a new person before they have chosen a password."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Give the role, too."""
        super().save_related(request, form, formsets, change)
        form.instance.give_role(form.cleaned_data["role"])

    def response_add(self, request, obj, post_url_continue=None):
        """Show the link with which the new person chooses a password."""
        return self._show_link(request, obj)

    def link_view(self, request, pk):
        """Make a new link for somebody who has no password, or has forgotten it."""
        person = get_object_or_404(User, pk=pk, is_active=True)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        self.log_change(request, person, "Made a one-time link.")
        return self._show_link(request, person)

    def _show_link(self, request, person):
        # Not after a redirect: the link would have to be kept somewhere on the way.
        context = {
            **self.admin_site.each_context(request),
            "title": f"A one-time link for {person}",
            "parents": self.get_parents(request, person),
            "person": person,
            "link": Invitation.make_link(person, made_by=request.user),
            "days": settings.INVITATION_DAYS,
            "page_url": self.get_page_url(person),
            "saved_typing": request.POST.get(TYPING, ""),
        }
        return TemplateResponse(request, "accounts/link.html", context)


def _sign_in_note(person):
    if not person.is_active:
        return "can’t sign in"
    if person.last_login is None:
        return "has not signed in yet"
    day = timezone.localtime(person.last_login)
    return f"last signed in on {formats.date_format(day, 'j F Y')}"
