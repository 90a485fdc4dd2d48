from functools import partial
from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView

from collab_site.core.pictures.views import PRIVATE, set_headers
from naming_contest.forms import IdeaForm
from naming_contest.limits import consume_hold_quota, consume_quota
from naming_contest.models import Contest, Idea
from naming_contest.receipts import Receipt


class IdeaFormView(FormView):
    """A page with an IdeaFormBase. A subclass says with `get_success_url(form)` what comes next."""

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "consume_quota": partial(consume_quota, self.request),
            "consume_hold_quota": partial(consume_hold_quota, self.request),
        }

    def post(self, request, **kwargs):
        """Store a good form once; a double click gets the same answer for both."""
        form = self.get_form()
        if form.is_looking:
            form.look()
            return self.form_invalid(form)
        if form.is_repeat() or (form.is_valid() and form.send()) or form.is_repeat():
            form.release_held()
            return redirect(self.get_success_url(form))
        return self.form_invalid(form)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.wait:
            response.status_code = 429
            response["Retry-After"] = form.wait
        return response


class SuggestView(IdeaFormView):
    """The form; while no ideas may be sent, a page that says so, whatever is posted.

    `?after=` and the token of a private link go on from that idea: from its school and year group.
    """

    template_name = "naming_contest/suggest.html"
    form_class = IdeaForm

    def dispatch(self, request, *args, **kwargs):
        self.contest = Contest.objects.current()
        self.earlier = self._find_earlier(request.GET.get("after"))
        if self.contest and self.contest.is_open:
            response = super().dispatch(request, *args, **kwargs)
        else:
            response = ClosedView.as_view(extra_context={"contest": self.contest})(request)
        if "after" in request.GET:
            set_headers(response, PRIVATE)
        return response

    def get_initial(self):
        if self.earlier:
            idea = self.earlier.idea
            return {"school": idea.school, "year_group": idea.year_group}
        return {"school": self.request.school}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "contest": self.contest}

    def get_success_url(self, form):
        """Return where the family is thanked, or where it writes down the next idea at once."""
        token = form.receipt_token()
        if "next" in form.data:
            return f"{reverse('suggest')}?{urlencode({'after': token})}"
        return reverse("thank-you", args=[token])

    def get_context_data(self, **kwargs):
        return super().get_context_data(contest=self.contest, earlier=self.earlier, **kwargs)

    def _find_earlier(self, token):
        idea = token and Idea.objects.by_link(token)
        return Receipt(idea, token) if idea else None


class ClosedView(TemplateView):
    template_name = "naming_contest/closed.html"

    def post(self, request):
        return self.get(request)
