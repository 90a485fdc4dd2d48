"""Aims, plans, achievements, schools and words are changed here and seen on the site at once."""

import pytest

from achievements.models import Achievement
from actionplan.models import Plan, Step, Strand
from aims.models import Aim
from collab_site.core.schools.models import HomePicture, School, Term
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_aim,
    make_collaboration,
    make_contest,
    make_home_picture,
    make_picture,
    make_plan,
    make_possibility,
    make_school,
    make_strand,
    make_term,
    publish,
)


def page_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def outline_of(plan):
    return f"/admin/actionplan/plan/{plan.pk}/outline/"


def test_an_aim_with_its_purpose_and_points_is_one_page(editor):
    page = editor.get("/admin/aims/aim/add/")
    page = editor.save(
        page,
        title="Read together",
        heading="Why we read",
        **{"points-0-text": "Books for all"},
    )
    aim = Aim.objects.get()
    assert page.address == "/admin/aims/aim/"
    assert (aim.title, aim.purpose.heading) == ("Read together", "Why we read")
    assert [(point.text, point.level) for point in aim.purpose.points.all()] == [
        ("Books for all", 1)
    ]

    page = editor.get(page_of(aim))
    editor.save(
        page,
        heading="Why we all read",
        **{"points-1-text": "Library cards", "points-1-level": "2"},
    )
    public = editor.get("/aims/").text()
    assert "Why we all read" in public
    assert "Library cards" in public
    aim.refresh_from_db()
    [(point, below)] = aim.purpose.outline()
    assert (point.text, [lower.text for lower in below]) == ("Books for all", ["Library cards"])


def test_a_purpose_without_words_of_its_own_repeats_the_aim(editor):
    editor.save(editor.get("/admin/aims/aim/add/"), title="Read together")
    assert Aim.objects.get().purpose.heading == "Read together"


def test_an_aim_without_a_purpose_gets_one(editor):
    aim = Aim.objects.create(title="Bare")
    editor.save(editor.get(page_of(aim)), heading="Dressed")
    aim.refresh_from_db()
    assert aim.purpose.heading == "Dressed"


def test_a_plan_grows_from_the_first_page_to_its_steps(editor):
    make_school(short_name="Hill")
    page = editor.save(editor.get("/admin/actionplan/plan/add/"), year="2030")
    plan = Plan.objects.get()
    assert page.address == outline_of(plan)

    editor.client.post(page.address, {"add": "strand", "text": "Reading aloud"})
    strand = Strand.objects.get()
    assert (strand.plan, strand.title) == (plan, "Reading aloud")
    assert page_of(strand) in editor.get(page.address).links()

    page = editor.save(
        editor.get(page_of(strand)),
        **{"steps-0-text": "Meet at Hill", "steps-0-schools": [School.objects.get().pk]},
    )
    assert page.address == f"{outline_of(plan)}#strand-{strand.pk}"
    step = Step.objects.get()
    assert (step.number, list(step.schools.all())) == ("1.1", [School.objects.get()])


def test_a_changed_step_is_on_the_site_once_it_is_published(editor):
    strand = make_strand(steps=["Meet"])
    publish()
    assert "Meet" in editor.get("/plan/").text()
    editor.save(editor.get(page_of(strand)), **{"steps-0-text": "Meet on Monday"})
    assert "Meet on Monday" not in editor.get("/plan/").text()
    publish()
    assert "Meet on Monday" in editor.get("/plan/").text()


def test_a_long_line_stays_one_line(editor):
    aim = make_aim(points=["Read"])
    editor.save(
        editor.get(page_of(aim)), title="Read\r\ntogether ", **{"points-0-text": "Read\n aloud"}
    )
    aim.refresh_from_db()
    assert (aim.title, aim.purpose.points.get().text) == ("Read together", "Read aloud")


def test_saving_says_so_and_links_to_the_site(editor):
    achievement = make_achievement(title="We read")
    page = editor.save(editor.get(page_of(achievement)), title="We read aloud")
    [message] = [li for li in page.all("li") if "is saved" in "".join(li.itertext())]
    assert "".join(message.itertext()) == "“We read aloud” is saved. See it on the site"
    assert [a.get("href") for a in page.all("a", message)] == [achievement.get_absolute_url()]


