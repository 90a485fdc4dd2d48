"""The pages on which everybody reads the plan."""

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic import RedirectView, TemplateView

from actionplan.academic_year import first_day, year_label
from actionplan.models import Edition, Plan
from actionplan.preview import read_token
from actionplan.reading import get_plan, newest_in, present, read_plan
from actionplan.sentences import sentences
from collab_site.core.schools.panels import PanelMixin


class PlanView(TemplateView):
    """The plan of a year; without a year, the current one."""

    template_name = "actionplan/plan.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        year, to_staff = context.get("year"), self.is_to_staff()
        plan = get_plan(year, to_staff) if year else read_plan(to_staff=to_staff)
        return context | {"plan": plan, "to_staff": to_staff}

    def is_to_staff(self):
        """Return whether the reader has signed in, and may read what is only for staff.

        Nobody does through a school's entrance, which has none of the pages for editors.
        """
        return not self.request.school and self.request.user.has_perm("actionplan.view_update")

    def render_to_response(self, context, **kwargs):
        """Keep what is only for staff out of everybody's caches."""
        response = super().render_to_response(context, **kwargs)
        if context.get("to_staff"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class OnAPageView(PlanView):
    """The plan in short, on one sheet of paper."""

    template_name = "actionplan/on_a_page.html"


class PlanPanelView(PanelMixin, PlanView):
    """The plan in a few lines, for a frame on a school's own site."""

    template_name = "actionplan/panel.html"
    height = 620

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        plan = context["plan"]
        return context | {"newest": plan and newest_in(plan)}


class UpdatesView(PlanView):
    """All that has happened in a year."""

    template_name = "actionplan/updates.html"


class StrandView(PlanView):
    """One strand, with all that has happened in it."""

    template_name = "actionplan/strand_page.html"

    def get(self, request, *args, **kwargs):
        """Lead on from an address that the strand had in an earlier edition."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            address = _moved_to(kwargs["year"], kwargs["slug"])
            if address is None:
                raise
        return redirect(address)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        strand = _find(context["plan"]["strands"], "slug", context["slug"])
        return context | {"strand": strand}


class StrandNumberView(RedirectView):
    """The address of a strand by its number, which leads to its name."""

    def get_redirect_url(self, year, number):
        return _find(get_plan(year)["strands"], "number", number)["url"]


class EditionsView(TemplateView):
    """All editions of a year's plan."""

    template_name = "actionplan/editions.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | _with_year(context["year"], editions=_editions(context["year"])[::-1])


class EditionView(TemplateView):
    """A plan as it was published once."""

    template_name = "actionplan/edition.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        editions = _editions(context["year"])
        edition = _find(editions, "number", context["number"])
        row = Edition.objects.get(pk=edition["pk"])
        return context | _with_year(
            context["year"], edition=edition, newest=editions[-1], plan=present(row.content)
        )


class ChangesView(TemplateView):
    """What has changed in a plan since an edition; without a number, since the one before."""

    template_name = "actionplan/changes.html"
    since_september = False

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        year = context["year"]
        editions = _editions(year)
        older, newer = self.find_older(editions), editions[-1]
        rows = Edition.objects.in_bulk({older["pk"], newer["pk"]})
        return context | _with_year(
            year,
            editions=editions,
            older=older,
            newer=newer,
            september=_of_september(editions, year),
            since_september=self.since_september,
            groups=_by_strand(rows[older["pk"]].content, rows[newer["pk"]].content),
            notes=[e for e in editions if e["number"] > older["number"] and e["note"]],
        )

    def find_older(self, editions):
        """Return the edition with which the newest one is compared."""
        if self.since_september:
            return _of_september(editions, self.kwargs["year"])
        if "number" in self.kwargs:
            return _find(editions, "number", self.kwargs["number"])
        return editions[-2:][0]


class PreviewView(TemplateView):
    """A plan as its draft is now, for whoever has the link, as long as that works."""

    template_name = "actionplan/preview.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        try:
            number, expires_at = read_token(context["token"])
        except signing.BadSignature as error:
            raise Http404("This link doesn't work, or no longer.") from error
        plan = get_object_or_404(Plan, pk=number)
        return context | {"plan": present(plan.snapshot()), "expires_at": expires_at}

    def render_to_response(self, context, **kwargs):
        """Keep the address from other sites; as a private page it has the headers of those."""
        response = super().render_to_response(context, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response


def _editions(year):
    """Return a year's public editions, oldest first, without content. Raises Http404 for none."""
    rows = Edition.objects.public().filter(plan__year=year).order_by("number")
    editions = list(rows.values("pk", "number", "published_at", "note"))
    if not editions:
        raise Http404("There is no plan for this year.")
    for edition in editions:
        edition["url"] = reverse("edition", args=[year, edition["number"]])
    return editions


def _moved_to(year, slug):
    """Return the address of the strand that had another one in an earlier edition, or None."""
    plan = read_plan(year)
    now = {strand["id"]: strand["url"] for strand in plan["strands"]} if plan else {}
    editions = Edition.objects.public().filter(plan__year=year).order_by("-number")
    for content in editions.values_list("content", flat=True):
        for strand in content["strands"]:
            if strand["slug"] == slug and strand["id"] in now:
                return now[strand["id"]]
    return None


def _by_strand(older, newer):
    """Return what has changed as [(a strand of the newer plan or None, [sentence, …]), …]."""
    strands = {strand["slug"]: strand for strand in present(newer)["strands"]}
    told = {slug: [] for slug in ("", *strands)}
    for sentence in sentences(older, newer):
        told[sentence.strand].append(sentence)
    return [(strands.get(slug), group) for slug, group in told.items() if group]


def _of_september(editions, year):
    """Return the edition that parents read on 1 September; before the first one, that."""
    start = first_day(year)
    earlier = [e for e in editions if timezone.localdate(e["published_at"]) <= start]
    return earlier[-1] if earlier else editions[0]


def _find(rows, name, value):
    for row in rows:
        if row[name] == value:
            return row
    raise Http404(f"There is no {name} {value}.")


def _with_year(year, **context):
    return {"label": year_label(year), "plan_url": reverse("plan-year", args=[year]), **context}
