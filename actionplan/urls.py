"""Where everybody reads the plan: /plan/…"""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from actionplan import views
from actionplan.academic_year import AcademicYearConverter
from actionplan.evidence import EvidenceDocumentView, EvidencePictureView
from actionplan.export import PlanCSVView, PlanPDFView
from actionplan.feeds import PlanFeedView


class NumberConverter(IntConverter):
    """A number from 1 on, written as people write it, so that a page has one address."""

    regex = "[1-9][0-9]*"


register_converter(AcademicYearConverter, "year")
register_converter(NumberConverter, "number")

urlpatterns = [
    path("", views.PlanView.as_view(), name="plan"),
    path("feed/", PlanFeedView.as_view(), name="plan-feed"),
    path(
        "evidence/<picture:name>",
        EvidencePictureView.as_view(),
        name="evidence-picture",
    ),
    path(
        "evidence/<document:name>",
        EvidenceDocumentView.as_view(),
        name="evidence-document",
    ),
    path("<year:year>/", views.PlanView.as_view(), name="plan-year"),
    path("<year:year>/plan.pdf", PlanPDFView.as_view(), name="plan-pdf"),
    path("<year:year>/plan.csv", PlanCSVView.as_view(), name="plan-csv"),
    path("<year:year>/on-a-page/", views.OnAPageView.as_view(), name="plan-on-a-page"),
    path("<year:year>/updates/", views.UpdatesView.as_view(), name="plan-updates"),
    path("<year:year>/editions/", views.EditionsView.as_view(), name="editions"),
    path("<year:year>/editions/<number:number>/", views.EditionView.as_view(), name="edition"),
    path(
        "<year:year>/editions/<number:number>/plan.pdf", PlanPDFView.as_view(), name="edition-pdf"
    ),
    path("<year:year>/changes/", views.ChangesView.as_view(), name="changes"),
    path(
        "<year:year>/changes/since-september/",
        views.ChangesView.as_view(since_september=True),
        name="changes-since-september",
    ),
    path(
        "<year:year>/changes/since-edition-<number:number>/",
        views.ChangesView.as_view(),
        name="changes-since",
    ),
    path("<year:year>/<number:number>/", views.StrandNumberView.as_view(), name="strand-number"),
    path("<year:year>/<slug:slug>/", views.StrandView.as_view(), name="strand"),
]
