from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from collab_site.core.editing.admin import OnePageAdmin, PicturePreviewMixin, PortalModelAdmin
from collab_site.core.editing.widgets import ColourInput
from collab_site.core.pictures.forms import PictureForm
from collab_site.core.schools.models import Collaboration, HomePicture, OldAddress, School, Term

KIT = "Links, panels and posters"


class SchoolForm(forms.ModelForm):
    class Meta:
        widgets = {"colour": ColourInput}


class CollaborationForm(forms.ModelForm):
    class Meta:
        widgets = {"colour": ColourInput}
        labels = {
            "aims_introduction": "Introduction to the aims",
            "aims_lead_in": "Words before the aims",
            "plan_name": "Name of the plan",
            "plan_introduction": "What the plan is",
            "plan_invitation": "Invitation to read the plan",
            "achievements_introduction": "Introduction to the achievements",
        }


@admin.register(Collaboration)
class CollaborationAdmin(OnePageAdmin):
    form = CollaborationForm
    fieldsets = [
        ("Who you are", {"fields": ["name", "strap_line", "place"]}),
        ("Colour", {"fields": ["colour", "colour_is_provisional"]}),
        ("On the home page", {"fields": ["welcome", "introduction"]}),
        ("On the page of aims", {"fields": ["aims_introduction", "aims_lead_in"]}),
        ("About the plan", {"fields": ["plan_name", "plan_introduction", "plan_invitation"]}),
        ("On the page of achievements", {"fields": ["achievements_introduction"]}),
    ]


@admin.register(School)
class SchoolAdmin(PortalModelAdmin):
    form = SchoolForm
    removal_note = "Its links, panels, posters and feeds lead nowhere until it is put back."
    readonly_fields = ["kit"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "colour", "colour_is_provisional"]}),
        ("How to reach the school", {"fields": ["website", "email", "telephone"]}),
        ("On its own website", {"fields": ["panel_origins", "kit"]}),
        ("Its own entrance", {"fields": ["slug"], "classes": ["collapse"]}),
    ]

    def row_note(self, row):
        """Return the colour, whether the school has agreed to it, and the way to its kit."""
        return format_html(
            '<span class="petal school-{}"></span> {} <a href="{}">{}</a>',
            row.slug,
            "provisional colour" if row.colour_is_provisional else "",
            row.kit,
            KIT,
        )

    @admin.display(description="for its website")
    def kit(self, row):
        """Return the way to the school's kit, or a word that it comes with the school."""
        if row.pk is None:
            return "Links, panels and posters are here as soon as the school is saved."
        return format_html('<a href="{}">{}</a>', row.kit, KIT)


@admin.register(HomePicture)
class HomePictureAdmin(PicturePreviewMixin, PortalModelAdmin):
    form = PictureForm
    picture_route = "home-picture"
    fields = ["preview", "image", "alt_text", "is_safe"]

    def view_on_site(self, row):
        """Return the home page's address."""
        return reverse("home")


@admin.register(Term)
class TermAdmin(PortalModelAdmin):
    fields = ["term", "stands_for", "meaning", "is_provisional", "also"]

    def row_note(self, row):
        """Return the meaning, and whether a school has checked it."""
        return f"{'Provisional: ' if row.is_provisional else ''}{row.meaning}"


@admin.register(OldAddress)
class OldAddressAdmin(PortalModelAdmin):
    fields = ["address", "leads_to"]

    def row_note(self, row):
        """Return where it leads."""
        return f"leads to {row.leads_to}"
