"""The plan to take along: as a table, and as PDF."""

import hashlib

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View

from actionplan.academic_year import year_slug
from actionplan.document.pdf import PlanPdfContext, plan_pdf
from actionplan.models import Edition
from actionplan.reading import get_plan
from collab_site.core.documents.table import csv_response
from collab_site.core.schools.addresses import absolute, canonical
from collab_site.core.schools.context import identity

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


class PlanCSVView(View):
    """The newest edition as a table, one row a step, for a spreadsheet."""

    def get(self, request, year):
        """Return the CSV file."""
        return csv_response(f"plan-{year_slug(year)}.csv", HEADINGS, _rows(get_plan(year)))


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
        current = identity(request)["identity"]
        about = _about(edition, year, current)
        data = _pdf(edition, about, current)
        response = HttpResponse(data, content_type="application/pdf")
        name = f"{about.plan_name} {edition.plan.label}.pdf"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


def _pdf(edition, about, identity):
    if identity.way_back:  # Looking at a preview leaves nothing behind.
        return plan_pdf(edition.content, about, identity.logo)
    return edition_pdf(edition, about, identity.logo, identity.entrance)


def edition_pdf(edition, about, logo=None, school=None):
    """Return the PDF of an edition, from the database if it has been made like this before.

    `school` is the one through whose entrance it is read, or None.
    """
    seen = (about, logo and logo.image_name, edition.content)
    made_for = hashlib.sha256(repr(seen).encode()).hexdigest()
    kept = edition.documents.filter(school=school, made_for=made_for).first()
    if kept:
        return bytes(kept.data)
    data = plan_pdf(edition.content, about, logo)
    edition.documents.update_or_create(
        school=school, defaults={"data": data, "made_for": made_for, "logo": logo}
    )
    return data


def _about(edition, year, identity):
    collaboration, school = identity.collaboration, identity.entrance
    address = reverse("edition", args=[year, edition.number])
    return PlanPdfContext(
        collaboration=collaboration.name,
        plan_name=collaboration.plan_name,
        colour=collaboration.colour,
        schools=tuple((school.short_name, school.colour) for school in identity.schools),
        address=absolute(address) if school else canonical(address),
        school=school.name if school else "",
        website=school.website if school else "",
        place=collaboration.place,
        introduction=collaboration.plan_introduction,
        number=edition.number,
        published=timezone.localdate(edition.published_at),
        note=edition.note,
    )
