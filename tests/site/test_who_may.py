"""Every address × everybody, against the matrix; and whoever is led away has changed nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.routing import Rule

from tests.site import matrix
from tests.site.actors import OTHER_STORY, Reached, actor, address, things
from tests.site.matrix import ACTORS, MATRIX
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page

# No guard stands before these: they lead strangers to the sign-in page themselves.
LEAD_ON_THEMSELVES = {
    "front.choose_account",
    "front.switch_account",
    "front.demo_clock",
    "front.move_demo_clock",
    "front.demo_clock_moving",
    "front.confirm_identity",
    "front.confirm_with_passkey",
    "front.confirm_through_organisation",
    "front.confirm_question",
    "front.claim_seen",
    "front.object_to_claim",
    "front.security",
    "front.change_password",
    "front.set_up_second_factor",
    "front.set_up_codes",
    "front.remove_codes",
    "front.new_passkey",
    "front.new_passkey_question",
    "front.remove_passkey",
    "front.recovery_codes",
    "front.end_session",
    "front.end_other_sessions",
    "front.your_data",
    "front.ask_for_data",
    "front.data_export",
    "front.take_data_export",
    "front.ask_to_be_forgotten",
    "front.stay_known",
}


def test_every_address_has_a_row_and_every_row_an_address(furnished: DemoHouse) -> None:
    assert {rule.endpoint for rule in furnished.app.url_map.iter_rules()} == MATRIX.keys()
    assert all(row.answers.keys() == set(ACTORS) for row in MATRIX.values())


@pytest.mark.parametrize("name", ACTORS)
def test_a_page_opens_to_those_of_its_row_and_looking_changes_nothing(
    own_furnished: DemoHouse, name: str
) -> None:
    house, reached = own_furnished, Reached()
    reached.watch(house)
    known = things(house)
    visitor = actor(house, name)
    before = house.trace()
    for rule in rules(house, "GET"):
        reached.endpoints.clear()
        page = visitor.get(address(house, rule, known), follow=False)
        if rule.endpoint == "front.demo_mail":
            continue  # which mails there are is a question of the moment; they are open to everybody
        expect(rule, name, told(rule, page, reached), known)
        assert house.trace() == before, f"GET {rule.rule} by the {name} wrote something"


@pytest.mark.parametrize("endpoint", MATRIX)
def test_a_form_works_for_those_of_its_row_only(
    furnished: DemoHouse, copy_furnished: Callable[[], DemoHouse], endpoint: str
) -> None:
    found = [rule for rule in rules(furnished, "POST") if rule.endpoint == endpoint]
    if not found:
        return  # it answers GET only
    house, reached, rule = copy_furnished(), Reached(), found[0]
    reached.watch(house)
    known = things(house)
    allowed = [name for name in ACTORS if MATRIX[endpoint].answers[name] == matrix.IN]
    for name in [
        *(set(ACTORS) - set(allowed)),
        *allowed,
    ]:  # whoever may, may change what the others would see
        visitor = actor(house, name)
        form = {key: text.format(**known) for key, text in MATRIX[endpoint].form.items()}
        path = address(house, rule, known)
        token = visitor.token()
        before = house.trace()
        reached.endpoints.clear()
        page = visitor.post(path, {**form, "csrf_token": token}, follow=False)
        expect(rule, name, told(rule, page, reached), known)
        assert name in allowed or house.trace() == before, f"POST {rule.rule} by the {name} wrote something"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_accounts_things_are_as_if_they_were_not(own_furnished: DemoHouse, method: str) -> None:
    house = own_furnished
    visitor = actor(house, matrix.OTHER_CONTACT)
    theirs = things(house)
    nobodys = dict.fromkeys(theirs, 987654321) | {"reference": "2222222222", "product": "gotomeeting"}
    known = things(house, OTHER_STORY)
    token = visitor.token()
    compared = 0
    for rule in rules(house, method):
        of_one = rule.arguments - {"product", "task", "filename", "mail_id", "email"}
        if not of_one or rule.endpoint.startswith(("sandbox_processor.", "api.")):  # programs: tests/api
            continue
        form = {**MATRIX[rule.endpoint].form, "csrf_token": token}
        answers = []
        for values in (theirs, nobodys):
            path = address(house, rule, {**known, **{name: values[name] for name in of_one}})
            page = visitor.get(path) if method == "GET" else visitor.post(path, form)
            answers.append((page.status, told_to_anybody(page)))
        assert answers[0] == answers[1], rule.rule
        compared += 1
    assert compared > 5


# What differs in any two answers, and the way back to the address that was asked for.
_ONE_TIME = re.compile(
    r'[A-Z2-9]{4}-[A-Z2-9]{4}|nonce="[^"]+"|name="csrf_token" value="[^"]+"|name="next" value="[^"]*"'
)


def told_to_anybody(page: Page) -> str:
    """The whole answer, byte by byte, without what differs in any two answers."""
    return _ONE_TIME.sub("", page.html)


def rules(house: DemoHouse, method: str) -> list[Rule]:
    """The rules that answer a method."""
    return [rule for rule in house.app.url_map.iter_rules() if method in (rule.methods or ())]


def expect(rule: Rule, name: str, answer: str, known: dict[str, object]) -> None:
    """The answer is the one of the matrix."""
    expected = MATRIX[rule.endpoint].answers[name].format(**known)
    assert answer == expected, f"{rule.rule} for the {name}: {answer}, not {expected}"


def told(rule: Rule, page: Page, reached: Reached) -> str:
    """An answer in the words of the matrix."""
    if page.status == 404:
        return matrix.GONE
    led_away = rule.endpoint in LEAD_ON_THEMSELVES and page.path.startswith(matrix.SIGN_IN)
    inside = rule.endpoint in reached.endpoints and not led_away
    if inside and (page.status < 400 or page.status in (409, 422)):
        return matrix.IN
    return page.path.partition("?")[0] if 300 <= page.status < 400 else str(page.status)
