"""The bin: what was removed, to be put back or to go for good."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from collab_site.core.editing import bin
from collab_site.core.editing.changes import excerpt_of, name_of
from collab_site.core.editing.history import kind_of, kinds, model_of, recorded
from collab_site.core.editing.history_pages import PER_PAGE, who_changed
from collab_site.core.editing.models import Removal
from collab_site.core.paging import page_of

LIST = "admin:editing_removal_changelist"
NOT_THERE = "That is not in the bin any more."


@admin.register(Removal)
class BinAdmin(admin.ModelAdmin):
    """A list with two buttons for each entry; who may change a kind of thing may put it back."""

    def get_urls(self):
        """Return the bin's own addresses, and none of Django's."""
        site = self.admin_site.admin_view
        return [
            path("", site(self.bin_view), name="editing_removal_changelist"),
            path("<int:pk>/put-back/", site(self.put_back_view), name="editing_removal_put_back"),
            path("<int:pk>/remove/", site(self.remove_view), name="editing_removal_delete"),
        ]

    def has_view_permission(self, request, obj=None):
        """Return whether there is any kind of thing that the person may put back."""
        kept = (kind.model._meta for kind in kinds())
        return any(request.user.has_perm(f"{o.app_label}.change_{o.model_name}") for o in kept)

    def bin_view(self, request):
        """List what is in the bin, the newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        removals = Removal.objects.for_user(request.user)
        removals = removals.select_related("version__revision__user")
        cursor = request.GET.get(PAGE_VAR)
        page = page_of(removals, cursor, PER_PAGE, by="pk", newest_first=True)
        context = {
            **self.admin_site.each_context(request),
            "title": "Bin",
            "entries": _entries(page.rows),
            "page": page,
            "days": settings.BIN_DAYS,
        }
        return TemplateResponse(request, "admin/editing/removal/change_list.html", context)

    @method_decorator(require_POST)
    def put_back_view(self, request, pk):
        """Put an entry back, and go to its page."""
        try:
            with recorded(request.user, "Put back from the bin"):
                removal = _locked(request, pk)
                if removal is None:
                    messages.error(request, NOT_THERE)
                    return redirect(LIST)
                row = bin.put_back(removal)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(LIST)
        messages.success(request, f"“{row}” is back where it was.")
        return redirect(self._page_of(row))

    def remove_view(self, request, pk):
        """Ask, then remove an entry for good."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            removal = _locked(request, pk)
            if removal is None:
                messages.error(request, NOT_THERE)
                return redirect(LIST)
            name = name_of(removal.version)
            if request.method == "POST":
                bin.remove_for_good(removal)
                messages.success(request, f"“{name}” is gone for good.")
                return redirect(LIST)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Remove “{name}” for good?",
            "parents": [("Bin", reverse(LIST))],
            "page_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/editing/removal/delete_confirmation.html", context)

    def _page_of(self, row):
        while not kind_of(type(row)).is_page:
            row = getattr(row, kind_of(type(row)).parent)
        return self.admin_site.get_model_admin(type(row)).get_page_url(row)


def _locked(request, pk):
    removals = Removal.objects.for_user(request.user).filter(pk=pk)
    return removals.select_for_update(of=("self",)).first()


def _entries(removals):
    """Return what the list tells of each, in a number of queries that never grows."""
    parents = {removal: bin.parent_of(removal.version) for removal in removals}
    keys = {parent for parent in parents.values() if parent}
    there = bin.names_now(keys)
    names = bin.last_names(keys - there.keys()) | there
    return [
        {
            "removal": removal,
            "name": name_of(removal.version),
            "kind": model_of(removal.version)._meta.verbose_name,
            "excerpt": excerpt_of(removal.version),
            "parent": names.get(parent),
            "revision": removal.version.revision,
            "who": who_changed(removal.version.revision),
            "hindrance": parent and parent not in there and bin.missing_parent(names[parent]),
        }
        for removal, parent in parents.items()
    ]
