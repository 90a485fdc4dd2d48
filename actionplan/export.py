"""The plan to take along: as a table, and as PDF."""

import csv
import hashlib

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View

from actionplan.academic_year import year_slug
from actionplan.document.pdf import About, plan_pdf
from actionplan.models import Edition, EditionDocument
from actionplan.reading import get_plan
from collab_site.schools.addresses import canonical
from collab_site.schools.context import identity

HEADINGS = (
    "Strand",
    "Title of the strand",
    "Status of the strand",
    "Step",
    "Kind",
    "What",
    "Schools",
    "Where",
    "When",
    "Status",
    "Question still open",
)
# With these a spreadsheet begins a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class PlanCSVView(View):
    """The newest edition as a table, one row a step, for a spreadsheet."""

    def get(self, request, year):
        """Return the CSV file, in UTF-8 with the mark by which Excel knows it."""
        plan = get_plan(year)
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        name = f"plan-{year_slug(year)}.csv"
        response["Content-Disposition"] = content_disposition_header(True, name)
        writer = csv.writer(response)
        writer.writerow(HEADINGS)
        writer.writerows([neutral(cell) for cell in row] for row in _rows(plan))
        return response


def neutral(cell):
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def _rows(plan):
    for strand in plan["strands"]:
        head = (strand["number"], strand["title"], strand["status_label"])
        for step in strand["steps"]:
            yield (
                *head,
                f"Step {step['number']}",
                step["kind_label"],
                step["text"],
                ", ".join(step["school_names"]),
                step["venue"],
                step["half_term_label"] or step["due_on"] or "",
                step["status_label"],
                step["open_question"],
            )
        if not strand["steps"]:
            yield head + ("",) * (len(HEADINGS) - len(head))


class PlanPDFView(View):
    """An edition as PDF, the newest one unless a number is given; made once, then kept."""

    def get(self, request, year, number=None):
        """Return the PDF as a download, named as pages name it."""
        editions = Edition.objects.public().filter(plan__year=year).select_related("plan")
        editions = editions.filter(number=number) if number is not None else editions
        edition = editions.order_by("number").last()
        if edition is None:
            raise Http404("There is no such edition.")
        about = _about(edition, year, identity(request)["identity"])
        response = HttpResponse(edition_pdf(edition, about), content_type="application/pdf")
        name = f"{about.plan_name} {edition.plan.label}.pdf"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


def edition_pdf(edition, about):
    """Return the PDF of an edition, from the database if it has been made for `about` before."""
    made_for = hashlib.sha256(repr((about, edition.content)).encode()).hexdigest()
    kept = EditionDocument.objects.filter(edition=edition, made_for=made_for).first()
    if kept:
        return bytes(kept.data)
    data = plan_pdf(edition.content, about)
    EditionDocument.objects.update_or_create(
        edition=edition, defaults={"data": data, "made_for": made_for}
    )
    return data


def _about(edition, year, identity):
    collaboration = identity.collaboration
    return About(
        collaboration=collaboration.name,
        plan_name=collaboration.plan_name,
        colour=collaboration.colour,
        schools=tuple((school.short_name, school.colour) for school in identity.schools),
        address=canonical(reverse("edition", args=[year, edition.number])),
        place=collaboration.place,
        introduction=collaboration.plan_introduction,
        number=edition.number,
        published=timezone.localdate(edition.published_at),
        note=edition.note,
    )
