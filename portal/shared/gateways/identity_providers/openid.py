"""OpenID Connect: the authorization code flow with PKCE, as a client of providers that others run."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from portal.shared.domain.patience import DEPENDENCY
from portal.shared.domain.sign_in import id_tokens
from portal.shared.domain.sign_in.id_tokens import Expected
from portal.shared.domain.sign_in.vouching import Vouched
from portal.shared.gateways.identity_providers.bounded import ask, bound, trouble_of
from portal.shared.gateways.identity_providers.metadata import Metadata, discover
from portal.shared.gateways.identity_providers.providers import (
    Answered,
    Asked,
    Believed,
    Client,
    Description,
    NotBelieved,
    ProviderTrouble,
    Trouble,
)
from portal.shared.gateways.identity_providers.signatures import (
    PublishedKey,
    UnknownKey,
    read_keys,
    read_token,
)
from portal.shared.gateways.patience import Busy, Line, NoAnswer, Resting, TooSlow

SCOPE = "openid email profile"
# What says that the other side is down; everything else is an answer.
_DOWN = frozenset({Trouble.UNREACHABLE, Trouble.TOO_SLOW, Trouble.STATUS})
_WAITING = {TooSlow: Trouble.TOO_SLOW, Resting: Trouble.RESTING, Busy: Trouble.BUSY}
KEPT_SECONDS = 3600.0

Result = TypeVar("Result")


class OpenIDProviders:
    """`IdentityProviders` over the network; safe to share by threads."""

    def __init__(
        self,
        *,
        plain_loopback: bool = False,
        patience_seconds: float = DEPENDENCY,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Providers over https only; with `plain_loopback` also unencrypted ones on this machine."""
        self._plain_loopback = plain_loopback
        self._patience = patience_seconds
        self._ticks = ticks
        self._lock = threading.Lock()
        self._lines: defaultdict[str, Line] = defaultdict(lambda: Line(_is_down, ticks))
        self._metadata: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, list[PublishedKey]]] = {}

    def describe(self, issuer: str) -> Description:
        """Ask anew; see `IdentityProviders`."""

        def look() -> Description:
            metadata = self._discover(issuer)
            if not self._fetch_keys(metadata):
                raise ProviderTrouble(Trouble.NO_KEYS)
            return Description(
                host=urlsplit(metadata.authorization).netloc,
                algorithms=tuple(sorted(metadata.algorithms)),
                can_sign_out=metadata.end_session is not None,
            )

        return self._within(issuer, look, even_resting=True)

    def onward_url(self, client: Client, asked: Asked) -> str:
        """Where a browser goes; see `IdentityProviders`."""
        with _as_trouble():
            self._line(client.issuer).refuse_while_resting()
        # What is remembered is no sign of life, so it does not count as one.
        metadata = self._remembered(client.issuer) or self._within(
            client.issuer, lambda: self._discover(client.issuer)
        )
        more = {"prompt": "login", "max_age": "0"} if asked.anew else {}
        if asked.email:
            more["login_hint"] = asked.email
        with _session(client, metadata, asked.redirect_uri) as session:
            url, _ = session.create_authorization_url(
                metadata.authorization,
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
                **more,
            )
        return str(url)

    def believe(self, client: Client, answered: Answered, now: datetime) -> Believed:
        """Exchange and check; see `IdentityProviders`."""
        return self._within(client.issuer, lambda: self._believe(client, answered, now))

    def _believe(self, client: Client, answered: Answered, now: datetime) -> Believed:
        metadata = self._remembered(client.issuer) or self._discover(client.issuer)
        if answered.issuer != metadata.issuer and (answered.issuer is not None or metadata.names_itself):
            raise NotBelieved("answer of another issuer")
        tokens = _exchange(client, metadata, answered)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise NotBelieved("no ID token")
        claims, algorithm = self._read(id_token, metadata)
        expected = Expected(
            issuer=metadata.issuer,
            client_id=client.client_id,
            nonce=answered.nonce,
            access_token=access_token if isinstance(access_token, str) else None,
            asked_at=answered.asked_at,
        )
        problem = id_tokens.problem(claims, algorithm, expected, now)
        if problem is not None:
            raise NotBelieved(problem)
        if "email" not in claims and metadata.userinfo and isinstance(access_token, str):
            more = ask(metadata.userinfo, token=access_token)
            if more.get("sub") != claims["sub"]:
                raise NotBelieved("somebody else's particulars")
            claims |= {name: more[name] for name in ("email", "email_verified") if name in more}
        email = claims.get("email")
        vouched = Vouched(
            issuer=metadata.issuer,
            subject=claims["sub"],
            email=email if isinstance(email, str) else None,
            email_verified=claims.get("email_verified") in (True, "true"),  # some write it as a word
        )
        return Believed(vouched, id_token, metadata.end_session or "")

    def _read(self, id_token: str, metadata: Metadata) -> tuple[dict[str, Any], str]:
        """What the token says; the keys are asked for once more when it names one that is new."""
        kept_until, keys = self._keys.get(metadata.keys, (0.0, []))
        if self._ticks() < kept_until:
            try:
                return read_token(id_token, keys, metadata.algorithms)
            except UnknownKey:
                pass
        try:
            return read_token(id_token, self._fetch_keys(metadata), metadata.algorithms)
        except UnknownKey as error:
            raise NotBelieved("unknown key") from error

    def _fetch_keys(self, metadata: Metadata) -> list[PublishedKey]:
        keys = read_keys(ask(metadata.keys))
        self._keys[metadata.keys] = (self._ticks() + KEPT_SECONDS, keys)
        return keys

    def _remembered(self, issuer: str) -> Metadata | None:
        kept_until, metadata = self._metadata.get(issuer, (0.0, None))
        return metadata if self._ticks() < kept_until else None

    def _discover(self, issuer: str) -> Metadata:
        metadata = discover(issuer, plain_loopback=self._plain_loopback)
        self._metadata[issuer] = (self._ticks() + KEPT_SECONDS, metadata)
        return metadata

    def _within(self, issuer: str, work: Callable[[], Result], *, even_resting: bool = False) -> Result:
        with _as_trouble():
            return self._line(issuer).call(work, self._patience, even_resting=even_resting)

    def _line(self, issuer: str) -> Line:
        with self._lock:
            return self._lines[issuer]


