import pytest

from tests.make import make_aim, make_collaboration, make_school

pytestmark = pytest.mark.django_db

PANEL = "/from/oak/panel/aims/"


@pytest.fixture(autouse=True)
def oak():
    make_collaboration(aims_lead_in="Together we…")
    make_school(slug="oak")


def test_the_panel_lists_the_aims_in_order_each_with_its_place_on_the_page(client):
    make_aim(title="Swim", slug="swim").move(1)
    make_aim(title="Read", slug="read", points=["A library"]).move(-1)
    html = client.get(PANEL).content.decode()
    read, swim = '<a href="/from/oak/aims/#read">Read</a>', '<a href="/from/oak/aims/#swim">'
    assert 0 < html.index("Together we…") < html.index(read) < html.index(swim)
    assert "A library" not in html


def test_without_aims_the_panel_is_kind(client):
    html = client.get(PANEL).content.decode()
    assert "We are still writing down what we want to reach together." in html
    assert "Together we…" not in html


@pytest.mark.parametrize("count", [1, 20])
def test_the_panel_costs_four_queries(client, django_assert_num_queries, count):
    for _ in range(count):
        make_aim(points=["A point"])
    with django_assert_num_queries(4):
        client.get(PANEL)
