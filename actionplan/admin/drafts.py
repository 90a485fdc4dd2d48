"""What the pages of everything that waits for publishing have in common."""

from contextlib import contextmanager

from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html


class DraftMixin:
    """For a ModelAdmin: what is saved can be read by nobody else until it is published.

    Nobody publishes or moves anything of a plan while somebody else saves or removes a part of it.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Hold the plan while its row is saved."""
        with self._held(request, object_id):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        """Hold the plan while its row is removed."""
        with self._held(request, object_id):
            return super().delete_view(request, object_id, extra_context)

    def render_delete_form(self, request, context):
        """Say that parents read on what was published."""
        return super().render_delete_form(request, context | {"goes_when_published": True})

    def delete_model(self, request, obj):
        """Remember the plan, to which the answer leads."""
        request.plan = getattr(obj, "plan", None)
        super().delete_model(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        """Say what is gone, and go on with the plan that it was a part of."""
        response = super().response_delete(request, obj_display, obj_id)
        if request.plan is None:
            return response
        return redirect("admin:actionplan_plan_outline", request.plan.pk)

    @contextmanager
    def _held(self, request, object_id):
        if request.method != "POST":
            yield
            return
        with transaction.atomic():
            row = self.get_object(request, object_id) if object_id else None
            if row:
                getattr(row, "plan", row).hold()
            yield

    def _saved_message(self, row):
        plan = getattr(row, "plan", row)
        address = reverse("admin:actionplan_plan_outline", args=[plan.pk])
        return format_html(
            "“{}” is saved. Parents see it once a headteacher has published "
            '<a href="{}">the plan</a>.',
            row,
            address,
        )