@contextlib.contextmanager
def _as_trouble() -> Iterator[None]:
    """Say of a provider that was not waited for what it means to whoever wants to sign in."""
    try:
        yield
    except NoAnswer as error:
        raise ProviderTrouble(_WAITING[type(error)]) from error


def _is_down(error: BaseException) -> bool:
    return isinstance(error, ProviderTrouble) and error.reason in _DOWN


def _session(client: Client, metadata: Metadata, redirect_uri: str) -> OAuth2Session:
    method = "client_secret_post" if metadata.secret_in_body else "client_secret_basic"
    session = OAuth2Session(
        client.client_id,
        client.client_secret or None,
        token_endpoint_auth_method=method if client.client_secret else "none",
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    bound(session)
    return session


def _exchange(client: Client, metadata: Metadata, answered: Answered) -> dict[str, Any]:
    with _session(client, metadata, answered.redirect_uri) as session:
        try:
            return dict(
                session.fetch_token(
                    metadata.token,
                    grant_type="authorization_code",
                    code=answered.code,
                    code_verifier=answered.verifier,
                )
            )
        except OAuthError as error:
            if error.error in ("invalid_client", "unauthorized_client"):
                raise ProviderTrouble(Trouble.CLIENT) from error
            raise NotBelieved("the code was refused") from error
        except (requests.RequestException, ValueError) as error:
            raise trouble_of(error) from error