def test_what_waits_for_publishing_says_so(editor):
    strand = make_strand()
    publish()
    page = editor.save(editor.get(page_of(strand)), title="Reading aloud")
    assert "is saved. Parents see it once a headteacher has published" in page.text()


def test_save_and_stay_here_stays(editor):
    strand = make_strand()
    assert editor.save(editor.get(page_of(strand)), "_continue").address == page_of(strand)


def test_a_slip_is_told_with_its_place_and_nothing_is_lost(editor):
    strand = make_strand(steps=["Meet"])
    page = editor.save(
        editor.get(page_of(strand)),
        title="",
        **{
            "steps-0-text": "",
            "steps-1-text": "A new one",
            "steps-1-half_term": "autumn-1",
            "steps-1-due_on": "2026-10-01",
        },
    )
    links = {"".join(a.itertext()): a.get("href") for a in page.all("a")}
    assert links["Title: Fill this in."] == "#id_title"
    assert links["Step 1, What: Fill this in."] == "#id_steps-0-text"
    assert links["Step 2, When: day: Give a half-term or a day, not both."] == "#id_steps-1-due_on"
    folded = "".join("".join(fold.itertext()) for fold in page.all("details"))
    assert folded.count("When: day") == 2  # those of the first step and of an empty one
    assert page.text().strip().startswith("Error: ")
    assert page.data()["steps-1-text"] == ["A new one"]


def test_two_strands_of_a_plan_cannot_share_an_address(editor):
    plan = make_plan()
    make_strand(plan=plan, title="One", slug="one")
    second = make_strand(plan=plan, title="Two")
    page = editor.save(editor.get(page_of(second)), slug="one")
    assert "Another strand of this plan has this address name." in page.text()


@pytest.mark.parametrize(
    "plan", ["", "?plan=", "?plan=x", "?plan=-1", "?plan=99999999999999999999"]
)
def test_a_strand_without_a_plan_leads_to_the_first_page(editor, plan):
    response = editor.client.get(f"/admin/actionplan/strand/add/{plan}")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_removing_says_what_goes_too(editor):
    strand = make_strand(title="Reading", steps=["One", "Two"])
    make_school().steps.set(strand.steps.all())
    address = f"/admin/actionplan/strand/{strand.pk}/delete/"
    text = editor.get(address).text()
    assert "Remove “1. Reading”?" in text
    assert "This goes with it: 2 steps Parents read it until the plan is published again." in text
    response = editor.client.post(address, {"post": "yes"}, follow=True)
    assert "“1. Reading” is removed." in response.content.decode()
    assert not Strand.objects.exists()


def test_who_removes_a_school_is_told_what_stops_working(head):
    school = make_school()
    text = head.get(f"/admin/schools/school/{school.pk}/delete/").text()
    assert "links, panels, posters and feeds lead nowhere until it is put back" in text


@pytest.mark.parametrize("name", ["schools/collaboration"])
def test_what_there_is_one_of_has_no_list(editor, name):
    row = make_collaboration() if "schools" in name else make_contest()
    response = editor.client.get(f"/admin/{name}/")
    assert response["Location"] == page_of(row)
    assert editor.status(f"/admin/{name}/add/") == 403
    assert editor.status(f"/admin/{name}/{row.pk}/delete/") == 403


@pytest.mark.parametrize("name", ["schools/collaboration"])
def test_what_is_missing_leads_to_the_first_page(editor, name):
    assert editor.client.get(f"/admin/{name}/")["Location"] == "/admin/"


def test_the_name_is_changed_everywhere(editor):
    collaboration = make_collaboration()
    page = editor.save(editor.get(page_of(collaboration)), name="Lake Group", colour="#aa2200")
    assert "Lake Group" in page.text()
    assert "Lake Group" in editor.get("/").text()
    collaboration.refresh_from_db()
    assert collaboration.colour == "#aa2200"


def test_schools_and_words_show_what_is_provisional(editor):
    make_school(name="Hill", colour_is_provisional=True)
    make_school(name="Vale")
    make_term(term="ARE", meaning="What most can do.", is_provisional=True)
    schools = editor.get("/admin/schools/school/").text()
    assert schools.count("provisional colour") == 1
    assert "Provisional: What most can do." in editor.get("/admin/schools/term/").text()


