"""The pages of a row's history, and the recording of what its editing pages change."""

from itertools import zip_longest

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import formats, timezone
from reversion.models import Version

from collab_site.core.editing.bin import bring_back
from collab_site.core.editing.changes import Names, changes, contents, name_of
from collab_site.core.editing.history import (
    AS_IT_WAS,
    history_of,
    kind_of,
    model_of,
    recorded,
    with_parts,
)
from collab_site.core.paging import page_of
from collab_site.core.pictures.fields import PictureField
from collab_site.core.pictures.views import private_picture

PER_PAGE = 12


class HistoryMixin:
    """Records what the pages change, in the name of who sends them, and shows each row's history.

    Models that are not registered with `history.register` are left alone.
    """

    @property
    def has_history(self):
        """Whether the history of this kind of row is kept."""
        return kind_of(self.model) is not None

    def get_urls(self):
        """Add the pages of the history."""
        if not self.has_history:
            return super().get_urls()
        site, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<int:pk>/history/", site(self.versions_view), name=f"{name}_versions"),
            path("<int:pk>/history/<int:number>/", site(self.version_view), name=f"{name}_version"),
            path(
                "<int:pk>/history/<int:number>/<slug:field>/",
                site(self.version_picture_view),
                name=f"{name}_version_picture",
            ),
            *super().get_urls(),
        ]

    def changeform_view(self, request, *args, **kwargs):
        """Record what is saved."""
        return self._recorded(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        """Record what is removed."""
        return self._recorded(request, super().delete_view, *args, **kwargs)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Lead to the history."""
        if obj and self.has_history and self.has_change_permission(request, obj):
            context["history_url"] = self._url("versions", obj.pk)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def render_delete_form(self, request, context):
        """Say whether what is removed goes into the bin."""
        context |= {"goes_to_bin": self.has_history, "bin_days": settings.BIN_DAYS}
        return super().render_delete_form(request, context)

    def versions_view(self, request, pk):
        """List the versions of a row, each with what it changed."""
        row = self._row(request, pk)
        page = page_of(
            history_of(row),
            request.GET.get(PAGE_VAR),
            PER_PAGE,
            by="revision_id",
            newest_first=True,
        )
        shown = page.rows
        # What the last one on this page changed is told by the one before it.
        older = history_of(row).filter(revision__lt=shown[-1].revision_id)[:1] if page.later else []
        stored = with_parts([*shown, *older])
        names = Names([version for versions in stored.values() for version in versions])
        newest = history_of(row).values_list("pk", flat=True).first()
        entries = [
            {
                "version": version,
                "who": who_changed(version.revision),
                "is_newest": version.pk == newest,
                "is_first": before is None,
                "changes": changes(stored[before], stored[version], names) if before else [],
                "url": self._url("version", row.pk, version.pk),
            }
            for version, before in zip_longest(shown, [*shown[1:], *older])
        ]
        context = {
            **self._context(request, row),
            "title": "History",
            "entries": entries,
            "page": page,
        }
        return TemplateResponse(request, "admin/history/versions.html", context)

    def version_view(self, request, pk, number):
        """Show a version; or bring it back, if that is sent."""
        row = self._row(request, pk)
        version = get_object_or_404(history_of(row), pk=number)
        if request.method == "POST":
            return self._bring_back(request, row, version)
        newest = history_of(row).first()
        stored = with_parts([version, newest])
        names = Names([version for versions in stored.values() for version in versions])
        context = {
            **self._context(request, row),
            "title": f"The version of {moment(version)}",
            "version": version,
            "who": who_changed(version.revision),
            "sections": contents(stored[version], names),
            "changes": changes(stored[newest], stored[version], names),
            "versions_url": self._url("versions", row.pk),
        }
        context["parents"].append(("History", self._url("versions", row.pk)))
        return TemplateResponse(request, "admin/history/version.html", context)

    def version_picture_view(self, request, pk, number, field):
        """Serve a picture that a version of the row, or of a part of it, has."""
        row = self._row(request, pk)
        revisions = history_of(row).values("revision")
        version = get_object_or_404(Version, pk=number, revision__in=revisions)
        fields = {f.name for f in model_of(version)._meta.fields if isinstance(f, PictureField)}
        if field not in fields or not version.field_dict[field]:
            raise Http404
        return private_picture(version.field_dict[field])

    def _recorded(self, request, view, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with recorded(request.user) as recording:
            response = view(request, *args, **kwargs)
        if recording.removals:
            removed = [(removal, name_of(removal.version)) for removal in recording.removals]
            context = {"removed": removed}
            message = render_to_string("admin/history/removed.html", context, request)
            messages.success(request, message)
        return response

    def _bring_back(self, request, row, version):
        what = f"Brought back the version of {moment(version)}"
        before = history_of(row).first()
        try:
            with recorded(request.user, what):
                self.log_change(request, bring_back(version), what)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self._url("version", row.pk, version.pk))
        now = history_of(row)[:2]
        if now[0] == before:
            messages.success(request, "Nothing has changed: it is like that already.")
        else:
            undo = self._url("version", row.pk, now[1].pk)
            context = {"moment": moment(version), "undo": undo}
            message = render_to_string("admin/history/brought_back.html", context, request)
            messages.success(request, message)
        return redirect(self.get_page_url(row))

    def _row(self, request, pk):
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def _context(self, request, row):
        return {
            **self.admin_site.each_context(request),
            "row": row,
            "opts": self.opts,
            "page_url": self.get_page_url(row),
            "parents": [*self.get_parents(request, row), (str(row), self.get_page_url(row))],
        }


def moment(version):
    """Return when a version was kept, in words."""
    day = timezone.localtime(version.revision.date_created)
    return formats.date_format(day, "j F Y, H:i")


def who_changed(revision):
    """Return who made a revision, in words; "" where nobody did."""
    if revision.user:
        return str(revision.user)
    return "" if revision.comment == AS_IT_WAS else "Somebody who has left"
