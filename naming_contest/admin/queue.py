"""The queue of ideas that wait for a decision."""

import time
from contextlib import suppress
from http import HTTPStatus

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from collab_site.core.editing.admin import PortalModelAdmin
from collab_site.core.paging import bounded_count
from collab_site.core.pictures.views import private_picture
from naming_contest.admin.desk import DeskPages
from naming_contest.admin.paper import PaperPages
from naming_contest.admin.queue_forms import DECISIONS, CoverForm, FindForm, WorkForm
from naming_contest.models import DecidedMeanwhile, Idea
from naming_contest.moderating import (
    PUT_BACK,
    TAKEN_DOWN,
    Desk,
    in_pieces,
    kinds,
    way_of_working,
    what_happened,
)

TABS = {
    Idea.Status.WAITING: "Waiting",
    Idea.Status.APPROVED: "Approved",
    Idea.Status.DECLINED: "Declined",
}


@admin.register(Idea)
class IdeaAdmin(PaperPages, DeskPages, PortalModelAdmin):
    """The queue: nobody changes what a family sent; it is approved or declined as it is."""

    def has_add_permission(self, request):
        """Return False: ideas come from families, by the form."""
        return False

    def has_change_permission(self, request, obj=None):
        """Return False: deciding has its own permission, and changes no word."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Return whether the person may erase ideas, and looks after this one."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or _is_theirs(Desk.of(request), obj))

    def get_urls(self):
        """Add the decision, and the pictures that not everybody may see."""
        site = self.admin_site.admin_view
        name = "naming_contest_idea"
        return [
            path("pictures/<picture:name>", site(self.picture_view), name=f"{name}_picture"),
            path("<int:pk>/decide/", site(self.decide_view), name=f"{name}_decide"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        """Return the ideas with what their pages tell of them."""
        return super().get_queryset(request).select_related("school", "contest", "decided_by")

    def changelist_view(self, request, extra_context=None):
        """Show the queue, or go to the idea whose receipt code was sent."""
        self._check_may_view(request)
        find = FindForm(request.GET if "code" in request.GET else None)
        if find.is_valid():
            return self._go_to(find.cleaned_data["code"])
        desk, status = Desk.of(request), _shown_status(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "title": "Ideas",
            "desk": desk,
            "tabs": [(tab, label, desk.count(tab)) for tab, label in TABS.items()],
            "status": status,
            "page": desk.page(status, request.GET.get("page")),
            "find": find,
            "errors": find.errors,
            "cover": CoverForm(schools=desk.others()),
            "work": WorkForm(instance=way_of_working(request.user)),
        }
        return TemplateResponse(request, "admin/naming_contest/idea/queue.html", context)

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show an idea with all that helps to decide about it."""
        self._check_may_view(request)
        idea = self._find(request, object_id)
        return self._show(request, idea) if idea else self._show_gone(request)

    def picture_view(self, request, name):
        """Serve a picture, of a waiting or declined idea too, to who looks after it now."""
        self._check_may_view(request)
        idea = get_object_or_404(self.get_queryset(request), logo=f"ideas/{name}")
        if not _is_theirs(Desk.of(request), idea):
            raise PermissionDenied
        return private_picture(idea.logo)

    def decide_view(self, request, pk):
        """Decide on an idea as it was seen; the next one that waits comes at once."""
        self.check_may_decide(request)
        if request.method != "POST":
            return redirect(self._url("change", pk))
        status = request.POST.get("status")
        if status not in DECISIONS:
            raise Http404
        idea, form = self._find(request, str(pk)), DECISIONS[status](request.POST)
        is_valid = form.is_valid()
        if idea is None:
            return self._show_gone(request, form)
        if not Desk.of(request).looks_after(idea):
            return self._show(request, idea, form, code=HTTPStatus.FORBIDDEN)
        if not is_valid:
            return self._show(request, idea, form)
        return self._decide(request, idea, status, form)

    def log_deletions(self, request, queryset):
        """Log which ideas are erased, by their numbers alone, and for which school."""
        desk = Desk.of(request)
        for idea in queryset:
            note = desk.noted("Erased", idea)
            LogEntry.objects.log_actions(request.user.pk, [idea], DELETION, change_message=note)

    def delete_model(self, request, obj):
        """Erase an idea, unless its family has been faster."""
        with suppress(Idea.DoesNotExist):
            obj.delete()

    def response_delete(self, request, obj_display, obj_id):
        """Say what is gone."""
        messages.success(request, f"{obj_display} is erased.")
        return redirect(self.get_list_url())

    def _check_may_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _find(self, request, number):
        """Return the idea, or None if it is gone; what is still being entered isn't shown."""
        idea = self.get_object(request, unquote(number))
        if idea and idea.status == Idea.Status.DRAFT:
            raise Http404
        return idea

    def _decide(self, request, idea, status, form):
        desk = Desk.of(request)
        note = desk.noted(_note(idea.status, status), idea)
        try:
            with transaction.atomic():
                seen = form.cleaned_data["revision"]
                idea.decide(status, request.user, seen=seen, answer=form.answer)
                self.log_change(request, idea, note)
        except (DecidedMeanwhile, Idea.DoesNotExist):
            idea = self._find(request, str(idea.pk))
            if idea is None:
                return self._show_gone(request, form)
            if not _is_done(idea, status, request.user, form.answer):
                return self._show(request, idea, form, code=HTTPStatus.CONFLICT)
        return self._go_on(request, desk, idea)

    def _go_on(self, request, desk, idea):
        if idea.status == Idea.Status.WAITING:
            messages.success(request, f"{idea} waits again. Nobody else sees it.")
            return self._go_to(idea)
        context = {"idea": idea, "now": _now()}
        decided = render_to_string("admin/naming_contest/idea/decided.html", context, request)
        messages.success(request, decided)
        following = desk.next_waiting()
        return self._go_to(following) if following else redirect(self.get_list_url())

    def _go_to(self, idea):
        # The card takes the focus.
        return redirect(f"{self.get_page_url(idea)}#idea")

    def _show(self, request, idea, sent=None, code=HTTPStatus.OK):
        desk = Desk.of(request)
        is_ours = desk.looks_after(idea)
        may_decide = is_ours and request.user.has_perm("naming_contest.decide_idea")
        context = {
            **self._context(request, idea),
            "desk": desk,
            "idea": idea,
            "words": in_pieces(idea),
            "kinds": kinds(idea),
            "alike": _count_alike(idea),
            "is_ours": is_ours,
            "offers": _offers(idea, sent) if may_decide else {},
            "may_print_receipt": may_decide and desk.may_print_receipt(idea),
            "may_erase": self.has_delete_permission(request, idea),
            "uses_keys": way_of_working(request.user).uses_keys,
            "sent": sent,
            "happened": _what_happened(idea, sent, request.user),
            "errors": sent and sent.errors,
            "now": _now(),
        }
        return TemplateResponse(
            request, "admin/naming_contest/idea/idea.html", context, status=code
        )

    def _show_gone(self, request, sent=None):
        context = {**self._context(request), "typed": sent.answer if sent else ""}
        return TemplateResponse(
            request, "admin/naming_contest/idea/gone.html", context, status=HTTPStatus.GONE
        )

    def _context(self, request, idea=None):
        return {
            **self.admin_site.each_context(request),
            "title": str(idea) if idea else "This idea is no longer there",
            "parents": self.get_parents(request, idea),
        }


