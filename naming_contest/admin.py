"""The call for ideas, and the queue of ideas that wait for a decision."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from collab_site.editing.admin import OnePageAdmin, PortalModelAdmin
from collab_site.pictures.views import PictureView
from naming_contest.models import Contest, Idea

ADDRESS = "naming_contest_idea"
SHORT = {
    Idea.Status.WAITING: "Waiting",
    Idea.Status.APPROVED: "Approved",
    Idea.Status.DECLINED: "Declined",
}
DECISIONS = {
    Idea.Status.APPROVED: "Approve",
    Idea.Status.DECLINED: "Decline",
    Idea.Status.WAITING: "Put back to waiting",
}


@admin.register(Contest)
class ContestAdmin(OnePageAdmin):
    fields = ["title", "call", "how", "afterwards", "opens_at", "closes_at"]

    def get_the_one(self):
        """Return the call that is shown."""
        return Contest.objects.current()


class StatusFilter(admin.SimpleListFilter):
    """Waiting, approved or declined; without a choice, those that wait."""

    title = "where it stands"
    parameter_name = "status"
    template = "admin/naming_contest/idea/tabs.html"

    def lookups(self, request, model_admin):
        """Return the three, each with how many ideas it has."""
        counted = Idea.objects.order_by().values_list("status").annotate(Count("pk"))
        counts = dict(counted)
        return [(status, f"{SHORT[status]} ({counts.get(status, 0)})") for status in Idea.Status]

    def value(self):
        """Return the status that is shown."""
        return _shown_status(self.used_parameters)

    def choices(self, changelist):
        """Leave out Django's choice of all."""
        return list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        """Return the ideas of this status."""
        return queryset.filter(status=self.value())


@admin.register(Idea)
class IdeaAdmin(PortalModelAdmin):
    """The queue: nobody changes what a family sent; it is approved or declined as it is."""

    list_filter = [StatusFilter]
    list_select_related = ["school"]
    list_per_page = 50

    def has_add_permission(self, request):
        """Return False: ideas come from families, by the form."""
        return False

    def has_change_permission(self, request, obj=None):
        """Return False: deciding has its own permission, and changes no word."""
        return False

    def get_urls(self):
        """Add the decision, and the pictures that not everybody may see."""
        site = self.admin_site.admin_view
        return [
            path("pictures/<picture:name>", site(self.picture_view), name=f"{ADDRESS}_picture"),
            path("<int:pk>/decide/", site(self.decide_view), name=f"{ADDRESS}_decide"),
            *super().get_urls(),
        ]

    def get_ordering(self, request):
        """Return the order: who has waited longest is first, or what was decided last."""
        waiting = _shown_status(request.GET) == Idea.Status.WAITING
        return ["sent_at", "pk"] if waiting else ["-decided_at", "-pk"]

    def get_view_on_site_url(self, obj=None):
        """Return the public page for an approved idea."""
        is_shown = obj and obj.status == Idea.Status.APPROVED
        return reverse("name-us") if is_shown else None

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Offer the decisions that change something, to who may decide."""
        may_decide = request.user.has_perm("naming_contest.decide_idea")
        context["decisions"] = (
            [(status, label) for status, label in DECISIONS.items() if status != obj.status]
            if may_decide
            else []
        )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def picture_view(self, request, name):
        """Serve a picture, of a waiting or declined idea too, to who may see ideas."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        view = PictureView.as_view(queryset=Idea.objects.all(), field="logo", cache="private")
        return view(request, name=name)

    @method_decorator(require_POST)
    def decide_view(self, request, pk):
        """Decide on an idea; the next one that waits comes at once."""
        if not request.user.has_perm("naming_contest.decide_idea"):
            raise PermissionDenied
        idea = get_object_or_404(Idea, pk=pk)
        status = request.POST.get("status")
        if status not in Idea.Status.values:
            raise Http404
        idea.decide(status, request.user)
        self.log_change(request, idea, SHORT[status])
        if status == Idea.Status.WAITING:
            messages.success(request, f"{idea} waits again.")
            return redirect(self.get_page_url(idea))
        messages.success(request, _decided_message(request, idea))
        following = Idea.objects.waiting().first()
        return redirect(self.get_page_url(following) if following else self.get_list_url())


def _shown_status(parameters):
    asked = parameters.get("status")
    return asked if asked in Idea.Status.values else Idea.Status.WAITING


def _decided_message(request, idea):
    return render_to_string("admin/naming_contest/idea/decided.html", {"idea": idea}, request)
