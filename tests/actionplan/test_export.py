"""The plan as a table and as PDF."""

import csv
import io
from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from actionplan.models import Edition, EditionDocument, Plan, Step
from collab_site.core.documents.table import neutral
from collab_site.core.schools.models import Collaboration, School
from tests.make import (
    make_collaboration,
    make_plan,
    make_school,
    make_step,
    make_strand,
    publish,
)

pytestmark = pytest.mark.django_db
PDF, CSV = "/plan/2026-27/plan.pdf", "/plan/2026-27/plan.csv"


@pytest.fixture
def step():
    make_collaboration(plan_name="Our “shared” plan")
    strand = make_strand(plan=make_plan(year=2026), title="Reading")
    step = make_step(strand=strand, text="Meet at noon.", half_term="spring-1", status="done")
    step.schools.set([make_school(short_name="Oak"), make_school(short_name="Elm")])
    make_strand(plan=strand.plan, title="Counting")
    publish()
    return step


def text_of(response):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_the_table_has_a_row_for_each_step(client, step):
    response = client.get(CSV)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert [row[head.index("Title of the strand")] for row in rows] == ["Reading", "Counting"]
    told = dict(zip(head, rows[0], strict=True))
    assert (told["Step"], told["What"]) == ("Step 1.1", "Meet at noon.")
    assert (told["When"], told["Status"]) == ("Spring 1", "Done")
    assert told["Schools"] == "Oak, Elm"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_no_cell_is_a_formula(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Meet.", "1-2", "a=b", ""])
def test_other_cells_stay_as_they_are(text):
    assert neutral(text) == text


def test_a_formula_that_somebody_typed_is_text_in_the_table(client, step):
    Step.objects.update(text='=HYPERLINK("https://x.example")')
    publish()
    assert "'=HYPERLINK" in client.get(CSV).content.decode()


def test_the_pdf_is_a_download_named_as_pages_name_it(client, step):
    response = client.get(PDF)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "2026%E2%80%9327.pdf" in response["Content-Disposition"]
    assert "Meet at noon." in text_of(response)
    assert "Edition 1" in text_of(response)


def test_the_pdf_is_made_once_for_each_edition(client, step, monkeypatch):
    first = client.get(PDF).content
    monkeypatch.setattr("actionplan.export.plan_pdf", None)
    assert client.get(PDF).content == first
    assert EditionDocument.objects.count() == 1


def test_the_pdf_is_made_anew_for_another_name(client, step):
    client.get(PDF)
    Collaboration.objects.update(name="Lake Group")
    assert "Lake Group" in text_of(client.get(PDF))
    assert EditionDocument.objects.count() == 1


def test_an_old_edition_has_its_own_pdf(client, step):
    Step.objects.update(text="Meet at midnight.")
    publish()
    assert "midnight" in text_of(client.get(PDF))
    old = client.get("/plan/2026-27/editions/1/plan.pdf")
    assert "noon" in text_of(old)
    assert client.get("/plan/2026-27/editions/3/plan.pdf").status_code == 404


def test_a_draft_is_in_neither(client, step):
    Step.objects.update(text="Not public yet.")
    assert "Not public yet." not in client.get(CSV).content.decode()
    assert "Not public yet." not in text_of(client.get(PDF))
    Plan.objects.get().editions.all().delete()
    assert client.get(CSV).status_code == client.get(PDF).status_code == 404


def oak_s(client):
    """Return the PDF that Oak's entrance leads to, and its words without line breaks."""
    response = client.get(f"/from/oak{PDF}")
    return response, text_of(response).replace("\n", "")


@pytest.fixture
def oak(step):
    school = step.schools.get(short_name="Oak")
    school.name, school.slug, school.website = "Oak School", "oak", "https://oak.example/"
    school.save()
    return school


def test_through_an_entrance_it_names_the_school_and_leads_back_there(client, oak, settings):
    _, words = oak_s(client)
    assert "From Oak School" in words
    assert f"On the web: {settings.PUBLIC_URL}/from/oak/plan/2026-27/editions/1/" in words
    assert "Oak School: https://oak.example/" in words


def test_a_school_without_a_website_is_named_all_the_same(client, oak):
    School.objects.update(website="")
    _, words = oak_s(client)
    assert "From Oak School" in words
    assert "oak.example" not in words


def test_each_entrance_has_its_own_and_nobody_gets_another_s(client, oak, monkeypatch):
    elm = f"/from/{School.objects.get(short_name='Elm').slug}{PDF}"
    pages = [PDF, f"/from/oak{PDF}", elm]
    found = [client.get(page).content for page in pages]
    monkeypatch.setattr("actionplan.export.plan_pdf", None)
    assert [client.get(page).content for page in pages] == found
    assert len(set(found)) == EditionDocument.objects.count() == 3
    assert "/from/" not in text_of(client.get(PDF))
    assert "From" not in text_of(client.get(PDF))


def test_it_is_made_anew_for_another_website(client, oak):
    oak_s(client)
    School.objects.filter(pk=oak.pk).update(website="https://new.example/")
    assert "https://new.example/" in oak_s(client)[1]
    assert EditionDocument.objects.count() == 1


def test_a_school_that_is_removed_takes_its_own_along(client, oak):
    oak_s(client)
    client.get(PDF)
    oak.delete()
    assert EditionDocument.objects.get().school is None


def test_of_each_entrance_one_is_kept(step):
    edition = Edition.objects.get()
    for school in (None, School.objects.first()):
        for number in "12":
            with suppress(IntegrityError), transaction.atomic():
                edition.documents.create(school=school, data=b"", made_for=number)
    assert EditionDocument.objects.count() == 2
