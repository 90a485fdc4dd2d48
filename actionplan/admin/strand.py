"""A strand with its steps is one page."""

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse

from actionplan.admin.drafts import DraftMixin
from actionplan.models import Plan, Step, Strand
from collab_site.core.editing.admin import PortalInline, PortalModelAdmin


class StepInline(PortalInline):
    model = Step
    fieldsets = [
        (None, {"fields": ["text", "kind", "status", "schools"]}),
        (
            "When, where, and what is still open",
            {
                "fields": ["half_term", "due_on", "venue", "open_question", "carried_why"],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request):
        """Fetch what every step shows, in a number of queries that never grows."""
        steps = super().get_queryset(request)
        return steps.select_related("strand").prefetch_related("schools")


@admin.register(Strand)
class StrandAdmin(DraftMixin, PortalModelAdmin):
    inlines = [StepInline]
    stays_after_adding = True
    fieldsets = [
        (None, {"fields": ["plan", "title", "summary", "status"]}),
        (
            "More about this strand",
            {
                "fields": [
                    "rationale",
                    "aims",
                    "lead",
                    "success_criteria",
                    "monitoring",
                    "resources",
                    "slug",
                ],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request):
        """Fetch the plan, which every page of a strand names."""
        return super().get_queryset(request).select_related("plan")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Keep the plan: the page from which the strand was started has chosen it."""
        if db_field.name == "plan":
            kwargs["widget"] = forms.HiddenInput
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_inlines(self, request, obj):
        """Start with the strand itself; its steps follow once it is there."""
        return self.inlines if obj else []

    def add_view(self, request, form_url="", extra_context=None):
        """Start a strand of the plan that the address names; without one, choose a plan first."""
        if not _asked_plan(request):
            return redirect("admin:index")
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Go to the first page, which lists the strands; each plan's page does, too."""
        return redirect("admin:index")

    def get_parents(self, request, row):
        """Return the plan."""
        plan = row.plan if row.plan_id else _asked_plan(request)
        return [(str(plan), self._plan_url(plan))]

    def get_next_url(self, request, row):
        """Return the address of the plan's page."""
        return f"{self._plan_url(row.plan)}#strand-{row.pk}"

    def get_view_on_site_url(self, obj=None):
        """Return the page of the strand as it is published, or None while it isn't."""
        edition = obj and obj.plan.newest_edition()
        for strand in edition.content["strands"] if edition else []:
            if strand["id"] == obj.pk:
                return reverse("strand", args=[obj.plan.year, strand["slug"]])
        return None

    def _plan_url(self, plan):
        return self.admin_site.get_model_admin(Plan).get_outline_url(plan)


def _asked_plan(request):
    number = request.GET.get("plan", "")
    return Plan.objects.filter(pk=number).first() if number.isdecimal() else None
