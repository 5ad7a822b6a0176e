"""A provider that lies, over real sockets: nobody gets in, and everybody reads a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Response, redirect
from joserfc.jwk import OctKey

from portal.shared.domain.patience import DEPENDENCY
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Provider,
    by_hand,
    ec_key,
    huge,
    other_rsa_key,
    rsa_key,
    signed,
)
from tests.support.page_rules import broken_rules
from tests.web.organisations.conftest import ANDRE, PATIENCE, SIGN_IN, Organisation

Lie = Callable[[Provider], None]
DOUBT = "The answer of your organisation’s sign-in was not in order, so we have not let you in."
BUSY = "The sign-in of your organisation does not answer just now."
UNCONFIRMED = "Horizonte did not confirm your email address to us."
ELSEWHERE = "Your email address is not one of those that Horizonte signs in here."
NO_ACCESS = "Horizonte knows you, but you have no access here yet."
TAKEN = "The client secret"


def claims(**bent: Any) -> Lie:
    """Tokens in which something is otherwise; None leaves it out."""

    def bend(told: Claims) -> Claims:
        whole = {**told, **bent}
        return {name: value for name, value in whole.items() if value is not None}

    return lambda provider: setattr(provider, "claims", bend)


def later(seconds: float, *names: str) -> Lie:
    """Tokens whose times are shifted."""

    def bend(told: Claims) -> Claims:
        return {**told, **dict.fromkeys(names, told["iat"] + seconds)}

    return lambda provider: setattr(provider, "claims", bend)


def sign(how: Callable[[Claims], str]) -> Lie:
    """Tokens signed in another way."""
    return lambda provider: setattr(provider, "sign", how)


def tokens(bend: Callable[[Claims], Claims]) -> Lie:
    """Another answer of the token endpoint."""
    return lambda provider: setattr(provider, "tokens", bend)


def instead(path: str, answer: Callable[[], Any]) -> Lie:
    """Something else at an address."""
    return lambda provider: provider.instead.update({path: answer})


def person(**bent: Any) -> Lie:
    """Somebody else, or less of them, in token and particulars alike."""

    def be(provider: Provider) -> None:
        whole = {**provider.person, **bent}
        provider.person = {name: value for name, value in whole.items() if value is not None}

    return be


def answer(more: str) -> Lie:
    """Something more in the address that leads back."""
    return lambda provider: setattr(provider, "answer", lambda location: location + more)


def names_itself(provider: Provider) -> None:
    """It says that it names itself in every answer, and does not."""
    provider.metadata = lambda told: {**told, "authorization_response_iss_parameter_supported": True}


def somebody_elses_particulars(provider: Provider) -> None:
    """The token is of one person, the particulars of another."""
    claims(email=None, email_verified=None)(provider)
    provider.userinfo = lambda told: {**told, "sub": "somebody else"}


def key_for_encrypting(provider: Provider) -> None:
    """The key is published for another use."""
    told = {**rsa_key().as_dict(private=False), "use": "enc"}
    provider.instead["/keys"] = lambda: {"keys": [told]}


def secret_as_key(provider: Provider) -> None:
    """The client's secret is published among the keys, and signs."""
    secret = OctKey.import_key(CLIENT_SECRET, {"kid": "first"})
    provider.instead["/keys"] = lambda: {"keys": [secret.as_dict(private=True)]}
    provider.sign = lambda told: by_hand(told, {"alg": "HS256", "kid": "first"}, CLIENT_SECRET.encode())


def announced_otherwise(provider: Provider) -> None:
    """It signs with an algorithm that it does not announce."""
    provider.metadata = lambda told: {**told, "id_token_signing_alg_values_supported": ["RS256"]}
    provider.keys, provider.sign = [ec_key()], lambda told: signed(told, ec_key())


def hang() -> Response:
    """An answer that does not come."""
    time.sleep(PATIENCE * 2)
    return Response("{}")


def drip() -> Response:
    """An answer that comes letter by letter."""

    def letters() -> Any:
        for _ in range(40):
            time.sleep(0.1)
            yield b" "

    return Response(letters(), mimetype="application/json")


