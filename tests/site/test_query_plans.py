"""Every list finds its rows by an index, however much has come together: the plans are read."""

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import instrumented_test_render
from django.utils import timezone
from reversion.models import Revision, Version

from achievements.models import Achievement
from actionplan.academic_year import academic_year
from actionplan.models import Audience, Edition, Evidence, Plan, Update
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.models import Removal
from collab_site.core.schools.models import School
from naming_contest.models import Contest, Idea
from tests.make import (
    make_collaboration,
    make_contest,
    make_plan,
    make_school,
    make_strand,
    make_term,
    make_user,
)

GROWING = [
    model._meta.db_table
    for model in (Achievement, Edition, Evidence, Idea, Removal, Revision, Update, Version)
]
TABLE = re.compile(rf'"({"|".join(GROWING)})"(?: "?(\w+)"?)?')
# Queries for few rows: one row, the rows of one page, one year's plan, the shortlist, or the newest
# edition of each plan. To sort those costs nothing, and SQLite 3.46 and newer sorts the editions.
OF_FEW = re.compile(
    r'"id" = %s|"(?!content_type)(?:\w*id|name_group)" IN \(%s|"(?:plan_id|year)" = %s'
    r'|"is_shortlisted"|LIMIT 1\) AS "newest"'
)
# SQLite calls it a scan, and stops at the limit.
BY_KEY = re.compile(r'ORDER BY "\w+"\."id" (?:ASC|DESC) LIMIT')
COUNTS = re.compile(r"\b(?:COUNT|SUM)\(")
FROM = re.compile(r'FROM "(\w+)"')
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
# So that a plan does without an index, or sorts, only where it has to, however few rows there are.
ONLY_IF_NEEDED = ["enable_seqscan", "enable_sort", "enable_bitmapscan"]
YEARS = 10

pytestmark = pytest.mark.django_db


def store(model, count, **kwargs):
    """Store so many rows; what is callable in `kwargs` is asked with each one's number."""
    rows = [
        model(**{name: of(n) if callable(of) else of for name, of in kwargs.items()})
        for n in range(count)
    ]
    return model.objects.bulk_create(rows)


