"""What all pages for editors have in common; each app's admin builds its pages from these classes.

Everything works without JavaScript: what can be moved has buttons that send the page.
"""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from collab_site.core.editing import bin_pages  # noqa: F401 - registers the bin
from collab_site.core.editing.edit_conflicts import TYPING, EditConflictMixin
from collab_site.core.editing.history import recorded
from collab_site.core.editing.history_pages import HistoryMixin
from collab_site.core.editing.ordering import Ordered
from collab_site.core.editing.widgets import DayInput, LongLineField, MomentField, MomentInput
from collab_site.core.pictures.forms import HeldFileFormMixin

EMPTY_LABEL = "Nothing chosen"
LONG_LINE = 200
MOST_ROWS = 400
MOVE = re.compile(r"(\w+):(\d{1,18}):(up|down)", re.ASCII)
PLACES = {"up": -1, "down": 1}


class PlainFieldsMixin:
    """Plain form fields: no windows that pop up, boxes to tick, the browser's own calendar."""

    formfield_overrides = {
        models.DateField: {"widget": DayInput},
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3})},
        models.URLField: {"widget": forms.URLInput, "assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Return the field without icons for adding or changing what it refers to."""
        if type(db_field) is models.CharField and db_field.max_length >= LONG_LINE:
            kwargs = {"form_class": LongLineField, "widget": LongLineField.widget, **kwargs}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(field, forms.ModelChoiceField) and not field.widget.is_hidden:
            # Read once for the page; otherwise every row of an inline would read them anew.
            field.choices = list(field.choices)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Say in words that nothing is chosen."""
        kwargs.setdefault("empty_label", EMPTY_LABEL)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Say in words that nothing is chosen."""
        if db_field.blank:
            kwargs.setdefault("choices", [("", EMPTY_LABEL), *db_field.choices])
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Offer boxes to tick."""
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PicturePreviewMixin:
    """Shows the picture that is there already, from the public address named `picture_route`."""

    picture_route = None
    readonly_fields = ("preview",)

    @admin.display(description="the picture now")
    def preview(self, row):
        """Return the picture, or a word that there is none yet."""
        if not is_stored(row.image):
            return "None yet"
        name = row.image.name.rpartition("/")[2]
        return format_html(
            '<img class="preview" src="{}" alt="{}" width="{}" height="{}">',
            reverse(self.picture_route, args=[name]),
            row.alt_text,
            row.width,
            row.height,
        )


def is_stored(file):
    """Return whether a row's file is there; one that was chosen just now may not be yet."""
    return bool(file) and file.storage.exists(file.name)


class PortalInline(PlainFieldsMixin, admin.StackedInline):
    """Rows on their parent's page, the last of them empty and to be filled in.

    Rows that are `Ordered` can be moved.
    """

    extra = 1
    max_num = MOST_ROWS
    template = "admin/edit_inline/stacked.html"
    view_on_site = False

    @property
    def media(self):
        """What the rows need beyond the page's own script: nothing."""
        return forms.Media()

    def get_formset(self, request, obj=None, **kwargs):
        """Read no more rows than there can be, whatever number was sent."""
        return super().get_formset(request, obj, **{"absolute_max": MOST_ROWS, **kwargs})

    @property
    def is_ordered(self):
        """Whether rows can be moved."""
        return issubclass(self.model, Ordered)


class PortalModelAdmin(HistoryMixin, EditConflictMixin, PlainFieldsMixin, admin.ModelAdmin):
    """A list page and an editing page for one kind of row.

    Subclasses say with `row_note` what the list tells beside each row's name, with `get_parents`
    where the page stands, and with `get_next_url` what follows when it has been saved.
    """

    actions = None
    preserve_filters = False
    show_facets = admin.ShowFacets.NEVER
    stays_after_adding = False
    # What somebody who removes a row should know beforehand.
    removal_note = ""

    @property
    def media(self):
        """What a page needs beyond the portal's own script: nothing of Django's."""
        return forms.Media()

    def get_urls(self):
        """Leave out Django's page of past changes, and its old addresses, which have no name."""
        return [url for url in super().get_urls() if url.name and not url.name.endswith("_history")]

    def row_note(self, row):
        """Return what the list says of a row beside its name."""
        return ""

    def can_move(self, row):
        """Return whether the list offers to move this row."""
        return isinstance(row, Ordered)

    def move(self, row, places):
        """Move a row of the list by `places`: -1 is up, 1 is down."""
        row.move(places)

    def get_list_url(self):
        """Return the address of the list page."""
        return self._url("changelist")

    def get_page_url(self, row):
        """Return the address of a row's own editing page."""
        return self._url("change", row.pk)

    def get_parents(self, request, row):
        """Return [(name, address), …] of the pages above a row's page, the first page left out."""
        return [(capfirst(self.opts.verbose_name_plural), self.get_list_url())]

    def get_next_url(self, request, row):
        """Return the address of the page that follows "Save"."""
        return self.get_list_url()

    def get_view_on_site_url(self, obj=None):
        """Return where the row is shown to everybody, or None; Django would redirect there."""
        if obj and callable(self.view_on_site):
            return self.view_on_site(obj)
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def changelist_view(self, request, extra_context=None):
        """Show the list, or move one of its rows."""
        if request.method == "POST":
            return self._move_in_list(request)
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Give the page its title and the way back."""
        _keep_files(context)
        context |= {
            "title": str(obj) if obj else f"New {self.opts.verbose_name}",
            "subtitle": None,
            "parents": self.get_parents(request, obj or context["adminform"].form.instance),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_formset(self, request, form, formset, change):
        """Save the rows before removing any: each removal numbers those that are left."""
        for row in formset.save(commit=False):
            row.save()
        formset.save_m2m()
        for row in formset.deleted_objects:
            row.delete()

    def response_add(self, request, obj, post_url_continue=None):
        """Go on after the first saving."""
        return self._respond(request, obj, stay=self.stays_after_adding)

    def response_change(self, request, obj):
        """Go on after saving, or move one of the rows that were saved."""
        return self._move_in_page(request, obj) or self._respond(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        """Say what is gone."""
        messages.success(request, f"“{obj_display}” is removed.")
        return redirect(self.get_list_url())

    def render_delete_form(self, request, context):
        """Ask before removing, and name what would go too."""
        row = context["object"]
        context |= {
            "title": f"Remove “{row}”?",
            "subtitle": None,
            "parents": [*self.get_parents(request, row), (str(row), self.get_page_url(row))],
            "page_url": self.get_page_url(row),
            "goes_too": self._goes_too(row),
            "removal_note": self.removal_note,
        }
        return super().render_delete_form(request, context)

    def _url(self, page, *args):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)

    def _respond(self, request, row, stay=False):
        self._tell_saved(request, self._saved_message(row))
        if stay or "_continue" in request.POST:
            return redirect(self.get_page_url(row))
        return redirect(self.get_next_url(request, row))

    def _tell_saved(self, request, message):
        # The browser lets go of what it has kept of the typing.
        messages.success(request, message, extra_tags=request.POST.get(TYPING, ""))

    def _saved_message(self, row):
        url = self.get_view_on_site_url(row)
        link = format_html(' <a href="{}">See it on the site</a>', url) if url else ""
        return format_html("“{}” is saved.{}", row, link)

    def _move_in_list(self, request):
        name, pk, places = _read_move(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=pk).first()
        if name != self.opts.model_name or row is None or not self.can_move(row):
            raise Http404
        with recorded(request.user):
            self.move(row, places)
        messages.success(request, f"“{row}” has moved.")
        return redirect(f"{self.get_list_url()}#{name}-{pk}")

    def _move_in_page(self, request, obj):
        if "_move" not in request.POST:
            return None
        name, pk, places = _read_move(request)
        for inline in self.get_inline_instances(request, obj):
            if inline.opts.model_name == name and inline.is_ordered:
                # It may be one that was removed just now.
                for row in inline.get_queryset(request).filter(pk=pk):
                    row.move(places)
        self._tell_saved(request, "Everything on this page is saved, and the row has moved.")
        return redirect(f"{self.get_page_url(obj)}#{name}-{pk}")

    def _goes_too(self, row):
        found = NestedObjects(using=row._state.db)
        found.collect([row])
        return [
            f"{len(rows)} {_counted(model._meta, len(rows))}"
            for model, rows in found.model_objs.items()
            if model is not self.model and not model._meta.auto_created
        ]


class OnePageAdmin(PortalModelAdmin):
    """For what there is one of: no list, only its page. `get_the_one` returns it, or None."""

    def get_the_one(self):
        """Return the row whose page this is."""
        return self.model._default_manager.first()

    def changelist_view(self, request, extra_context=None):
        """Go straight to the page."""
        row = self.get_the_one()
        return redirect(self.get_page_url(row) if row else "admin:index")

    def has_add_permission(self, request):
        """Return False: there is one, and one is enough."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Return False: there is always one."""
        return False

    def get_parents(self, request, row):
        """Return nothing: the page stands right under the first one."""
        return []

    def get_next_url(self, request, row):
        """Return the first page's address."""
        return reverse("admin:index")


def _keep_files(context):
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    rows = [row for formset in formsets for row in formset.forms]
    for form in [context["adminform"].form, *rows]:
        if isinstance(form, HeldFileFormMixin):
            form.keep_file()


def _read_move(request):
    match = MOVE.fullmatch(request.POST.get("_move", ""))
    if not match:
        raise Http404
    name, pk, direction = match.groups()
    return name, int(pk), PLACES[direction]


def _counted(opts, count):
    return opts.verbose_name if count == 1 else opts.verbose_name_plural
