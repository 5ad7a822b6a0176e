"""Identity providers of organisations: what is asked of them, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portal.shared.domain.sign_in.vouching import Vouched


class Trouble(StrEnum):
    """Why a provider cannot be used just now, or not with these settings."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    BUSY = "busy"  # several people wait for its answer already
    RESTING = "resting"  # it failed several times: it is left alone for a moment
    STATUS = "status"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"
    OTHER_ISSUER = "other_issuer"
    ADDRESS = "address"
    NO_CODE_FLOW = "no_code_flow"
    NO_PKCE = "no_pkce"
    NO_ALGORITHM = "no_algorithm"
    NO_KEYS = "no_keys"
    CLIENT = "client"  # it does not know us, or our secret


class ProviderTrouble(Exception):
    """A provider did not answer, or not as OpenID Connect wants it."""

    def __init__(self, reason: Trouble) -> None:
        super().__init__(str(reason))
        self.reason = reason


class NotBelieved(Exception):
    """A provider answered, and what it said is not believed; `reason` is for our own log, not for pages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are for a provider."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent along and must fit the answer. `anew`: the person shall show who they are once more."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str
    email: str = ""
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back with the browser."""

    code: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str
    # When the person was sent there, where they had to show anew who they are.
    asked_at: datetime | None = None
    # Which provider says it answers (RFC 9207): several share one address of ours.
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Believed:
    """Whom the provider vouches for, and the token that proves it."""

    vouched: Vouched
    id_token: str = field(repr=False)
    end_session_address: str = ""  # where the sign-in ends there, if it can


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider says of itself."""

    host: str
    algorithms: tuple[str, ...]
    can_sign_out: bool


class IdentityProviders(Protocol):
    """Asks identity providers. Every call ends within a few seconds, whatever the other side does."""

    def describe(self, issuer: str) -> Description:
        """Ask a provider anew what it can do.

        Raises:
            ProviderTrouble: it cannot be used.
        """
        ...

    def onward_url(self, client: Client, asked: Asked) -> str:
        """Where a browser goes to sign in there.

        Raises:
            ProviderTrouble: it cannot be used.
        """
        ...

    def believe(self, client: Client, answered: Answered, now: datetime) -> Believed:
        """Exchange the code for tokens and check what they say.

        Raises:
            ProviderTrouble: it cannot be used.
            NotBelieved: something about the answer is wrong.
        """
        ...
