"""A plan: its outline to work on, the words around it, publishing, and its editions."""

import re

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format

from actionplan.academic_year import academic_year, year_label
from actionplan.admin.drafts import DraftMixin
from actionplan.attention import waiting_changes
from actionplan.forms import NextYearForm, PublishForm, RedactForm
from actionplan.models import NothingToPublish, Plan, Possibility, Status
from actionplan.outline import Gone, act, outline
from actionplan.preview import DAYS, preview_url
from actionplan.redaction import Redaction
from actionplan.sentences import sentences
from collab_site.core.editing.admin import PortalInline, PortalModelAdmin
from collab_site.core.editing.edit_conflicts import RESTORE, TYPING
from collab_site.core.editing.history import recorded
from collab_site.core.schools.addresses import absolute


class PossibilityInline(PortalInline):
    model = Possibility
    fields = ["text"]


@admin.register(Plan)
class PlanAdmin(DraftMixin, PortalModelAdmin):
    inlines = [PossibilityInline]
    fields = ["year", "introduction", "possibilities_introduction"]

    def get_changeform_initial_data(self, request):
        """Offer this academic year."""
        return {"year": academic_year()}

    def get_inlines(self, request, obj):
        """Start with the plan itself; its ideas follow once it is there."""
        return self.inlines if obj else []

    def get_readonly_fields(self, request, obj=None):
        """Return the year of a plan that was published: its editions have their addresses by it."""
        return ["year"] if obj and obj.editions.exists() else []

    def get_urls(self):
        """Add the outline, publishing and the editions."""
        pages = {"outline": self.outline_view, "publish": self.publish_view}
        pages |= {"editions": self.editions_view, "next": self.next_view}
        own = [
            path(
                "redact/",
                self.admin_site.admin_view(self.redact_view),
                name="actionplan_plan_redact",
            )
        ]
        own += [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"actionplan_plan_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def get_outline_url(self, plan):
        """Return the address of the plan's outline."""
        return self._url("outline", plan.pk)

    def get_parents(self, request, row):
        """Return the list of plans and, for a plan that is there, its outline."""
        parents = super().get_parents(request, row)
        return [*parents, (str(row), self.get_outline_url(row))] if row.pk else parents

    def get_next_url(self, request, row):
        """Return the outline."""
        return self.get_outline_url(row)

    def get_view_on_site_url(self, obj=None):
        """Return the public page, or None while parents can't read the plan."""
        return obj.get_absolute_url() if obj and obj.newest_edition() else None

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the outline."""
        return self._respond(request, obj)

    def has_delete_permission(self, request, obj=None):
        """Return False for a plan that has been published: its editions have lasting addresses."""
        return super().has_delete_permission(request, obj) and not (obj and obj.editions.exists())

    def outline_view(self, request, pk):
        """Show the whole year, or do what one of its buttons asks."""
        plan = self._plan(request, pk)
        if request.method != "POST":
            return self._outline(request, plan)
        try:
            with recorded(request.user):
                plan.hold()
                told, anchor = act(plan, request.POST)
        except ValidationError as error:
            return self._outline(request, plan, error)
        except Gone:
            messages.warning(request, "That has been removed meanwhile. This is the plan now.")
            return redirect(self.get_outline_url(plan))
        messages.success(request, told)
        return redirect(f"{self.get_outline_url(plan)}#{anchor}")

    def publish_view(self, request, pk):
        """Show in sentences what would change for parents, and publish it."""
        plan = self._plan(request, pk)
        if not request.user.has_perm("actionplan.publish_plan"):
            raise PermissionDenied
        newest = plan.newest_edition()
        draft = plan.snapshot()
        form = PublishForm(
            request.POST if request.method == "POST" else None,
            draft=draft,
            newest=newest and newest.content,
        )
        is_new = newest is None or newest.content != draft
        if request.method == "POST":
            if "cancel" in request.POST:
                return self._cancel(request, plan)
            if not is_new:
                return self._say_nothing_new(request, plan)
            if form.is_valid() and RESTORE not in request.POST:
                return self._publish(request, plan, form)
        return self._page(
            request,
            "publish",
            plan,
            title="Publish the plan",
            form=form,
            errors=form.errors,
            newest=newest,
            upcoming=plan.upcoming_edition(),
            changes=sentences(newest.content, draft) if newest else [],
            is_new=is_new,
            preview_url=absolute(preview_url(plan)),
            preview_days=DAYS,
        )

    def editions_view(self, request, pk):
        """List the editions, and bring one back into the draft."""
        plan = self._plan(request, pk)
        if request.method == "POST":
            return self._bring_back_edition(request, plan)
        return self._page(
            request,
            "editions",
            plan,
            title="Editions",
            editions=plan.editions.public().select_related("author").order_by("-number"),
            upcoming=plan.upcoming_edition(),
        )

    def next_view(self, request, pk):
        """Begin the plan of the year that follows: each unfinished step goes on, or doesn't."""
        plan = self._plan(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        following = plan.next_plan()
        if following and following.editions.exists():
            messages.success(request, f"The plan for {following.label} is published already.")
            return redirect(self.get_outline_url(following))
        data = request.POST if request.method == "POST" else None
        form = NextYearForm(data, steps=plan.unanswered_steps())
        if form.is_valid() and RESTORE not in request.POST:
            return self._begin_next(request, plan, form)
        return self._page(
            request,
            "next",
            plan,
            title=f"Begin the plan for {year_label(plan.year + 1)}",
            form=form,
            errors=form.errors,
        )

    def _begin_next(self, request, plan, form):
        with recorded(request.user, f"Begun with the plan for {plan.label}"):
            following = plan.begin_next(form.chosen(form.CARRY), form.chosen(form.LET_GO))
        told = f"The plan for {following.label} is begun. Only you who edit it see it yet."
        self._tell_saved(request, told)
        return redirect(self.get_outline_url(following))

    def redact_view(self, request):
        """Take a text out of all plans, whatever has been published or kept of them."""
        if not request.user.has_perm("actionplan.publish_plan"):
            raise PermissionDenied
        form = RedactForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._redact(request, form.cleaned_data["text"])
        context = {
            **self.admin_site.each_context(request),
            "title": "Take a text out for good",
            "parents": [],
            "form": form,
            "errors": form.errors,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/actionplan/redact.html", context)

    def _redact(self, request, text):
        counts = Redaction(text).carry_out()
        if any(counts.values()):
            # Who did it is kept; the text is not.
            message = "A text was taken out of all plans."
            LogEntry.objects.create(
                user=request.user, action_flag=CHANGE, object_repr="Plans", change_message=message
            )
            told = (
                f"It is gone: from {counts['editions']} editions, from {counts['live']} places "
                f"that you edit, and from {counts['versions']} records of earlier versions. "
                "“Removed” and today’s date stand there now."
            )
            messages.success(request, told)
        else:
            messages.error(request, "These words stand nowhere in the plans. Nothing has changed.")
        return redirect("admin:actionplan_plan_redact")

    def _plan(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Plan, pk=pk)

    def _page(self, request, name, plan, **context):
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "plan": plan,
            "parents": self.get_parents(request, plan),
            "may_publish": request.user.has_perm("actionplan.publish_plan"),
            "is_unsaved": request.method == "POST",
            "typing": request.POST.get(TYPING, ""),
            **context,
        }
        return TemplateResponse(request, f"admin/actionplan/{name}.html", context)

    def _outline(self, request, plan, error=None):
        content = plan.snapshot()
        newest, upcoming = plan.newest_edition(), plan.upcoming_edition()
        return self._page(
            request,
            "outline",
            plan,
            title=f"The plan for {plan.label}",
            parents=super().get_parents(request, plan),
            draft=outline(content),
            statuses=Status.choices,
            waiting=waiting_changes(content, newest, upcoming),
            newest=newest,
            upcoming=upcoming,
            moving=_number(request.GET.get("move", "")),
            preview_url=preview_url(plan),
            errors=error and error.messages,
            typed_for=request.POST.get("add"),
            typed=request.POST.get("text", ""),
        )

    def _publish(self, request, plan, form):
        note, at = form.cleaned_data["note"], form.published_at
        try:
            number = plan.publish(request.user, note, at, form.draft).number
        except NothingToPublish:
            return self._say_nothing_new(request, plan)
        told = f"Parents can read edition {number} now."
        if at:
            moment = date_format(timezone.localtime(at), "j F Y, H:i")
            told = f"Edition {number} will appear by itself, on {moment}."
        self._tell_saved(request, told)
        return redirect(self.get_outline_url(plan))

    def _say_nothing_new(self, request, plan):
        messages.success(request, "Parents read the plan as it is now already.")
        return redirect(self.get_outline_url(plan))

    def _cancel(self, request, plan):
        cancelled, _ = plan.editions.upcoming().delete()
        if cancelled:
            told = "The edition that was to appear won’t appear. Its changes stay in the plan."
            messages.success(request, told)
        else:
            messages.warning(request, "No edition is to appear: it has appeared already.")
        return redirect(self._url("publish", plan.pk))

    def _bring_back_edition(self, request, plan):
        if "put_back" in request.POST and plan.set_aside:
            with recorded(request.user, "An edition was brought back, and that undone"):
                plan.put_back()
            told = "The plan is as it was before you brought an edition back."
        else:
            edition = self._asked_edition(request, plan)
            with recorded(request.user, f"Edition {edition.number} was brought back"):
                plan.bring_back(edition.content)
            told = (
                f"The plan is as it was in edition {edition.number} now. Parents see that once you "
                "publish it. If you want the plan from before, undo this under “Editions”."
            )
        messages.success(request, told)
        return redirect(self.get_outline_url(plan))

    def _asked_edition(self, request, plan):
        number = _number(request.POST.get("edition", ""))
        return get_object_or_404(plan.editions.public(), number=number)


def _number(text):
    """Return the number that was sent, or None for anything else."""
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None