LIES: dict[str, tuple[Lie, int, str]] = {
    # signatures
    "signed by somebody else under the same name": (
        sign(lambda told: signed(told, other_rsa_key())),
        403,
        DOUBT,
    ),
    "no signature (alg none)": (sign(lambda told: by_hand(told, {"alg": "none"})), 403, DOUBT),
    "no signature, in other letters": (sign(lambda told: by_hand(told, {"alg": "nOnE"})), 403, DOUBT),
    "no algorithm": (sign(lambda told: by_hand(told, {"kid": "first"})), 403, DOUBT),
    "signed with the client's secret": (
        sign(lambda told: by_hand(told, {"alg": "HS256", "kid": "first"}, CLIENT_SECRET.encode())),
        403,
        DOUBT,
    ),
    "signed with the client's id": (
        sign(lambda told: by_hand(told, {"alg": "HS256"}, CLIENT_ID.encode())),
        403,
        DOUBT,
    ),
    "signed with the public key as a secret": (
        sign(lambda told: by_hand(told, {"alg": "HS256", "kid": "first"}, rsa_key().as_pem(private=False))),
        403,
        DOUBT,
    ),
    "a secret among the keys": (secret_as_key, 403, DOUBT),
    "a key that nobody published": (sign(lambda told: signed(told, ec_key())), 403, DOUBT),
    "a key that came with the token": (
        sign(lambda told: signed(told, ec_key(), jwk=ec_key().as_dict(private=False))),
        403,
        DOUBT,
    ),
    "a key for encrypting": (key_for_encrypting, 403, DOUBT),
    "an algorithm that was not announced": (announced_otherwise, 403, DOUBT),
    "a signature cut off": (sign(lambda told: signed(told)[:-8]), 403, DOUBT),
    "claims changed after signing": (
        sign(
            lambda told: ".".join(
                [
                    signed(told).split(".")[0],
                    by_hand(told | {"sub": "1"}, {}).split(".")[1],
                    signed(told).split(".")[2],
                ]
            )
        ),
        403,
        DOUBT,
    ),
    # claims
    "another issuer": (claims(iss="https://login.example"), 403, DOUBT),
    "a token for another client": (claims(aud="somebody"), 403, DOUBT),
    "no audience": (claims(aud=None), 403, DOUBT),
    "several audiences and no authorised party": (claims(aud=[CLIENT_ID, "somebody"]), 403, DOUBT),
    "made for another party": (claims(azp="somebody"), 403, DOUBT),
    "expired": (later(-120, "exp"), 403, DOUBT),
    "without an end": (claims(exp=None), 403, DOUBT),
    "made in the future": (later(120, "iat"), 403, DOUBT),
    "not valid yet": (later(120, "nbf"), 403, DOUBT),
    "made long ago": (later(-3600, "iat"), 403, DOUBT),
    "another nonce": (claims(nonce="another"), 403, DOUBT),
    "no nonce": (claims(nonce=None), 403, DOUBT),
    "no subject": (claims(sub=None), 403, DOUBT),
    "an empty subject": (claims(sub=""), 403, DOUBT),
    "a list as subject": (claims(sub=["248289761001"]), 403, DOUBT),
    "another access token": (claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), 403, DOUBT),
    "no ID token": (
        tokens(lambda told: {name: told[name] for name in told if name != "id_token"}),
        403,
        DOUBT,
    ),
    "something else as ID token": (tokens(lambda told: {**told, "id_token": "let.me.in"}), 403, DOUBT),
    "a number as ID token": (tokens(lambda told: {**told, "id_token": 7}), 403, DOUBT),
    "a list as claims": (
        sign(lambda told: by_hand(list(told), {"alg": "RS256", "kid": "first"}, b"x")),
        403,
        DOUBT,
    ),
    "the particulars of somebody else": (somebody_elses_particulars, 403, DOUBT),
    # the answer in the address
    "the answer of another issuer": (answer("&iss=https%3A%2F%2Flogin.example"), 403, DOUBT),
    "an answer that does not name its issuer, although it should": (names_itself, 403, DOUBT),
    "a code that is not theirs": (answer("x"), 400, "took too long, was used already"),
    "an error": (
        lambda provider: setattr(
            provider, "answer", lambda there: there.replace("code=", "error=server_error&was=")
        ),
        403,
        DOUBT,
    ),
    "the person said no": (
        lambda provider: setattr(
            provider, "answer", lambda there: there.replace("code=", "error=access_denied&was=")
        ),
        403,
        "The sign-in was stopped at Horizonte. Nothing was changed.",
    ),
    "a code nobody gave": (
        lambda provider: setattr(provider, "answer", lambda there: there.replace("code=", "code=guessed")),
        403,
        DOUBT,
    ),
    # who it is
    "an address that is not confirmed": (person(email_verified=False), 403, UNCONFIRMED),
    "an address that may be confirmed": (person(email_verified=None), 403, UNCONFIRMED),
    "an address confirmed in words": (person(email_verified="yes"), 403, UNCONFIRMED),
    "no address": (person(email=None), 403, UNCONFIRMED),
    "an address of another organisation": (person(email="billing@hartwell-finch.example"), 403, ELSEWHERE),
    "an address of one of our own people": (person(email="ricardo.sampaio@exemplo.example"), 403, ELSEWHERE),
    "an address of nobody": (person(email="nobody@horizonte.example"), 403, NO_ACCESS),
    # the line
    "keys that are not readable": (instead("/keys", lambda: Response("<html>")), 503, BUSY),
    "keys that do not end": (instead("/keys", huge), 503, BUSY),
    "tokens that do not end": (instead("/token", huge), 503, BUSY),
    "tokens that lead in circles": (instead("/token", lambda: redirect("/token", 307)), 503, BUSY),
    "keys that lead in circles": (instead("/keys", lambda: redirect("/keys")), 503, BUSY),
    "a broken token endpoint": (instead("/token", lambda: ("sorry", 500)), 503, BUSY),
    "a token endpoint that speaks HTML": (instead("/token", lambda: Response("<html>")), 503, BUSY),
    "tokens that are a list": (
        instead("/token", lambda: Response("[]", mimetype="application/json")),
        503,
        BUSY,
    ),
    "a client that it does not know": (
        instead("/token", lambda: ({"error": "invalid_client"}, 401)),
        503,
        BUSY,
    ),
    "a packed answer that nobody asked for": (
        instead("/keys", lambda: Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})),
        503,
        BUSY,
    ),
    "a token endpoint that hangs": (instead("/token", hang), 503, BUSY),
    "a token endpoint that drips": (instead("/token", drip), 503, BUSY),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_lets_nobody_in_and_is_answered_with_a_sentence(organisation: Organisation, lie: str) -> None:
    tell, status, sentence = LIES[lie]
    tell(organisation.provider)
    began = time.perf_counter()
    page = organisation.sign_in(onto="/corp-billing/purchase-orders")
    assert time.perf_counter() - began < PATIENCE + 2
    assert (page.status, page.path) == (status, f"{SIGN_IN}/back")
    assert sentence in page.text
    assert "Reference: " in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert organisation.sessions() == organisation.linked() == []
    assert organisation.browser.get("/corp-billing/purchase-orders").path == "/sign-in"
    assert organisation.kept().proven_at is None


