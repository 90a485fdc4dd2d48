"""Entering the ideas that came on paper."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.generic import TemplateView

from collab_site.core.paging import page_of
from collab_site.core.pictures.storage import all_or_nothing
from collab_site.core.pictures.views import PictureView
from collab_site.core.schools.context import identity
from naming_contest.models import Contest, Idea
from naming_contest.moderating import Desk
from naming_contest.paper import NUMBER, Entries, EntryForm, SheetsForm
from naming_contest.receipts import Receipt, new_link

ADDRESS = "naming_contest_idea_paper"
PERMISSION = "naming_contest.enter_idea"
TITLE = "Enter ideas that came on paper"
ROWS = 20


class PaperPages:
    """For the admin of ideas: the page on which the office enters scans, one row each."""

    def get_urls(self):
        """Add the page, and the pictures on it."""
        site = self.admin_site.admin_view
        page = PaperView.as_view(model_admin=self)
        receipts = ReceiptsView.as_view(model_admin=self)
        picture = DraftPictureView.as_view()
        return [
            path("paper/", site(page), name=ADDRESS),
            path("paper/receipts/", site(receipts), name=f"{ADDRESS}_receipts"),
            path("paper/pictures/<picture:name>", site(picture), name=f"{ADDRESS}_picture"),
            *super().get_urls(),
        ]

    def get_paper_parents(self, request):
        """Return [(name, address), …] of the pages above that this person may see."""
        return self.get_parents(request, None) if self.has_view_permission(request) else []


class DraftPictureView(PermissionRequiredMixin, PictureView):
    """The picture of a draft, for who may enter ideas."""

    permission_required = PERMISSION
    queryset = staticmethod(Idea.objects.drafts)
    field = "logo"
    cache = "private"


class PaperView(PermissionRequiredMixin, TemplateView):
    """The drafts of the current contest, and where more are added; every button stores them all."""

    permission_required = PERMISSION
    template_name = "admin/naming_contest/idea/paper.html"
    model_admin = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.contest = Contest.objects.current()

    @property
    def schools(self):
        """All schools, read once a request."""
        return identity(self.request)["identity"].schools

    @property
    def drafts(self):
        """The drafts of the current contest."""
        return Idea.objects.drafts().filter(contest=self.contest)

    @property
    def takes_more(self):
        """Whether further sheets may be added."""
        return self.contest is not None and not self.contest.is_decided

    def get(self, request):
        """Show the drafts of a page."""
        sheets = SheetsForm(initial={"school": request.user.school_id}, schools=self.schools)
        return self._show([], sheets, self._just_finished())

    def post(self, request):
        """Store what can be stored, and tell of the rest, with everything that was typed."""
        if self.contest is None:
            raise Http404
        entries = Entries(self.contest, request.POST, self.schools)
        with all_or_nothing(entries.turned, "logo"):
            entries.store()
            self._log(entries)
        sheets = SheetsForm(request.POST, request.FILES, schools=self.schools)
        added = sheets.store(self.contest) if self.takes_more else 0
        for sentence in _told(entries, added):
            messages.success(request, sentence)
        if entries.is_in_order and not sheets.errors:
            return redirect(self._following(entries))
        return self._show(entries.forms, sheets, entries.receipts, entries=entries, errors=True)

    def _show(self, forms, sheets, finished, **context):
        """Show what came back in `forms`, and after them the other drafts of the page."""
        desk = Desk.of(self.request)
        page = page_of(self.drafts, self.request.GET.get("page"), ROWS, by="sent_at")
        sent = {form.instance.pk for form in forms}
        others = [idea for idea in page.rows if idea.pk not in sent]
        return self.render_to_response(
            {
                **self.model_admin.admin_site.each_context(self.request),
                "title": TITLE,
                "parents": self.model_admin.get_paper_parents(self.request),
                "contest": self.contest,
                "takes_more": self.takes_more,
                "forms": [*forms, *(EntryForm(None, idea, self.schools) for idea in others)],
                "sheets": sheets,
                "finished": finished,
                "printable": [idea for idea in finished if desk.may_print_receipt(idea)],
                "page": page,
                **context,
            }
        )

    def _just_finished(self):
        """Return the ideas whose receipts the address asks for."""
        keys = filter(NUMBER.fullmatch, self.request.GET.get("finished", "").split(".")[:ROWS])
        waiting = Idea.objects.waiting().filter(contest=self.contest, is_on_paper=True)
        return waiting.filter(pk__in=list(keys))

    def _following(self, entries):
        """Return the address of the same page, with the receipts of what is finished."""
        finished = ".".join(str(idea.pk) for idea in entries.receipts)
        query = {"page": self.request.GET.get("page"), "finished": finished}
        query = urlencode({name: value for name, value in query.items() if value})
        place = f"#idea-{entries.turned[0].pk}" if entries.turned else ""
        return f"{self.request.path}{'?' if query else ''}{query}{place}"

    def _log(self, entries):
        for idea in entries.finished:
            self.model_admin.log_change(self.request, idea, "Entered from paper")
        if entries.removed:
            removed = [Idea(pk=key) for key in entries.removed]
            self.model_admin.log_deletions(self.request, removed)


class ReceiptsView(PermissionRequiredMixin, TemplateView):
    """Slips to print for ideas that came on paper, each with a new private link.

    The links are in this one answer, and nowhere else.
    """

    permission_required = PERMISSION
    template_name = "admin/naming_contest/idea/receipts.html"
    model_admin = None

    def get(self, request):
        """Go to the page with the button: looking makes no link."""
        return redirect(f"admin:{ADDRESS}")

    def post(self, request):
        """Make the links of those of the ideas sent that this person may print; show them."""
        keys = set(filter(NUMBER.fullmatch, request.POST.getlist("idea")[:ROWS]))
        receipts = self._make(keys)
        if not receipts:
            raise Http404
        parents = self.model_admin.get_paper_parents(request)
        return self.render_to_response(
            {
                **self.model_admin.admin_site.each_context(request),
                "title": "Receipts to print",
                "parents": [*parents, (TITLE, reverse(f"admin:{ADDRESS}"))],
                "receipts": receipts,
                "missing": len(keys) - len(receipts),
            }
        )

    @transaction.atomic
    def _make(self, keys):
        desk = Desk.of(self.request)
        # In one order, so that two who print the same ideas take turns.
        ideas = Idea.objects.filter(pk__in=keys).order_by("pk")
        locked = ideas.select_related("contest").select_for_update(of=["self"])
        printable = [idea for idea in locked if desk.may_print_receipt(idea)]
        for idea in printable:
            self.model_admin.log_change(self.request, idea, desk.noted("Made a private link", idea))
        return [Receipt(idea, new_link(idea)) for idea in printable]


def _told(entries, added):
    """Return, in sentences, what has been done."""
    counts = [
        (added, "is added below", "are added below"),
        (len(entries.finished), "is ready to be looked at", "are ready to be looked at"),
        (len(entries.removed), "is removed for good", "are removed for good"),
    ]
    told = [
        f"1 idea {one}." if count == 1 else f"{count} ideas {more}."
        for count, one, more in counts
        if count
    ]
    return told or (["Saved."] if entries.is_in_order and entries.forms else [])
