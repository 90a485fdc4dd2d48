from functools import partial

from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from naming_contest.forms import IdeaForm
from naming_contest.limits import take_turn
from naming_contest.models import Contest, Idea


class CallView(TemplateView):
    """The call, how to take part, and the ideas that everybody may see."""

    template_name = "naming_contest/call.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            contest=Contest.objects.current(), ideas=Idea.objects.approved(), **kwargs
        )


class SuggestView(FormView):
    """The form; while no ideas may be sent, a page that says so, whatever is posted."""

    template_name = "naming_contest/suggest.html"
    form_class = IdeaForm

    def dispatch(self, request, *args, **kwargs):
        self.contest = Contest.objects.current()
        if self.contest and self.contest.is_open():
            return super().dispatch(request, *args, **kwargs)
        return ClosedView.as_view(extra_context={"contest": self.contest})(request)

    def get_initial(self):
        return {"school": self.request.school}

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "contest": self.contest,
            "take_turn": partial(take_turn, self.request),
        }

    def post(self, request):
        """Store a good idea once; a double click gets the same answer for both."""
        form = self.get_form()
        if form.is_repeat() or (form.is_valid() and form.send()) or form.is_repeat():
            form.release_held()
            return redirect("thank-you")
        return self.form_invalid(form)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.wait:
            response.status_code = 429
            response["Retry-After"] = form.wait
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(contest=self.contest, **kwargs)


class ClosedView(TemplateView):
    template_name = "naming_contest/closed.html"

    def post(self, request):
        return self.get(request)


class ThankYouView(TemplateView):
    template_name = "naming_contest/thank_you.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(contest=Contest.objects.current(), **kwargs)
