from django.views.generic import ListView

from aims.models import Aim


class AimsView(ListView):
    queryset = Aim.objects.select_related("purpose").prefetch_related(
        "purpose__points", "strands__plan"
    )
    template_name = "aims/aims.html"
    context_object_name = "aims"
