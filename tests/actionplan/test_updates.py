"""What happened: who may read it and its evidence, and how it is written and taken down."""

import errno
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from actionplan.academic_year import academic_year
from actionplan.files import document_storage
from actionplan.models import Audience, Evidence, HeldDocument, Plan, Update
from collab_site.core.accounts.roles import EDITING
from collab_site.core.editing.bin import remove_for_good
from collab_site.core.editing.models import Removal
from collab_site.core.pictures.models import HeldPicture
from tests.admin.pages import Editing
from tests.make import (
    make_evidence,
    make_pdf,
    make_plan,
    make_school,
    make_step,
    make_strand,
    make_update,
    make_user,
)
from tests.pictures.samples import drawing, saved

pytestmark = pytest.mark.django_db

LIST = "/admin/actionplan/update/"
NEW = f"{LIST}add/"
PICTURES, MATERIALS, NOTES = "examples-0", "materials-0", "notes-0"
KINDS = list(Evidence.Kind)


@pytest.fixture(params=EDITING)
def writer(request):
    """Somebody with either role, of a school."""
    return Editing(make_user(request.param, school=make_school(short_name="Tupton")))


@pytest.fixture
def plan():
    """A published plan with a strand of two steps."""
    strand = make_strand(title="Challenge", slug="challenge", steps=["Meet.", "Look at books."])
    strand.plan.publish()
    return strand.plan


@pytest.fixture
def strand(plan):
    return plan.strands.get()


def address(strand):
    return f"/plan/{str(strand.plan.label).replace('–', '-')}/{strand.slug}/"


def pdf(data=None, name="our report.pdf"):
    return SimpleUploadedFile(name, make_pdf() if data is None else data, "application/pdf")


def picture():
    return SimpleUploadedFile("kite.png", saved(drawing(), "PNG"), "image/png")


def stored():
    return sorted(path.name for path in Path(document_storage().location).rglob("*.pdf"))


def file_address(evidence):
    name = (evidence.document or evidence.image).name.rpartition("/")[2]
    return f"/plan/evidence/{name}"


def status(client, address):
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def write(person, address=NEW, **changes):
    """Write an update as the page offers it, with `changes`; return the Page that follows."""
    changes = {"text": "We met.", "audience": "public"} | changes
    return person.save(person.get(address), **changes)


def held_in(page, name):
    return page.data()[name][0]


# --- Writing ---------------------------------------------------------------------------------


def test_the_plain_case_takes_a_text_and_who_sees_it(writer, strand):
    page = write(writer, f"{NEW}?strand={strand.pk}", text="We met at Tupton.")
    update = Update.objects.get()
    assert (update.text, update.audience) == ("We met at Tupton.", Audience.PUBLIC)
    assert (update.plan, update.strand, update.step_id) == (strand.plan, strand, None)
    assert (update.school, update.author) == (writer.user.school, writer.user)
    assert update.happened_on == timezone.localdate()
    assert "Everybody sees it now." in page.text()


def test_who_sees_it_has_to_be_said(editor, strand):
    page = editor.get(f"{NEW}?strand={strand.pk}")
    assert "audience" not in page.data()
    page = editor.save(page, text="We met.")
    assert "Who sees it: Choose who sees it." in page.text()
    assert page.data()["text"] == ["We met."]
    assert not Update.objects.exists()


@pytest.mark.parametrize("asked", ["plan", "strand", "step"])
def test_what_it_is_about_is_chosen_by_the_address(editor, strand, asked):
    step = strand.steps.last()
    found = {"plan": strand.plan, "strand": strand, "step": step}
    write(editor, f"{NEW}?{asked}={found[asked].pk}")
    update = Update.objects.get()
    assert update.plan == strand.plan
    assert update.strand == (None if asked == "plan" else strand)
    assert update.step == (step if asked == "step" else None)


