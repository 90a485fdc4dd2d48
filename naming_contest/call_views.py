"""The pages on which everybody reads a call for ideas, and sees the ideas."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from collab_site.core.content_version.memo import cached
from collab_site.core.paging import bounded_count, page_of
from collab_site.core.schools.panels import PanelMixin
from naming_contest.models import Contest, Idea
from naming_contest.story import Story, ideas_in_words

NEWEST = 6
NAMES_IN_PANEL = 3
PER_PAGE = 24


class ContestView(TemplateView):
    """A page of the contest with the address name `slug`; without one, of the current contest.

    The current one has its own addresses: its page there is named in `current_page`.
    """

    current_page = None

    def get(self, request, slug=None):
        """Show the page; 404 for a contest that nobody may read of yet."""
        if slug is None:
            return self.render_to_response(self.get_context_data(Contest.objects.current()))
        contest = get_object_or_404(Contest.objects.public(), slug=slug)
        if contest.is_current:
            return redirect(self.current_page)
        return self.render_to_response(self.get_context_data(contest))


class CallView(ContestView):
    """The call, how to take part, how it stands, and the newest ideas."""

    template_name = "naming_contest/call.html"
    current_page = "name-us"

    def get_context_data(self, contest):
        earlier = Contest.objects.public().filter(is_current=False).order_by("-closes_at", "-pk")
        context = {"contest": contest, "earlier": earlier}
        if contest:
            newest = Idea.objects.shown_in(contest)[:NEWEST]
            sent = bounded_count([contest.ideas.sent()])
            context |= {"sent": sent, "sent_in_words": ideas_in_words(sent)}
            context["ideas"] = _counted(contest, newest)
        return super().get_context_data(**context)


class CallPanelView(PanelMixin, TemplateView):
    """How the call stands, and the newest names, for a frame on a school's own site."""

    template_name = "naming_contest/panel.html"
    height = 520

    def get_context_data(self, **kwargs):
        contest = Contest.objects.current()
        context = super().get_context_data(contest=contest, **kwargs)
        if contest and not contest.is_decided:
            named = Idea.objects.shown_in(contest).exclude(name="")
            context["names"] = named.values_list("name", flat=True)[:NAMES_IN_PANEL]
        return context


class GalleryView(ContestView):
    """All the ideas that may be seen, page by page."""

    template_name = "naming_contest/gallery.html"
    current_page = "gallery"

    def get_context_data(self, contest):
        context = {"contest": contest}
        if contest:
            cursor = self.request.GET.get("page")
            context |= _page_of(contest, cursor) if cursor else _first_page_of(contest)
        return super().get_context_data(**context)


class StoryView(TemplateView):
    """How a contest's winners came about: of the newest one, or of that with the address `slug`.

    404 until there is something to tell.
    """

    template_name = "naming_contest/story.html"

    def get_context_data(self, slug=None, **kwargs):
        contests = Contest.objects.filter(slug=slug) if slug else Contest.objects.all()
        contest = contests.with_story()
        if contest is None:
            raise Http404("There is no story yet.")
        return super().get_context_data(contest=contest, story=Story(contest), **kwargs)


@cached
def _first_page_of(contest):
    return _page_of(contest, None)


def _page_of(contest, cursor):
    shown = Idea.objects.shown_in(contest)
    page = page_of(shown, cursor, PER_PAGE, by="decided_at", newest_first=True)
    return {"page": page, "ideas": _counted(contest, page.rows)}


def _counted(contest, ideas):
    """Return `ideas` as a list, each with `alike`: how many have about its name, or None."""
    ideas = list(ideas)
    counts = Idea.objects.count_alike(contest, [idea.name_group for idea in ideas])
    for idea in ideas:
        idea.alike = counts.get(idea.name_group)
    return ideas
