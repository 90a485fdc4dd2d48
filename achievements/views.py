from django.views.generic import ListView

from achievements.models import Achievement


class AchievementsView(ListView):
    queryset = Achievement.objects.newest_first().prefetch_related("aims", "pictures")
    template_name = "achievements/achievements.html"
    context_object_name = "achievements"
