"""A school's kit: one page, with codes and posters beside it. It reads no cookie and sets none."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView, View

from collab_site.core.documents.qr import qr_code
from collab_site.core.schools.addresses import through_entrance
from collab_site.core.schools.context import identity
from collab_site.core.schools.models import School
from collab_site.core.schools.prefixes import links_under, sent_on
from collab_site.portal.kit.contents import CODES, INVITATIONS, Kit
from collab_site.portal.kit.poster import poster_pdf
from naming_contest.models import Contest


class KitMixin:
    """What is at an address of a school's kit; an address name that the school had leads there."""

    def dispatch(self, request, school, **kwargs):
        """Answer in the name of the school, as its entrance does. Raises Http404 without one."""
        found = School.objects.known_as(school)
        if found is None:
            raise Http404("There is no such school.")
        if found.slug == school:
            request.school = found
            response = super().dispatch(request, **kwargs)
        else:
            response = sent_on(request, f"/schools/{school}/", f"/schools/{found.slug}/")
        response["X-Robots-Tag"] = "noindex"
        return response

    @property
    def kit(self):
        """What there is for the school."""
        return Kit(identity(self.request)["identity"], Contest.objects.current())


class KitView(KitMixin, TemplateView):
    template_name = "kit/kit.html"

    def render_to_response(self, context, **kwargs):
        """Render the page at once, while its links lead through the school's entrance."""
        with links_under(self.request.school.entrance):
            return super().render_to_response(context | {"kit": self.kit}, **kwargs).render()


class CodeView(KitMixin, View):
    """A QR code that leads to a page, as a file of its `kind`: "svg" or "png"."""

    kind = None
    TYPES = {"svg": "image/svg+xml", "png": "image/png"}

    def get(self, request, page):
        """Return the file. Raises Http404 for a page without a code."""
        if page not in CODES:
            raise Http404("There is no code for this page.")
        code = qr_code(through_entrance(request.school, page))
        name = f"{request.school.slug}-{page}.{self.kind}"
        return _file(getattr(code, self.kind), self.TYPES[self.kind], name, as_attachment=True)


class PosterView(KitMixin, View):
    """A poster to print."""

    def get(self, request, page):
        """Return the PDF; where there is nothing to invite to, go to the kit, which says so."""
        if page not in INVITATIONS:
            raise Http404("There is no poster for this page.")
        invitation = self.kit.invitations.get(page)
        if invitation is None:
            return redirect(f"{request.school.kit}#posters")
        pdf = poster_pdf(invitation, identity(request)["identity"])
        name = f"Poster - {' '.join(invitation.headline.split())}.pdf"
        return _file(pdf, "application/pdf", name, as_attachment=False)


def _file(content, content_type, name, as_attachment):
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name)
    return response