def _is_theirs(desk, idea):
    return idea.status != Idea.Status.DRAFT and desk.looks_after(idea)


def _shown_status(parameters):
    asked = parameters.get("status")
    return asked if asked in TABS else Idea.Status.WAITING


def _note(before, status):
    if status == Idea.Status.WAITING:
        return TAKEN_DOWN if before == Idea.Status.APPROVED else PUT_BACK
    return TABS[status]


def _now():
    return int(time.time())


def _is_done(idea, status, user, answer):
    """Return whether the idea is already as `user` wants it, by their own doing: a double click."""
    by = None if status == Idea.Status.WAITING else user
    return (idea.status, idea.decided_by, idea.answer) == (status, by, answer)


def _offers(idea, sent):
    """Return {status: form} of each decision that changes something.

    What was written into the form that was `sent` is there in any case.
    """
    offers = {status: form() for status, form in DECISIONS.items() if status != idea.status}
    if sent and (sent.answer or sent.errors):
        offers[next(status for status, form in DECISIONS.items() if type(sent) is form)] = sent
    return offers


def _what_happened(idea, sent, user):
    if sent is None or not sent.is_stale(idea):
        return ""
    return what_happened(idea, user, sent.cleaned_data.get("opened") or _now())


def _count_alike(idea):
    if not idea.name_group:
        return 0
    return bounded_count([Idea.objects.alike(idea).exclude(status=Idea.Status.DRAFT)])