@pytest.mark.parametrize("query", ["strand=99", "step=x", "plan=%F0", "strand=" + "9" * 40, "a=b"])
def test_any_other_address_offers_the_whole_plan(editor, plan, query):
    assert editor.get(f"{NEW}?{query}").data()["about"] == [f"plan-{plan.pk}"]


def test_the_select_has_this_year_first_and_no_year_that_is_over(editor, strand):
    make_plan(year=academic_year() - 1)
    following = make_strand(plan=make_plan(year=academic_year() + 1), title="Later")
    page = editor.get(NEW)
    (select,) = [s for s in page.all("select") if s.get("name") == "about"]
    names = [option.text for option in page.all("option", select)]
    label = following.plan.label
    assert names == [
        f"The whole plan for {strand.plan.label}",
        "Strand 1. Challenge",
        "1.1 Meet.",
        "1.2 Look at books.",
        f"The whole plan for {label}",
        f"{label}: Strand 1. Later",
    ]
    assert page.all("optgroup", select)[0].get("label") == "1. Challenge"


def test_a_year_that_is_over_can_be_asked_for(editor, strand):
    old = make_strand(plan=make_plan(year=academic_year() - 1))
    write(editor, f"{NEW}?strand={old.pk}")
    assert Update.objects.get().strand == old


def test_a_year_whose_plan_is_not_begun_offers_the_one_before(editor):
    old = make_plan(year=academic_year() - 1)
    assert editor.get(NEW).data()["about"] == [f"plan-{old.pk}"]


