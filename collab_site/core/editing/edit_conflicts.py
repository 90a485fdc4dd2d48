"""A save that would overwrite what somebody else has saved meanwhile is refused, and asked about.

Every editing page carries what its author has seen. When that is no longer what is stored, nothing
is saved: the page comes back with all that was typed, and says and asks what `merging` has found.
"""

import time
from copy import copy
from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.response import TemplateResponse

from collab_site.core.editing.merging import Merge, Seen, readable

SEEN = "_seen"
RESTORE = "_restore"
NOBODY_KNOWN = "Somebody else"
# Under which the browser keeps what is being typed until it is saved.
TYPING = "_typing"


class EditConflictMixin:
    """For a ModelAdmin: lets nobody overwrite what they have not seen.

    A page sent with `RESTORE` comes back with what it says, and is not saved.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Bring what was sent together with what is stored now, before Django looks at it."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            request.is_refused = RESTORE in request.POST
            if object_id is not None:
                row = self._lock(request, object_id)
                if row is None:
                    return self._show_gone(request)
                if self.has_change_permission(request, row):
                    self._merge(request, row)
                    request.is_refused |= request.merge.is_stale
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form's class; one that is never valid if the save is refused."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "is_refused", False):
            return type(form.__name__, (form,), {"is_valid": lambda self: False})
        return form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Give the page what its author sees of the row, and what others have done to it."""
        if obj and self.has_change_permission(request, obj):
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            seen = Seen.of(context["adminform"].form, formsets, at=time.time())
            merge = getattr(request, "merge", None)
            if merge and merge.is_stale:
                context |= {"merge": merge, "saved_by": _saved_by(request.user, obj, merge.seen)}
                if merge.questions:
                    seen.open = [question.key for question in merge.questions]
                    # Who has changed it is named again as long as a question is open.
                    seen.at = merge.seen.at
            context["seen"] = seen.signed(self._salt(obj))
        context |= {
            "is_restored": RESTORE in request.POST,
            "is_unsaved": request.method == "POST",
            "typing": request.POST.get(TYPING, ""),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _lock(self, request, object_id):
        """Let nobody else save the row, or its rows, until this request is done."""
        row = self.get_object(request, unquote(object_id))
        rows = self.model._base_manager.select_for_update().filter(pk=row and row.pk)
        return self.get_object(request, unquote(object_id)) if rows else None

    def _merge(self, request, row):
        form, formsets = self._unbound(request, row)
        seen = Seen.read(request.POST.get(SEEN), self._salt(row))
        request.POST = request.POST.copy()
        request.merge = Merge(seen, request.POST, request.FILES)
        request.merge.run(form, formsets)

    def _unbound(self, request, row):
        opening = copy(request)
        opening.method = "GET"
        fields = flatten_fieldsets(self.get_fieldsets(opening, row))
        form = self.get_form(opening, row, change=True, fields=fields)(instance=row)
        return form, self._create_formsets(opening, row, change=True)[0]

    def _show_gone(self, request):
        """Show what was typed for a row that is no longer there."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form, formsets = self._unbound(request, self.model())
        context = {
            **self.admin_site.each_context(request),
            "title": f"This {self.opts.verbose_name} is no longer there",
            "typed": readable(form, formsets, request.POST, request.FILES),
            "list_url": self.get_list_url(),
        }
        return TemplateResponse(request, "admin/gone.html", context, status=HTTPStatus.GONE)

    def _salt(self, row):
        return f"{self.opts.label_lower}:{row.pk}"


def _saved_by(user, row, seen):
    """Return who has saved the row since it was seen, as far as that is known."""
    if not seen.at:
        return NOBODY_KNOWN
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        action_time__gte=datetime.fromtimestamp(seen.at, UTC),
    )
    people = {entry.user for entry in entries.select_related("user")}
    if len(people) != 1:
        return NOBODY_KNOWN
    person = people.pop()
    return "You yourself" if person == user else str(person)