def test_the_honest_provider_of_these_tests_lets_people_in(organisation: Organisation) -> None:
    assert organisation.sign_in(onto="/corp-billing/purchase-orders").path == "/corp-billing/purchase-orders"


def test_an_answer_counts_once(organisation: Organisation) -> None:
    back = organisation.provider.visit(organisation.onward())
    assert organisation.browser.get(back).path.startswith("/corp-billing/")
    organisation.browser.post("/sign-out", {"csrf_token": organisation.browser.token()})
    again = organisation.browser.get(back)
    assert again.status == 400
    assert organisation.browser.get("/corp-billing/").path == "/sign-in"


def test_an_answer_counts_in_the_browser_that_asked_and_nobody_else_uses_it_up(
    organisation: Organisation,
) -> None:
    back = organisation.provider.visit(organisation.onward())
    for thief in (organisation.another_browser(), organisation.another_browser()):
        thief.get(f"{SIGN_IN}")
        page = thief.get(back)
        assert page.status == 400
        assert "begun in another browser" in page.text
    assert organisation.sessions() == []
    assert organisation.browser.get(back).path.startswith("/corp-billing/")


def test_a_victim_is_not_signed_in_as_the_attacker(organisation: Organisation) -> None:
    """Somebody begins a sign-in of their own and sends its answer to another browser, which began one as well."""
    victim = organisation.another_browser()
    organisation.onward(browser=victim)
    attackers = organisation.provider.visit(organisation.onward())
    assert victim.get(attackers).status == 400
    assert victim.get("/corp-billing/").path == "/sign-in"


