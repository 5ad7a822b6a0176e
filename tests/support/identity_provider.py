"""An identity provider on this machine, over real sockets: honest until it is told how to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID, CLIENT_SECRET = "twodoor", "the secret of the client"
Claims = dict[str, Any]


@cache
def rsa_key() -> RSAKey:
    """The key of the honest provider."""
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@cache
def other_rsa_key() -> RSAKey:
    """A key of somebody else, under the same name."""
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@cache
def ec_key() -> ECKey:
    """A key with which the provider begins to sign one day."""
    return ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})


def signed(claims: Claims, key: RSAKey | ECKey | None = None, **header: Any) -> str:
    """A token with a signature."""
    key = key or rsa_key()
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    return jwt.encode({"alg": algorithm, "kid": key.kid, **header}, claims, key, algorithms=[algorithm])


def by_hand(claims: Claims | list[str], header: Mapping[str, Any], secret: bytes | None = None) -> str:
    """A token put together letter by letter, as libraries refuse to: without a signature, or with a shared secret."""
    parts = [_packed(json.dumps(part).encode()) for part in (header, claims)]
    if secret is None:
        return ".".join([*parts, ""])
    return ".".join([*parts, _packed(hmac.digest(secret, ".".join(parts).encode(), "sha256"))])


def _packed(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@dataclass
class Provider:
    """What the provider knows and says. Whatever a test puts in the place of a function is how it lies."""

    now: Callable[[], datetime]
    issuer: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "248289761001"})
    keys: list[Any] = field(default_factory=lambda: [rsa_key()])
    claims: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] = signed
    tokens: Callable[[Claims], Claims] = lambda tokens: tokens
    metadata: Callable[[Claims], Claims] = lambda metadata: metadata
    userinfo: Callable[[Claims], Claims] = lambda claims: claims
    answer: Callable[[str], str] = lambda location: location
    instead: dict[str, Callable[[], ResponseReturnValue]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, Claims] = field(default_factory=dict)

    def visit(self, url: str) -> str:
        """Sign in there as the provider's person: where the browser is sent back to, as path and query."""
        response = requests.get(url, allow_redirects=False, timeout=5)
        assert response.status_code == 302, response.text
        there = urlsplit(self.answer(response.headers["Location"]))
        return f"{there.path}?{there.query}"

    def described(self) -> Claims:
        """The discovery document."""
        return self.metadata(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/leave?why=asked",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def authorise(self) -> ResponseReturnValue:
        """Take whoever comes for the provider's person."""
        told = request.args
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        assert all(told.get(name) == value for name, value in wanted.items()), told
        assert "openid" in told["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(told.items())
        return redirect(f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}")

    def exchange(self) -> ResponseReturnValue:
        """Give tokens for a code, once, to the client that asked and can show where the code came from."""
        form, client = request.form, request.authorization
        if client is None or (client.username, client.password) != (CLIENT_ID, CLIENT_SECRET):
            return {"error": "invalid_client"}, 401
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = _packed(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return {"error": "invalid_grant"}, 400
        access, seconds = secrets.token_urlsafe(16), int(self.now().timestamp())
        self.access[access] = self.person
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": asked["nonce"],
            "at_hash": _packed(half),
            **({"auth_time": seconds} if "max_age" in asked else {}),
            **self.person,
        }
        id_token = self.sign(self.claims(claims))
        return self.tokens({"access_token": access, "token_type": "Bearer", "id_token": id_token})

    def particulars(self) -> ResponseReturnValue:
        """The person's particulars, for the access token."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.userinfo(dict(self.access[token])) if token in self.access else ({}, 401)


class _Quiet(WSGIRequestHandler):
    def log(self, *arguments: Any, **named: Any) -> None:
        """Say nothing."""


@contextmanager
def running_provider(now: Callable[[], datetime]) -> Iterator[Provider]:
    """A provider of one's own on a free port of this machine."""
    provider, app = Provider(now), Flask(__name__)

    @app.before_request
    def _note() -> ResponseReturnValue | None:
        provider.asked.append(request.path)
        lie = provider.instead.get(request.path)
        return lie() if lie else None

    for path, page, methods in (
        ("/.well-known/openid-configuration", provider.described, ["GET"]),
        ("/authorize", provider.authorise, ["GET"]),
        ("/token", provider.exchange, ["POST"]),
        ("/userinfo", provider.particulars, ["GET"]),
        ("/keys", lambda: {"keys": [key.as_dict(private=False) for key in provider.keys]}, ["GET"]),
    ):
        app.add_url_rule(path, path, page, methods=methods)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # one that hangs must not keep the tests
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def asked_of(url: str) -> dict[str, str]:
    """What an address asks."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def huge() -> Response:
    """An answer that does not end for a long time."""
    return Response((b"[" * 65536 for _ in range(1000)), mimetype="application/json")