def test_a_school_and_a_word_are_added(editor):
    editor.save(
        editor.get("/admin/schools/school/add/"),
        name="Hill School",
        short_name="Hill",
        slug="hill",
        colour="#aa2200",
        website="https://hill.example",
    )
    editor.save(editor.get("/admin/schools/term/add/"), term="ARE", meaning="What most can do.")
    assert School.objects.get().website == "https://hill.example"
    assert Term.objects.get().term == "ARE"


def test_a_picture_needs_its_text_and_the_tick(editor):
    page = editor.get("/admin/schools/homepicture/add/")
    page = editor.save(page, image=make_picture())
    assert "What the picture shows: Fill this in." in page.text()
    assert not HomePicture.objects.exists()
    page = editor.save(page, image=make_picture(), alt_text="A tree", is_safe="on")
    picture = HomePicture.objects.get()
    assert "“A tree” is saved." in page.text()
    [preview] = editor.get(page_of(picture)).all("img")
    assert preview.get("alt") == "A tree"
    assert editor.picture(preview.get("src")).status_code == 200


def test_an_achievement_has_pictures(editor):
    page = editor.get("/admin/achievements/achievement/add/")
    editor.save(
        page,
        title="We sang",
        **{
            "pictures-0-image": make_picture(),
            "pictures-0-alt_text": "A choir’s poster",
            "pictures-0-is_safe": "on",
        },
    )
    achievement = Achievement.objects.get()
    assert achievement.pictures.get().alt_text == "A choir’s poster"
    [preview] = editor.get(page_of(achievement)).all("img")
    assert editor.picture(preview.get("src")).status_code == 200


def test_days_and_moments_come_back_as_they_were_saved(head):
    achievement, contest = make_achievement(), make_contest()
    head.save(head.get(page_of(achievement)), achieved_on="2026-05-01")
    head.save(head.get(page_of(contest)), closes_at="2026-07-01T15:30")
    assert head.get(page_of(achievement)).data()["achieved_on"] == ["2026-05-01"]
    assert head.get(page_of(contest)).data()["closes_at"] == ["2026-07-01T15:30"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_a_strands_page_do_not_grow(editor, count, django_assert_num_queries):
    make_collaboration()
    strand = make_strand(steps=["Meet"] * count)
    for step in strand.steps.all():
        step.schools.set([make_school()])
    strand.aims.set([make_aim()])
    with django_assert_num_queries(15):
        editor.get(page_of(strand))


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_an_aims_page_do_not_grow(editor, count, django_assert_num_queries):
    make_collaboration()
    aim = make_aim(points=["Read"] * count)
    with django_assert_num_queries(9):
        editor.get(page_of(aim))


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_a_plans_page_do_not_grow(editor, count, django_assert_num_queries):
    make_collaboration()
    plan = make_plan()
    for _ in range(count):
        make_strand(plan=plan, steps=["Meet"])
        make_possibility(plan=plan)
    with django_assert_num_queries(12):
        editor.get(page_of(plan))
    with django_assert_num_queries(16):
        editor.get(outline_of(plan))


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_an_achievements_page_do_not_grow(editor, count, django_assert_num_queries):
    make_collaboration()
    achievement = make_achievement()
    for _ in range(count):
        make_achievement_picture(achievement=achievement)
    with django_assert_num_queries(11):
        editor.get(page_of(achievement))


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (make_aim, "aims/aim"),
        (make_school, "schools/school"),
        (make_term, "schools/term"),
        (make_home_picture, "schools/homepicture"),
    ],
)
def test_the_queries_of_a_list_do_not_grow(editor, count, make, name, django_assert_num_queries):
    make_collaboration()
    for _ in range(count):
        make()
    with django_assert_num_queries(9):
        editor.get(f"/admin/{name}/")


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_the_list_of_achievements_do_not_grow(
    editor, count, django_assert_num_queries
):
    make_collaboration()
    for _ in range(count):
        make_achievement()
    with django_assert_num_queries(7):
        editor.get("/admin/achievements/achievement/")
