"""Many ideas from one network address, as a proxy tells it."""

from concurrent.futures import ThreadPoolExecutor

from tests.site.portal import SUGGEST, Sender
from tests.site.test_sending_from_outside import is_stored, number_of_ideas, problems

A_SCHOOL, A_HOME = "203.0.113.1", "203.0.113.2"


def send_at_once(portal, number):
    """Send as many forms from the school; return the answers."""
    with ThreadPoolExecutor(8) as threads:
        senders = list(threads.map(lambda _: Sender(portal, A_SCHOOL), range(number)))
        return list(threads.map(lambda sender: sender.send({"name": "Oaks"}), senders))


def test_a_class_may_send_at_once_and_a_flood_may_not(sending_portal):
    before = number_of_ideas(sending_portal)
    assert [answer.status for answer in send_at_once(sending_portal, 30)] == [302] * 30

    answers = send_at_once(sending_portal, 120)

    refused = [answer for answer in answers if answer.status != 302]
    assert [answer.status for answer in refused] == [429] * 90
    assert number_of_ideas(sending_portal) == before + 60
    for answer in refused:
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        [problem] = problems(answer)
        assert "Wait for" in problem
        assert "All that you wrote is still here" in problem
    _check_others(sending_portal)
    _check_forged_header(sending_portal)

    sending_portal.manage("clear_limits")

    assert is_stored(Sender(sending_portal, A_SCHOOL).send({"name": "Oaks"}))


def _check_others(portal):
    assert is_stored(Sender(portal, A_HOME).send({"name": "Oaks"}))
    for page in ("/", "/name-us/", SUGGEST):
        assert portal.ask(page, headers={"X-Forwarded-For": A_SCHOOL}).status == 200


def _check_forged_header(portal):
    """Whoever adds entries of their own is still known by the one that the proxy adds."""
    assert Sender(portal, f"{A_HOME}, {A_SCHOOL}").send({"name": "Oaks"}).status == 429
