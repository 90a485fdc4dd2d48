"""Writing what happened: one page, with evidence; and taking it down."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html

from actionplan.academic_year import year_label
from actionplan.evidence import serve_document
from actionplan.models import Audience, Evidence, Plan, Update
from actionplan.update_forms import (
    EvidenceForm,
    EvidenceFormSet,
    ImpactForm,
    MaterialForm,
    Subjects,
    UpdateForm,
    WorkExampleForm,
)
from collab_site.core.editing.admin import (
    PicturePreviewMixin,
    PortalInline,
    PortalModelAdmin,
    is_stored,
)
from collab_site.core.editing.lists import PagedListMixin
from collab_site.core.paging import page_of
from collab_site.core.pictures.views import PictureView

ADDRESS = "actionplan_update"


class RadioChoicesMixin:
    """Offers few choices all at once, each to be made with one tap."""

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Return the field as radio buttons."""
        kwargs |= {"widget": forms.RadioSelect, "choices": db_field.choices}
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class EvidenceInline(RadioChoicesMixin, PortalInline):
    """The rows of one kind of evidence, folded together until they are needed."""

    model = Evidence
    form = EvidenceForm
    formset = EvidenceFormSet
    template = "admin/actionplan/evidence.html"
    name = None
    kinds = ()
    is_ordered = False

    def get_formset(self, request, obj=None, **kwargs):
        """Name the rows, for there are three such lists on the page."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.name = self.name
        return formset

    def get_queryset(self, request):
        """Return those of this kind."""
        return super().get_queryset(request).filter(kind__in=self.kinds)


class WorkExampleInline(PicturePreviewMixin, EvidenceInline):
    form = WorkExampleForm
    name = "examples"
    kinds = [Evidence.Kind.PICTURE]
    verbose_name = "work example"
    verbose_name_plural = "work examples"
    picture_route = f"admin:{ADDRESS}_picture"
    fields = ["preview", "image", "alt_text", "is_safe", "audience"]


class MaterialInline(EvidenceInline):
    form = MaterialForm
    name = "materials"
    kinds = MaterialForm.KINDS
    verbose_name = "video, report or presentation"
    verbose_name_plural = "videos, reports and presentations"
    fields = ["kind", "title", "url", "download", "document", "audience"]
    readonly_fields = ["download"]

    @admin.display(description="the PDF now")
    def download(self, row):
        """Return a link to the PDF, or a word that there is none."""
        if not is_stored(row.document):
            return "None yet"
        name = row.document.name.rpartition("/")[2]
        address = reverse(f"admin:{ADDRESS}_document", args=[name])
        return format_html('<a href="{}">Download “{}”</a>', address, row)


class ImpactInline(EvidenceInline):
    form = ImpactForm
    name = "notes"
    kinds = [Evidence.Kind.IMPACT]
    verbose_name = "note"
    verbose_name_plural = "what difference it made"
    fields = ["text", "audience"]


class PlanFilter(admin.SimpleListFilter):
    """The updates of one year, or of all."""

    title = "year"
    parameter_name = "plan"
    template = "admin/actionplan/years.html"

    def lookups(self, request, model_admin):
        """Return the years, if there are several."""
        years = Plan.objects.filter(Exists(Update.objects.filter(plan=OuterRef("pk"))))
        choices = [(str(pk), year_label(year)) for pk, year in years.values_list("pk", "year")]
        return choices if len(choices) > 1 else []

    def value(self):
        """Return the plan that is asked for, if it is one of them."""
        asked = super().value()
        return asked if asked in dict(self.lookup_choices) else None

    def queryset(self, request, queryset):
        """Return the updates of this plan."""
        return queryset.filter(plan=self.value()) if self.value() else queryset


@admin.register(Update)
class UpdateAdmin(RadioChoicesMixin, PagedListMixin, PortalModelAdmin):
    form = UpdateForm
    inlines = [WorkExampleInline, MaterialInline, ImpactInline]
    fields = ["text", "about", "happened_on", "school", "audience"]
    list_filter = [PlanFilter]
    list_per_page = 50

    def get_queryset(self, request):
        """Fetch what each update is about, which may be gone."""
        return super().get_queryset(request).with_subjects()

    def get_list_page(self, rows, cursor):
        """Return the Page of the updates, the newest first."""
        return page_of(rows, cursor, self.list_per_page, by="happened_on", newest_first=True)

    def get_urls(self):
        """Add the files: an editor sees those of what is taken down, too."""
        site = self.admin_site.admin_view
        return [
            path("pictures/<picture:name>", site(self.picture_view), name=f"{ADDRESS}_picture"),
            path("documents/<document:name>", site(self.document_view), name=f"{ADDRESS}_document"),
            *super().get_urls(),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Offer what an update can be about."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.subjects = Subjects(obj, request.GET)
        return form

    def get_changeform_initial_data(self, request):
        """Begin with the writer's own school."""
        return {"school": request.user.school_id}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Say in words what no school means."""
        if db_field.name == "school":
            kwargs |= {"empty_label": "All of the schools", "help_text": ""}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_parents(self, request, row):
        """Return the list, by its own heading."""
        return [("What has happened", self.get_list_url())]

    def get_view_on_site_url(self, obj=None):
        """Return where the update stands on the site, or None while it can't be read."""
        is_shown = obj and obj.taken_down_at is None and obj.plan.newest_edition()
        return obj.get_absolute_url() if is_shown else None

    def add_view(self, request, form_url="", extra_context=None):
        """Start writing; without any plan there is nothing to write about."""
        if not Plan.objects.exists():
            messages.warning(request, "Start a plan first: what happens is told of its work.")
            return redirect("admin:index")
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Show the list, or take one of it down, or show that again."""
        if request.method == "POST":
            return self._show_or_hide(request)
        context = {
            "title": "What has happened",
            "may_change": self.has_change_permission(request),
        }
        return super().changelist_view(request, context)

    def save_model(self, request, obj, form, change):
        """Remember who wrote it."""
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)

    def picture_view(self, request, name):
        """Serve any picture to who may see updates here."""
        self._require_view(request)
        view = PictureView.as_view(queryset=Evidence.objects.all(), cache="private")
        return view(request, name=name)

    def document_view(self, request, name):
        """Serve any PDF to who may see updates here."""
        self._require_view(request)
        return serve_document(Evidence.objects.all(), name)

    def _require_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _show_or_hide(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        is_hidden = "take_down" in request.POST
        number = request.POST.get("take_down" if is_hidden else "put_up", "")
        if not (number.isascii() and number.isdecimal() and len(number) <= 18):
            raise Http404("There is no such update.")
        update = get_object_or_404(Update, pk=number)
        if is_hidden:
            update.take_down()
        else:
            update.put_up()
        self.log_change(request, update, "Taken down" if is_hidden else "Shown again")
        messages.success(request, f"“{update}”: {_who_sees(update)}")
        return redirect(f"{request.get_full_path()}#update-{update.pk}")

    def _saved_message(self, row):
        return format_html("{} {}", super()._saved_message(row), _who_sees(row))


def _who_sees(update):
    """Return in a sentence who sees an update now, and what of it is kept to staff."""
    if update.taken_down_at:
        return "It is taken down, so nobody sees it on the site."
    if update.audience == Audience.STAFF:
        return "Only staff of the schools see it."
    when = "now" if update.plan.newest_edition() else "once the plan is published"
    kept = update.evidence.filter(audience=Audience.STAFF).count()
    but = f", but {kept} of the things with it only staff" if kept else ""
    return f"Everybody sees it {when}{but}."
