from django.views.generic import ListView

from aims.models import Aim
from collab_site.core.content_version.memo import cached_per_prefix
from collab_site.core.schools.panels import PanelMixin


class AimsView(ListView):
    """The aims, each with the strands of the plan that serve it.

    `get_strands` returns these as {an aim's address name: [{"title", "url", "label"}, …]}; whoever
    knows the plan gives it.
    """

    template_name = "aims/aims.html"
    context_object_name = "aims"
    get_strands = None

    def get_queryset(self):
        return _aims_served_by(self.get_strands)


class AimsPanelView(PanelMixin, ListView):
    """The aims alone, for a frame on a school's own site."""

    queryset = Aim.objects.all()
    template_name = "aims/panel.html"
    context_object_name = "aims"
    height = 640


@cached_per_prefix
def _aims_served_by(get_strands):
    strands = get_strands()
    aims = list(Aim.objects.select_related("purpose").prefetch_related("purpose__points"))
    for aim in aims:
        aim.served_by = strands.get(aim.slug, [])
    return aims
