"""A plan with its strands is one page, a strand with its steps another."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.shortcuts import redirect

from actionplan.academic_year import academic_year
from actionplan.models import Plan, Possibility, Step, Strand
from collab_site.editing.admin import PortalInline, PortalModelAdmin


class StrandList(PortalInline):
    """The plan's strands as links: each has a page of its own."""

    model = Strand
    template = "admin/actionplan/strand_list.html"
    fields = readonly_fields = ["title"]
    can_delete = False

    def get_queryset(self, request):
        """Count the steps, for the list."""
        return super().get_queryset(request).annotate(step_count=Count("steps"))

    def has_add_permission(self, request, obj):
        """Return False: a new strand starts on its own page, too."""
        return False


class PossibilityInline(PortalInline):
    model = Possibility
    fields = ["text"]


@admin.register(Plan)
class PlanAdmin(PortalModelAdmin):
    inlines = [StrandList, PossibilityInline]
    fields = ["year", "introduction", "possibilities_introduction"]
    stays_after_adding = True

    def get_changeform_initial_data(self, request):
        """Offer this academic year."""
        return {"year": academic_year()}

    def get_inlines(self, request, obj):
        """Start with the plan itself; its strands and ideas follow once it is there."""
        return self.inlines if obj else []


class StepInline(PortalInline):
    model = Step
    fieldsets = [
        (None, {"fields": ["text", "kind", "status", "schools"]}),
        (
            "When, where, and what is still open",
            {
                "fields": ["half_term", "due_on", "venue", "open_question"],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request):
        """Fetch what every step shows, in a number of queries that never grows."""
        steps = super().get_queryset(request)
        return steps.select_related("strand").prefetch_related("schools")


@admin.register(Strand)
class StrandAdmin(PortalModelAdmin):
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

    def _plan_url(self, plan):
        return self.admin_site.get_model_admin(Plan).get_page_url(plan)


def _asked_plan(request):
    number = request.GET.get("plan", "")
    return Plan.objects.filter(pk=number).first() if number.isdecimal() else None
