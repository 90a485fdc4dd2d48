from django.shortcuts import get_object_or_404
from django.views.generic import DetailView, ListView, TemplateView

from achievements.models import Achievement
from aims.models import Aim
from collab_site.core.schools.models import HomePicture
from naming_contest.call_views import PER_PAGE
from naming_contest.models import Contest, Idea
from tests.bench.plain.models import PlainAim, PlainPlan


class HomeView(TemplateView):
    template_name = "site/home.html"

    def get_context_data(self, **kwargs):
        plan = PlainPlan.in_short()
        return super().get_context_data(
            aims=Aim.objects.all(),
            achievements=Achievement.objects.newest_first()[:6],
            plan=plan,
            changes=plan.changes,
            contest=Contest.objects.current(),
            pictures=HomePicture.objects.all(),
            **kwargs,
        )


class AimsView(ListView):
    template_name = "aims/aims.html"
    context_object_name = "aims"

    def get_queryset(self):
        return PlainAim.in_full()


class PlanView(DetailView):
    template_name = "actionplan/plan.html"
    context_object_name = "plan"

    def get_object(self):
        return PlainPlan.in_full()


class AchievementsView(ListView):
    queryset = Achievement.objects.newest_first().prefetch_related("aims", "pictures")
    template_name = "achievements/achievements.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(page={"rows": self.object_list}, **kwargs)


class SchoolsView(TemplateView):
    template_name = "schools/schools.html"


class GalleryView(ListView):
    """A gallery by page numbers, as Django's Paginator has it."""

    template_name = "naming_contest/gallery.html"
    context_object_name = "ideas"
    paginate_by = PER_PAGE

    def get_queryset(self):
        self.contest = get_object_or_404(Contest.objects.public(), slug=self.kwargs["slug"])
        return Idea.objects.shown_in(self.contest)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(contest=self.contest, **kwargs)
        ideas, page = context["ideas"], context["page_obj"]
        counts = Idea.objects.count_alike(self.contest, [idea.name_group for idea in ideas])
        for idea in ideas:
            idea.alike = counts.get(idea.name_group)
        beside = {
            "earlier": page.has_previous() and page.previous_page_number(),
            "later": page.has_next() and page.next_page_number(),
            "last": page.paginator.num_pages,
        }
        return context | {"page": beside}
