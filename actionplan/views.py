from django.http import Http404
from django.views.generic import DetailView

from actionplan.models import Plan


class PlanView(DetailView):
    """The plan of a year; without a year, the current one."""

    template_name = "actionplan/plan.html"
    context_object_name = "plan"

    def get_object(self, queryset=None):
        plans = Plan.objects.outlined()
        year = self.kwargs.get("year")
        plan = plans.filter(year=year).first() if year else plans.current()
        if year and not plan:
            raise Http404("There is no plan for this year.")
        return plan

    def get_context_data(self, **kwargs):
        others = Plan.objects.exclude(pk=self.object.pk) if self.object else Plan.objects.none()
        return super().get_context_data(other_plans=others, **kwargs)