def test_a_code_with_the_state_of_another_visit_fails(organisation: Organisation) -> None:
    first = organisation.provider.visit(organisation.onward())
    organisation.house.clock.advance(timedelta(seconds=1))
    second = organisation.provider.visit(organisation.onward())
    swapped = (
        f"{urlsplit(first).path}?{urlsplit(first).query.split('&')[0]}&{urlsplit(second).query.split('&')[1]}"
    )
    page = organisation.browser.get(swapped)
    assert page.status == 403
    assert DOUBT in page.text, "PKCE and nonce belong to the other visit"
    assert organisation.sessions() == []


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?code=x", "?state=x&code=y", "?error=x", "?state=" + "x" * 5000]
)
def test_who_comes_from_nowhere_is_told_to_start_again(organisation: Organisation, query: str) -> None:
    page = organisation.browser.get(f"{SIGN_IN}/back{query}")
    assert page.status == 400
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert organisation.provider.asked == []


@pytest.mark.parametrize(
    "change",
    [{"disabled_at": "now"}, {"staff_role": "care"}, {"email": "andre@elsewhere.example"}],
    ids=["disabled", "one of our own people now", "an address elsewhere"],
)
def test_who_was_known_is_looked_at_again_every_time(
    organisation: Organisation, change: dict[str, Any]
) -> None:
    organisation.sign_in()
    changed = {
        name: organisation.house.clock.now() if value == "now" else value for name, value in change.items()
    }
    before = {"disabled_at": None, "staff_role": None, "email": ANDRE}
    organisation.change_person(ANDRE, **changed)
    try:
        page = organisation.sign_in(browser=organisation.another_browser())
        assert page.status == 403
        assert NO_ACCESS in page.text or ELSEWHERE in page.text
    finally:
        organisation.change_person(change.get("email", ANDRE), **before)


def test_another_subject_with_a_known_address_is_no_one_we_know(organisation: Organisation) -> None:
    organisation.sign_in()
    person(sub="somebody new with an old address")(organisation.provider)
    page = organisation.sign_in(browser=organisation.another_browser())
    assert page.status == 403
    assert "You came from Horizonte under another identity before." in page.text
    assert len(organisation.linked()) == 1


def test_a_provider_that_hangs_is_left_alone_and_nobody_else_waits(organisation: Organisation) -> None:
    provider = organisation.provider
    provider.instead["/.well-known/openid-configuration"] = hang
    for number in range(5):
        began = time.perf_counter()
        page = organisation.set_out()
        took = time.perf_counter() - began
        assert (page.status, page.answer.headers["Retry-After"]) == (503, "30")
        assert BUSY in page.problems[0]
        assert page.value("email") == ANDRE
        assert broken_rules(page, "en", "Exemplo Software") == []
        assert took < PATIENCE + 1.5 if number < 3 else took < PATIENCE, (
            "after three failures it is not asked"
        )
    assert provider.asked.count("/.well-known/openid-configuration") == 3
    began = time.perf_counter()
    assert organisation.house.contact("lower-plan").get("/billing/").status == 200
    assert time.perf_counter() - began < PATIENCE
    assert DEPENDENCY <= 6, "with what else an answer takes, eight seconds are enough"
