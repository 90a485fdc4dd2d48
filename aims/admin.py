"""An aim, its purpose and all its points are edited as one page."""

from django import forms
from django.contrib import admin

from aims.models import Aim, Point, Purpose
from collab_site.core.editing.admin import PortalInline, PortalModelAdmin
from collab_site.core.editing.widgets import LongLineField


class AimForm(forms.ModelForm):
    heading = Purpose._meta.get_field("heading").formfield(
        form_class=LongLineField,
        required=False,
        label="Heading above the points",
        help_text="The purpose in your words. Leave it empty to repeat the aim.",
    )

    class Meta:
        model = Aim
        fields = ["title", "heading", "slug"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not hasattr(self.instance, "purpose"):
            self.instance.purpose = Purpose()
        self.initial["heading"] = self.instance.purpose.heading

    def save_purpose(self):
        """Save the purpose of the aim, which is saved already."""
        purpose = self.instance.purpose
        purpose.aim = self.instance
        purpose.heading = self.cleaned_data["heading"] or self.instance.title
        purpose.save()


class PointInline(PortalInline):
    """The points of the aim's purpose: `AimAdmin` gives each its purpose for a parent."""

    model = Point
    fields = ["text", "level"]
    radio_fields = {"level": admin.HORIZONTAL}

    def __init__(self, parent_model, admin_site):
        super().__init__(Purpose, admin_site)


@admin.register(Aim)
class AimAdmin(PortalModelAdmin):
    form = AimForm
    inlines = [PointInline]
    fieldsets = [
        (None, {"fields": ["title", "heading"]}),
        ("More about this aim", {"fields": ["slug"], "classes": ["collapse"]}),
    ]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Hang the points on the purpose."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return kwargs | {"instance": obj.purpose}

    def save_related(self, request, form, formsets, change):
        """Save the purpose before its points."""
        form.save_purpose()
        super().save_related(request, form, formsets, change)
