"""What we sign is signed with SHA-256, and what was signed before is still read."""

from __future__ import annotations

import hashlib

import pytest
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeSerializer
from itsdangerous.encoding import base64_decode

from portal.shared.web.signing import Cookies
from tests.web.conftest import Shell, csrf_token

BYTES = {"sha1": 20, "sha256": 32}


def cookie(browser: FlaskClient) -> str:
    found = browser.get_cookie("session") or browser.get_cookie("__Host-session")
    assert found is not None
    return found.value


def signature(text: str) -> bytes:
    return base64_decode(text.rpartition(".")[2])


def test_the_cookie_and_the_token_of_a_form_are_signed_with_sha_256(shell: Shell) -> None:
    browser = shell.browser()
    page = browser.get("/sign-in")
    assert len(signature(cookie(browser))) == BYTES["sha256"]
    assert len(signature(csrf_token(page))) == BYTES["sha256"]


def test_a_session_that_was_signed_with_sha_1_goes_on_and_is_signed_anew(shell: Shell) -> None:
    browser = shell.browser()
    shell.sign_in(browser, shell.person())
    present = Cookies().get_signing_serializer(shell.app)
    assert present is not None
    held = present.loads(cookie(browser))
    former = SecureCookieSessionInterface().get_signing_serializer(shell.app)
    assert former is not None
    text = former.dumps(held)
    assert len(signature(text)) == BYTES["sha1"]
    name = "session" if browser.get_cookie("session") else "__Host-session"
    upgraded = shell.browser()
    upgraded.set_cookie(name, text, secure=name != "session")
    assert upgraded.get("/billing/").status_code == 200


@pytest.mark.parametrize("digest", [hashlib.sha1, hashlib.sha256, hashlib.md5], ids=["sha1", "sha256", "md5"])
def test_what_a_page_carried_is_read_by_the_former_way_and_no_other(shell: Shell, digest: object) -> None:
    text = URLSafeSerializer("key", salt="shown", signer_kwargs={"digest_method": digest}).dumps([1, 2])
    reader = URLSafeSerializer("key", salt="shown")
    if digest is hashlib.md5:
        with pytest.raises(BadSignature):
            reader.loads(text)
    else:
        assert reader.loads(text) == [1, 2]
    with pytest.raises(BadSignature):
        reader.loads(text[:-2] + ("aa" if text[-2:] != "aa" else "bb"))