def test_without_a_plan_the_first_page_says_what_to_do(editor):
    response = editor.client.get(NEW, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"
    assert b"Start a plan first" in response.content


def test_a_step_that_goes_while_somebody_writes_is_asked_about(editor, strand):
    page = editor.get(f"{NEW}?step={strand.steps.first().pk}")
    strand.steps.first().delete()
    page = editor.save(page, text="We met.", audience="public")
    assert "This is no longer in the plan." in page.text()
    assert page.data()["text"] == ["We met."]


def test_a_day_to_come_is_refused(editor, plan):
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = write(editor, happened_on=tomorrow.isoformat())
    assert "This day is still to come." in page.text()
    assert not Update.objects.exists()


def test_an_update_is_changed(editor, strand):
    update = make_update(plan=strand.plan, author=make_user(first_name="Ann", last_name="Head"))
    page = editor.get(f"{LIST}{update.pk}/change/")
    assert "written by Ann Head" in page.text()
    step = strand.steps.last()
    editor.save(page, text="We met twice.", about=f"step-{step.pk}", audience="staff")
    update.refresh_from_db()
    assert (update.text, update.step, update.audience) == ("We met twice.", step, "staff")
    assert update.author != editor.user


def test_the_author_is_not_told_to_the_public(client, plan):
    make_update(plan=plan, author=make_user(first_name="Zebedee", last_name="Head"))
    assert b"Zebedee" not in client.get("/plan/").content


@pytest.mark.parametrize("gone", ["step", "strand"])
def test_what_it_was_about_may_be_gone(editor, strand, gone):
    step = strand.steps.last()
    about = {"strand": strand} | ({"step": step} if gone == "step" else {})
    update = make_update(plan=strand.plan, **about)
    (step if gone == "step" else strand).delete()
    assert f"A {gone} that is no longer in the plan" in editor.get(LIST).text()
    page = editor.get(f"{LIST}{update.pk}/change/")
    assert f"(a {gone} that is no longer in the plan)" in page.text()
    editor.save(page, text="Still there.")
    kept = Update.objects.get(text="Still there.")
    assert (kept.strand_id, kept.step_id) == (update.strand_id, update.step_id)
    page = editor.get(f"{LIST}{update.pk}/change/")
    editor.save(page, about=f"plan-{strand.plan.pk}")
    kept.refresh_from_db()
    assert (kept.strand_id, kept.step_id) == (None, None)


def test_an_update_goes_to_the_bin_and_for_good_with_its_files(
    head, plan, django_capture_on_commit_callbacks
):
    evidence = make_evidence("report", update=make_update(plan=plan))
    head.client.post(f"{LIST}{evidence.update_id}/delete/", {"post": "yes"})
    assert not Update.objects.exists()
    assert len(stored()) == 1
    assert head.status(f"/plan/{evidence.document.name}") == 404
    with django_capture_on_commit_callbacks(execute=True):
        remove_for_good(Removal.objects.get())
    assert stored() == []


# --- Evidence --------------------------------------------------------------------------------


def test_evidence_of_every_kind_is_written_at_once(editor, plan):
    write(
        editor,
        **{
            f"{PICTURES}-image": picture(),
            f"{PICTURES}-alt_text": "A poem about a kite",
            f"{PICTURES}-is_safe": "on",
            f"{PICTURES}-audience": "public",
            f"{MATERIALS}-kind": "video",
            f"{MATERIALS}-url": "video.example/7",
            f"{NOTES}-text": "More children ask questions.",
        },
    )
    found = {row.kind: row for row in Update.objects.get().evidence.all()}
    assert set(found) == {"picture", "video", "impact"}
    assert found["picture"].width == 60
    assert found["video"].url == "https://video.example/7"
    audiences = {kind: row.audience for kind, row in found.items()}
    assert audiences == {"picture": "public", "video": "staff", "impact": "staff"}


def test_what_stays_with_staff_is_told(editor, plan):
    page = write(editor, **{f"{NOTES}-text": "More questions."})
    assert "but 1 of the things with it only staff" in page.text()


def test_a_row_in_which_only_choices_are_made_is_empty(editor, plan):
    write(editor, **{f"{MATERIALS}-audience": "public", f"{MATERIALS}-kind": "video"})
    assert Update.objects.count() == 1
    assert not Evidence.objects.exists()


def test_a_pdf_is_kept_as_it_was_sent_under_a_random_name(editor, plan):
    data = make_pdf("Findings")
    report = {f"{MATERIALS}-kind": "report", f"{MATERIALS}-document": pdf(data)}
    write(editor, **report)
    (name,) = stored()
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", name)
    row = Evidence.objects.get()
    assert row.document.name == f"evidence/{name}"
    with row.document.open() as file:
        assert file.read() == data


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"kind": "video", "title": "A film"}, "Link: Give the link."),
        ({"kind": "report", "title": "Findings"}, "Link: Give the link, or a PDF."),
        ({"url": "https://a.example"}, "Kind: Choose what it is."),
        ({"kind": "video", "url": "ftp://a.example/film"}, "Link: Write the whole address"),
        ({"kind": "video", "url": "javascript:alert(1)"}, "Link: Write the whole address"),
        ({"kind": "video", "document": make_pdf()}, "Is this PDF a report or a presentation?"),
        (
            {"kind": "report", "url": "https://a.example", "document": make_pdf()},
            "Give the link or the PDF, not both.",
        ),
    ],
)
def test_a_row_that_lacks_something_is_refused_in_words(editor, plan, row, told):
    changes = {f"{MATERIALS}-{name}": value for name, value in row.items()}
    if "document" in row:
        changes[f"{MATERIALS}-document"] = pdf(row["document"])
    page = write(editor, **changes)
    assert page.text().count(told) >= 1
    assert page.data()["text"] == ["We met."]
    assert not Update.objects.exists()


def test_each_refusal_is_told_once(editor, plan):
    changes = {f"{MATERIALS}-kind": "video", f"{MATERIALS}-url": "no link"}
    page = write(editor, **changes)
    links = [a for a in page.all("a") if (a.get("href") or "").startswith("#id_materials")]
    assert len(links) == 1


@pytest.mark.parametrize("lacking", ["image", "alt_text", "is_safe"])
def test_a_picture_needs_words_and_a_tick(editor, plan, lacking):
    row = {"image": picture(), "alt_text": "A kite", "is_safe": "on"}
    del row[lacking]
    write(editor, **{f"{PICTURES}-{name}": value for name, value in row.items()})
    assert not Update.objects.exists()
    assert not Evidence.objects.exists()


