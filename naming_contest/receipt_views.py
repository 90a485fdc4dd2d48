"""The pages behind a private link: for the family whose idea it is, and for nobody else.

They are neither cached nor indexed, see collab_site/portal/middleware.py. Those without a form send
no Referer; a form without one would be refused as a cross-site request.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView, View

from collab_site.core.pictures.views import private_picture
from naming_contest.forms import ChangeForm
from naming_contest.models import Idea
from naming_contest.receipts import Receipt
from naming_contest.views import IdeaFormView


class ReceiptMixin:
    """A page of the idea whose private link ends with `token`; without one, a 404."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        idea = Idea.objects.by_link(kwargs["token"])
        self.receipt = Receipt(idea, kwargs["token"]) if idea else None

    def dispatch(self, request, *args, **kwargs):
        if not self.receipt:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        receipt = self.receipt
        return super().get_context_data(
            receipt=receipt, idea=receipt.idea, contest=receipt.idea.contest, **kwargs
        )


class ReceiptView(ReceiptMixin, TemplateView):
    """How the idea stands, and what was sent."""

    template_name = "naming_contest/receipt.html"

    def render_to_response(self, context, **kwargs):
        return _untold(super().render_to_response(context, **kwargs))


class ThankYouView(ReceiptView):
    template_name = "naming_contest/thank_you.html"


class SlipView(ReceiptView):
    """The receipt to be printed and cut out."""

    template_name = "naming_contest/slip.html"


class ReceiptPictureView(ReceiptMixin, View):
    """The picture as it was sent."""

    def get(self, request, token):
        if not self.receipt.idea.logo:
            raise Http404
        return _untold(private_picture(self.receipt.idea.logo))


class ChangeView(ReceiptMixin, IdeaFormView):
    """The form with what was sent; when the time for ideas is over, a page that says so."""

    template_name = "naming_contest/change.html"
    form_class = ChangeForm

    def dispatch(self, request, *args, **kwargs):
        if self.receipt and not self.receipt.may_change:
            return ChangesOverView.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        # The form writes into its instance; the page shows what is stored.
        instance = get_object_or_404(Idea, pk=self.receipt.idea.pk)
        return {**super().get_form_kwargs(), "instance": instance}

    def post(self, request, token):
        """Store what has changed; a family that has withdrawn the idea meanwhile is told."""
        try:
            return super().post(request)
        except Idea.DoesNotExist as gone:
            raise Http404 from gone

    def get_success_url(self, form):
        """Return the idea's page, which tells that the idea waits again if it does."""
        address = self.receipt.address
        return f"{address}?changed" if form.is_repeat() else address


class ChangesOverView(ReceiptView):
    template_name = "naming_contest/changes_over.html"

    def post(self, request, **kwargs):
        return self.get(request, **kwargs)


class WithdrawView(ReceiptMixin, TemplateView):
    """Asks whether the idea is to be taken back, and takes it back."""

    template_name = "naming_contest/withdraw.html"

    def dispatch(self, request, *args, **kwargs):
        # The second of two clicks reads the same words as the first.
        if not self.receipt and request.method == "POST":
            return _withdrawn(request, status=404)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, token):
        """Delete the idea, and all that came with it."""
        try:
            self.receipt.idea.delete()
        except Idea.DoesNotExist:
            return _withdrawn(request, status=404)
        return _withdrawn(request)


def _withdrawn(request, status=200):
    return _untold(render(request, "naming_contest/withdrawn.html", status=status))


def _untold(response):
    response["Referrer-Policy"] = "no-referrer"
    return response