@pytest.fixture
def grown():
    """A portal after ten years; returns the address of a row with a long history."""
    make_collaboration()
    schools = [make_school(slug=slug) for slug in ("oak", "elm", "ash")]
    contest = make_contest(is_current=True)
    now = timezone.now()
    store(
        Idea,
        800,
        contest=contest,
        name=lambda n: f"Name {n}",
        name_group=lambda n: f"{n // 3}",
        code=lambda n: f"{n:06}",
        adult_agreed=True,
        school=lambda n: schools[n % 3],
        sent_at=lambda n: now - timedelta(minutes=n),
        status=lambda n: ("waiting", "draft", "declined", "approved")[min(n % 10, 3)],
        decided_at=lambda n: None if n % 10 < 2 else now - timedelta(minutes=n),
        is_folded=lambda n: n % 10 == 9,
        is_shortlisted=lambda n: n % 100 == 8,
    )
    plans = [make_plan(year=academic_year() - back) for back in range(YEARS)]
    strands = [make_strand(plan=plan, steps=["Meet", "Tell"]) for plan in plans for _ in range(3)]
    snapshots = [plan.snapshot() for plan in plans]
    store(
        Edition,
        200,
        plan=lambda n: plans[n % YEARS],
        number=lambda n: n // YEARS + 1,
        content=lambda n: snapshots[n % YEARS] | {"introduction": f"{n}"},
        published_at=lambda n: now - timedelta(days=365 * (n % YEARS) + 21 - n // YEARS),
    )
    updates = store(
        Update,
        600,
        plan=lambda n: strands[n % 30].plan,
        strand=lambda n: strands[n % 30] if n % 2 else None,
        step=lambda n: strands[n % 30].steps.first() if n % 2 and n < 60 else None,
        text="It happened.",
        happened_on=lambda n: (now - timedelta(days=n)).date(),
        written_at=lambda n: now - timedelta(days=n),
        audience=lambda n: Audience.STAFF if n % 3 else Audience.PUBLIC,
        taken_down_at=lambda n: now if n % 7 == 0 else None,
    )
    store(
        Evidence,
        600,
        update=lambda n: updates[n],
        kind=Evidence.Kind.IMPACT,
        audience=Audience.PUBLIC,
        text="More.",
        order=1,
    )
    store(
        Achievement,
        400,
        title="Done",
        order=lambda n: n + 1,
        achieved_on=lambda n: (now - timedelta(days=n)).date() if n % 4 else None,
        added_at=lambda n: now - timedelta(days=n),
    )
    term = make_term()
    revisions = store(Revision, 800, date_created=now)
    versions = store(
        Version,
        800,
        revision=lambda n: revisions[n],
        content_type=ContentType.objects.get_for_model(term),
        object_id=lambda n: f"{term.pk}" if n < 60 else f"{n + 1000}",
        db="default",
        format="json",
        serialized_data=(
            '[{"model": "schools.term", "pk": 1, "fields": {"term": "T", "meaning": "M"}}]'
        ),
        object_repr="T",
    )
    store(Removal, 300, version=lambda n: versions[100 + n])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return f"/admin/schools/term/{term.pk}/history/"


class Asked:
    """The queries of what is asked for inside a `with`."""

    def __init__(self):
        self.queries = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            self.queries.append((sql, params))
        return execute(sql, params, many, context)

    def complaints(self):
        """Return what is wrong with them, each as a sentence with the query."""
        return [f"{what}: {sql}" for sql, params in self.queries for what in wrong(sql, params)]


def wrong(sql, params):
    """Yield what makes a query dearer the more there is."""
    tables = {name for found in TABLE.findall(sql) for name in found if name}
    if not tables:
        return
    if "OFFSET" in sql:
        yield "It skips rows"
    is_of_many = FROM.search(sql)[1] in GROWING and not OF_FEW.search(sql)
    if is_of_many and COUNTS.search(sql) and "LIMIT" not in sql:
        yield "It counts without end"
    for line in plan_of(sql, params):
        if is_scan(line, tables) and not BY_KEY.search(sql):
            yield f"It reads a whole table ({line})"
        if is_of_many and is_sort(line):
            yield f"It sorts ({line})"


def plan_of(sql, params):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in ONLY_IF_NEEDED:
                cursor.execute(f"SET LOCAL {name} = off")
        cursor.execute(f"{EXPLAIN[connection.vendor]} {sql}", params)
        lines = [row[-1].strip() for row in cursor.fetchall()]
        if connection.vendor == "postgresql":
            for name in ONLY_IF_NEEDED:
                cursor.execute(f"SET LOCAL {name} = on")
    return lines


def is_scan(line, tables):
    sqlite = re.fullmatch(r"SCAN (\w+)", line)
    postgresql = re.search(r"Seq Scan on (\w+)", line)
    found = sqlite or postgresql
    return found is not None and found[1] in tables


def is_sort(line):
    return line == "USE TEMP B-TREE FOR ORDER BY" or re.match(r"(?:-> +)?Sort +\(", line)


def visit(client, address):
    """Ask for a page; return the answer and what is wrong with its queries."""
    asked = Asked()
    with connection.execute_wrapper(asked):
        response = client.get(address)
        assert response.status_code == 200, address
        # A feed or a table may be sent piece by piece.
        b"".join(response) if response.streaming else response.content
    assert asked.queries, address
    return response, asked.complaints()


def later(response):
    """Return the cursor of the page after the one that was answered."""
    changes = response.context.get("cl")
    return (changes.page if changes else response.context["page"]).later


def check(visits):
    complaints = [complaint for _, complaints in visits for complaint in complaints]
    assert not complaints, "\n".join(complaints)


YEAR = f"/plan/{academic_year()}-{(academic_year() + 1) % 100:02}/"
PUBLIC = [
    "/",
    "/latest/",
    "/latest/feed/",
    "/aims/",
    "/plan/",
    "/plan/feed/",
    YEAR,
    f"{YEAR}updates/",
    f"{YEAR}editions/",
    f"{YEAR}changes/",
    f"{YEAR}changes/since-september/",
    f"{YEAR}plan.csv",
    "/achievements/",
    "/achievements/feed/",
    "/name-us/",
    "/name-us/feed/",
    "/name-us/ideas/",
    "/name-us/ideas/?page=last",
    "/schools/",
    "/sitemap.xml",
    "/from/oak/",
    "/from/oak/panel/plan/",
    "/from/oak/panel/achievements/",
    "/from/oak/panel/latest/",
    "/from/oak/panel/name-us/",
]
QUEUE = "/admin/naming_contest/idea/"
OF_HEADS = [
    "/admin/",
    "/admin/achievements/achievement/",
    "/admin/actionplan/plan/",
    "/admin/actionplan/update/",
    "/admin/editing/removal/",
    QUEUE,
    f"{QUEUE}?status=approved",
    f"{QUEUE}?status=declined",
    f"{QUEUE}?status=approved&page=last",
    f"{QUEUE}paper/",
]


def test_no_list_that_everybody_reads_gets_dearer(grown):
    client = Client()
    check([visit(client, page) for page in PUBLIC])


@pytest.mark.parametrize("of_a_school", [False, True])
def test_no_list_for_editors_gets_dearer(grown, of_a_school):
    school = School.objects.get(slug="oak") if of_a_school else None
    client = Client()
    client.force_login(make_user(Role.HEADTEACHER, school=school))
    contest = Contest.objects.current()
    pages = [*OF_HEADS, f"/admin/naming_contest/contest/{contest.pk}/shortlist/", grown]
    check([visit(client, page) for page in pages])


def test_no_further_page_gets_dearer(grown, monkeypatch):
    # So that an answer has its context.
    monkeypatch.setattr(Template, "_render", instrumented_test_render)
    client = Client()
    client.force_login(make_user(Role.HEADTEACHER))
    plan = Plan.objects.first()
    for page, name in {
        "/name-us/ideas/": "page",
        "/achievements/": "from",
        "/admin/achievements/achievement/": "p",
        "/admin/actionplan/update/": "p",
        f"/admin/actionplan/update/?plan={plan.pk}": "p",
        "/admin/editing/removal/": "p",
        QUEUE: "page",
        f"{QUEUE}paper/": "page",
        grown: "p",
    }.items():
        response, _ = visit(client, page)
        between = "&" if "?" in page else "?"
        check([visit(client, f"{page}{between}{name}={later(response)}")])


def test_it_sees_what_gets_dearer(grown):
    for is_dear in (
        lambda: list(Idea.objects.order_by("-name")[:3]),
        lambda: list(Idea.objects.filter(first_name="Sam")),
        lambda: list(Idea.objects.order_by("pk")[20:40]),
        lambda: list(Achievement.objects.order_by("title")[:3]),
        lambda: Idea.objects.filter(status="waiting").count(),
    ):
        asked = Asked()
        with connection.execute_wrapper(asked):
            is_dear()
        assert asked.complaints()