def encrypted():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "This file is empty."),
        (b"<html><script>alert(1)</script>", "This file is not a PDF."),
        (saved(drawing(), "PNG"), "This file is not a PDF."),
        (make_pdf()[:-200], "This PDF is damaged"),
        (b"%PDF-1.7 and no more", "This PDF is damaged"),
        (encrypted(), "protected with a password"),
        (make_pdf() + b"\n" * 1024 * 1024, "larger than 1 MB"),
    ],
)
def test_what_is_no_good_pdf_is_refused(editor, plan, settings, data, told):
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    row = {f"{MATERIALS}-kind": "report", f"{MATERIALS}-document": pdf(data)}
    page = write(editor, **row)
    assert told in page.text()
    assert not Update.objects.exists()
    assert stored() == []


def test_the_database_too_refuses_evidence_without_what_it_is():
    with pytest.raises(IntegrityError):
        make_evidence("video", url="")


def test_a_pdf_is_replaced_and_taken_away(editor, head, plan, django_capture_on_commit_callbacks):
    row = make_evidence("report", update=make_update(plan=plan))
    page = editor.get(f"{LIST}{row.update_id}/change/")
    with django_capture_on_commit_callbacks(execute=True):
        editor.save(page, **{f"{MATERIALS}-document": pdf(make_pdf("Another"))})
    replaced = row.document.name
    row.refresh_from_db()
    assert row.document.name != replaced
    assert head.status(f"/plan/{replaced}") == 404
    page = editor.get(f"{LIST}{row.update_id}/change/")
    link = {f"{MATERIALS}-url": "https://a.example", f"{MATERIALS}-document-clear": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        editor.save(page, **link)
    row.refresh_from_db()
    assert (row.url, bool(row.document)) == ("https://a.example", False)


def test_a_chosen_pdf_and_picture_survive_an_error_elsewhere(
    editor, plan, django_capture_on_commit_callbacks
):
    page = write(
        editor,
        text="",
        **{
            f"{PICTURES}-image": picture(),
            f"{PICTURES}-alt_text": "A kite",
            f"{PICTURES}-is_safe": "on",
            f"{MATERIALS}-kind": "report",
            f"{MATERIALS}-document": pdf(),
        },
    )
    assert "We have kept the PDF that you chose" in page.text()
    assert page.text().count("now None yet") == 2
    assert HeldDocument.objects.count() == HeldPicture.objects.count() == 1
    token = held_in(page, f"{MATERIALS}-document_held")
    assert token not in str(HeldDocument.objects.values())
    with django_capture_on_commit_callbacks(execute=True):
        editor.save(page, text="We met.")
    assert {row.kind for row in Evidence.objects.all()} == {"picture", "report"}
    assert len(stored()) == 1
    assert not HeldDocument.objects.exists()
    assert not HeldPicture.objects.exists()


def test_a_kept_pdf_can_be_taken_away_again(editor, plan):
    row = {f"{MATERIALS}-kind": "video", f"{MATERIALS}-document": pdf()}
    page = write(editor, **row)
    editor.save(page, **{f"{MATERIALS}-document_remove": "on"})
    assert Update.objects.count() == 1
    assert not Evidence.objects.exists()
    assert not HeldDocument.objects.exists()


def test_a_kept_pdf_is_gone_after_an_hour(editor, plan, django_capture_on_commit_callbacks):
    row = {f"{MATERIALS}-kind": "report", f"{MATERIALS}-document": pdf()}
    page = write(editor, text="", **row)
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert HeldDocument.take(held_in(page, f"{MATERIALS}-document_held")) is None
        with django_capture_on_commit_callbacks(execute=True):
            HeldDocument.objects.purge_stale()
    assert stored() == []


def test_a_full_disk_is_told_and_nothing_is_saved(editor, plan, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    page = editor.get(NEW)
    monkeypatch.setattr(FileSystemStorage, "_save", fail)
    editor.client.raise_request_exception = False
    row = {f"{MATERIALS}-kind": "report", f"{MATERIALS}-document": pdf()}
    page = editor.save(page, text="We met.", audience="public", **row)
    assert page.response.status_code == 503
    assert "we are too busy just now" in page.text()
    assert not Update.objects.exists()
    assert not Evidence.objects.exists()


# --- Reading ---------------------------------------------------------------------------------


def everywhere(client, strand):
    """Return all that the public pages and the feed say."""
    addresses = ["/", "/plan/", address(strand), "/plan/feed/"]
    return "".join(client.get(page).content.decode() for page in addresses)


def test_a_public_update_is_read_by_everybody(client, strand):
    make_update(plan=strand.plan, strand=strand, text="We met at Tupton.")
    for page in ("/", "/plan/", address(strand), "/plan/feed/"):
        assert "We met at Tupton." in client.get(page).content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_for_staff", ["update", "evidence"])
def test_what_is_for_staff_is_for_staff_alone(client, editor, strand, kind, is_for_staff):
    audience = {is_for_staff: Audience.STAFF}
    update = make_update(
        plan=strand.plan,
        strand=strand,
        text="Words of the update.",
        audience=audience.get("update", Audience.PUBLIC),
    )
    extra = {"text": "A note"} if kind == Evidence.Kind.IMPACT else {"title": "A title"}
    row = make_evidence(
        kind, update=update, audience=audience.get("evidence", Audience.PUBLIC), **extra
    )
    said = everywhere(client, strand)
    assert ("Words of the update." in said) == (is_for_staff == "evidence")
    (words,) = extra.values()
    assert words not in said
    response = editor.client.get(address(strand))
    assert words in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    if row.document or row.image:
        assert status(client, file_address(row)) == 404
        assert status(editor.client, file_address(row)) == 200
        assert editor.client.get(file_address(row))["Cache-Control"] == "no-store"


@pytest.mark.parametrize("narrower", ["", "-400"])
def test_a_picture_that_is_kept_by_its_reader_is_not_sent_again(client, strand, narrower):
    row = make_evidence("picture", update=make_update(plan=strand.plan, strand=strand))
    address = file_address(row).replace(".webp", f"{narrower}.webp")
    first = client.get(address)
    assert first["Cache-Control"] == "public, no-cache"
    b"".join(first.streaming_content)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_down_is_gone_for_everybody(client, editor, strand, kind):
    update = make_update(plan=strand.plan, strand=strand, text="Words of the update.")
    row = make_evidence(kind, update=update)
    first = client.get(file_address(row)) if row.image else None
    update.take_down()
    for reader in (client, editor.client):
        assert "Words of the update." not in everywhere(reader, strand)
        if row.document or row.image:
            assert status(reader, file_address(row)) == 404
    if first:
        again = client.get(file_address(row), headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 404
        b"".join(first.streaming_content)


def test_an_editor_still_sees_the_files_of_what_is_taken_down(client, editor, plan):
    rows = [make_evidence(kind, update=make_update(plan=plan)) for kind in ("picture", "report")]
    for row, folder in zip(rows, ("pictures", "documents"), strict=True):
        row.update.take_down()
        name = file_address(row).rpartition("/")[2]
        assert f"{LIST}{folder}/{name}" in str(
            editor.get(f"{LIST}{row.update_id}/change/").response.content
        )
        assert status(editor.client, f"{LIST}{folder}/{name}") == 200
        assert status(client, f"{LIST}{folder}/{name}") == 302


def test_an_update_on_a_plan_that_parents_cannot_read_is_not_public(client, editor):
    row = make_evidence("report", update=make_update(text="Too early."))
    assert "Too early." not in client.get("/plan/feed/").content.decode()
    assert status(client, file_address(row)) == 404
    assert "once the plan is published" in write(editor, text="Later.").text()
    row.update.plan.publish()
    assert "Too early." in client.get("/plan/feed/").content.decode()
    assert status(client, file_address(row)) == 200


def test_the_feed_has_what_was_written_last_however_long_ago_it_was(client, plan):
    days = [timezone.localdate() - timedelta(days=days) for days in range(25)]
    for number, day in enumerate(days):
        at = timezone.now() + timedelta(minutes=number)
        make_update(plan=plan, happened_on=day, text=f"Entry {number}.", written_at=at)
    feed = client.get("/plan/feed/").content.decode()
    assert "Entry 24." in feed
    assert "Entry 0." not in feed


def test_a_pdf_is_only_ever_a_download(client, plan):
    title = 'Line\r\nSet-Cookie: a=b; "../x" 日本'
    row = make_evidence("report", update=make_update(plan=plan), title=title)
    response = client.get(file_address(row))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert not re.search(r"[\r\n/;]|\.\.", response["Content-Disposition"].split("filename")[1])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"


def test_a_pdf_whose_title_has_no_letters_has_a_name(client, plan):
    row = make_evidence("report", update=make_update(plan=plan), title="🎈")
    response = client.get(file_address(row))
    b"".join(response.streaming_content)
    assert 'filename="report.pdf"' in response["Content-Disposition"]


def test_a_pdf_whose_file_is_gone_is_not_found(client, plan):
    row = make_evidence("report", update=make_update(plan=plan))
    (Path(document_storage().location) / row.document.name).unlink()
    assert status(client, file_address(row)) == 404


@pytest.mark.parametrize("name", ["x.pdf", "A" * 32 + ".pdf", "0" * 32 + ".pdf", "..%2f" * 3])
def test_any_other_name_is_not_found(client, name):
    assert status(client, f"/plan/evidence/{name}") == 404


def test_a_link_is_a_plain_link(client, strand):
    update = make_update(plan=strand.plan, strand=strand)
    make_evidence(
        "video", update=update, url="https://video.example/?a=1&b=2", title="<b>A film</b>"
    )
    html = client.get(address(strand)).content.decode()
    assert '<a href="https://video.example/?a=1&amp;b=2" rel="noopener noreferrer">' in html
    assert "&lt;b&gt;A film&lt;/b&gt;" in html


@pytest.mark.parametrize("place", ["plan", "strand"])
@pytest.mark.parametrize("is_staff", [False, True])
def test_pages_take_as_many_queries_however_much_has_happened(
    client, editor, strand, place, is_staff, django_assert_num_queries
):
    reader = editor.client if is_staff else client
    asked = "/plan/" if place == "plan" else address(strand)
    update = make_update(plan=strand.plan, strand=strand)
    make_evidence("video", update=update)
    reader.get(asked)
    count = 9 if is_staff else 5
    with django_assert_num_queries(count):
        reader.get(asked)
    for _ in range(29):
        update = make_update(plan=strand.plan, strand=strand, step=strand.steps.first())
        make_evidence("video", update=update)
        make_evidence("impact", update=update)
    with django_assert_num_queries(count):
        reader.get(asked)


def test_the_list_takes_as_many_queries_however_long_it_is(
    editor, strand, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(50) as captured:
            editor.get(LIST)
        return len(captured)

    make_update(plan=strand.plan, strand=strand)
    count()
    before = count()
    for step in strand.steps.all():
        make_update(plan=strand.plan, strand=strand, step=step, author=make_user())
    make_update(plan=strand.plan, strand_id=strand.pk, step_id=999)
    assert count() == before


# --- Taking down -----------------------------------------------------------------------------


def test_an_update_is_taken_down_and_shown_again_at_once(writer, client, strand):
    update = make_update(plan=strand.plan, strand=strand, text="We met at Tupton.")
    response = writer.client.post(LIST, {"take_down": update.pk}, follow=True)
    assert "nobody sees it on the site" in response.content.decode()
    assert "We met at Tupton." not in everywhere(client, strand)
    assert "Taken down" in writer.get(LIST).text()
    writer.client.post(LIST, {"put_up": update.pk})
    assert "We met at Tupton." in everywhere(client, strand)


def test_saving_does_not_show_again_what_is_taken_down(editor, client, strand):
    update = make_update(plan=strand.plan, strand=strand)
    page = editor.get(f"{LIST}{update.pk}/change/")
    update.take_down()
    page = editor.save(page, text="We met at Tupton.")
    assert "It is taken down" in page.text()
    assert "We met at Tupton." not in everywhere(client, strand)


@pytest.mark.parametrize("number", ["", "x", "0", "99", "9" * 40, "²"])
@pytest.mark.parametrize("button", ["take_down", "put_up", "_move"])
def test_any_other_button_is_not_found(editor, number, button):
    assert editor.client.post(LIST, {button: number}).status_code == 404


def test_a_stranger_can_do_nothing(client, plan):
    update = make_update(plan=plan)
    for page in (LIST, NEW, f"{LIST}{update.pk}/change/"):
        assert client.get(page)["Location"].startswith("/admin/login/")
        client.post(page, {"take_down": update.pk})
    update.refresh_from_db()
    assert update.taken_down_at is None


def test_the_list_has_the_newest_first_and_can_show_one_year(editor, plan):
    old = make_plan(year=plan.year - 1)
    make_update(plan=old, text="Long ago.", happened_on="2020-01-01")
    assert 'aria-label="Years"' not in editor.get(LIST).response.content.decode()
    make_update(plan=plan, text="Lately.")
    assert 'aria-label="Years"' in editor.get(LIST).response.content.decode()
    text = editor.get(LIST).text()
    assert text.index("Lately.") < text.index("Long ago.")
    assert "Lately." not in editor.get(f"{LIST}?plan={old.pk}").text()
    for garbage in ("x", "99", "%00x", ""):
        assert editor.status(f"{LIST}?plan={garbage}") in (200, 302, 400)


# --- On the site, signed in ------------------------------------------------------------------


def test_staff_are_led_from_the_strand_to_writing_and_changing(editor, client, strand):
    update = make_update(plan=strand.plan, strand=strand)
    links = editor.get(address(strand)).links()
    assert f"{NEW}?strand={strand.pk}" in links
    assert f"{LIST}{update.pk}/change/" in links
    assert "/admin/" not in client.get(address(strand)).content.decode()


def test_a_school_s_entrance_shows_staff_what_everybody_sees(editor, strand):
    school = make_school()
    make_update(plan=strand.plan, strand=strand, text="For all.")
    make_update(plan=strand.plan, strand=strand, text="For staff.", audience="staff")
    response = editor.client.get(f"/from/{school.slug}{address(strand)}")
    assert response.status_code == 200
    assert "For all." in response.content.decode()
    assert "For staff." not in response.content.decode()


def test_a_saved_update_is_looked_at_where_it_stands(editor, strand):
    page = write(editor, f"{NEW}?strand={strand.pk}")
    update = Update.objects.get()
    assert update.get_absolute_url() in [a.get("href") for a in page.all("a")]
    assert f'id="update-{update.pk}"' in editor.client.get(address(strand)).content.decode()


def test_a_step_may_be_about_nothing_that_parents_read_yet(editor, plan):
    step = make_step(strand=make_strand(plan=plan))
    page = write(editor, f"{NEW}?step={step.pk}")
    update = Update.objects.get()
    assert update.get_absolute_url() in [a.get("href") for a in page.all("a")]
    assert Plan.objects.count() == 1


def test_of_two_new_pdfs_each_is_called_one(editor, head, plan):
    row = make_evidence("report", update=make_update(plan=plan))
    address = f"{LIST}{row.update_id}/change/"
    page = editor.get(address)
    head.save(head.get(address), **{f"{MATERIALS}-document": pdf(make_pdf("Hers"))})
    text = editor.save(page, **{f"{MATERIALS}-document": pdf(make_pdf("Another"))}).text()
    assert "The PDF that you chose" in text
    assert "Another PDF" in text
    assert "picture that you chose" not in text
