from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views import View

from collab_site.core.schools.addresses import absolute
from collab_site.core.schools.context import identity
from naming_contest.document.pdf import EntryFormContext, entry_form_pdf
from naming_contest.models import Contest


class PaperFormView(View):
    """The entry form to print; under a school's entrance, that school's."""

    def get(self, request):
        """Return the PDF; once the call is closed, go to the page that says so."""
        contest = Contest.objects.current()
        if contest is None:
            raise Http404("There is no call for ideas.")
        if contest.is_over:
            return redirect("suggest")
        pdf = entry_form_pdf(contest, _around(identity(request)["identity"]))
        response = HttpResponse(pdf, content_type="application/pdf")
        name = f"Entry form - {' '.join(contest.title.split())}.pdf"
        response["Content-Disposition"] = content_disposition_header(False, name)
        return response


def _around(identity):
    collaboration, schools = identity.collaboration, identity.schools
    school = identity.entrance
    return EntryFormContext(
        collaboration=collaboration.name,
        sign=identity.icon,
        schools=tuple(school.name for school in schools),
        school=school.name if school else "",
        website=school.website if school else "",
        address=absolute(reverse("suggest")),
        privacy=absolute(reverse("privacy")),
    )
