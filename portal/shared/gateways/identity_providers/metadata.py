"""What a provider says of itself (OpenID Connect Discovery 1.0), read with suspicion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.shared.domain.sign_in.id_tokens import usable_algorithms
from portal.shared.domain.sign_in.provider_addresses import is_usable
from portal.shared.gateways.identity_providers.bounded import ask
from portal.shared.gateways.identity_providers.providers import ProviderTrouble, Trouble

WELL_KNOWN = "/.well-known/openid-configuration"
_SECRET_IN_BODY, _SECRET_IN_HEADER = "client_secret_post", "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of it that we go by."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    algorithms: frozenset[str]
    secret_in_body: bool
    names_itself: bool  # adds its issuer to every answer (RFC 9207)


def discover(issuer: str, *, plain_loopback: bool) -> Metadata:
    """Ask a provider what it is.

    Raises:
        ProviderTrouble: it does not answer, calls itself otherwise, or lacks what a safe sign-in needs.
    """
    told = ask(issuer.rstrip("/") + WELL_KNOWN)
    if told.get("issuer") != issuer:
        raise ProviderTrouble(Trouble.OTHER_ISSUER)

    def address(name: str) -> str:
        value = told.get(name)
        if not is_usable(value, plain_loopback=plain_loopback):
            raise ProviderTrouble(Trouble.ADDRESS)
        return str(value)

    if "code" not in _words(told, "response_types_supported", ("code",)):
        raise ProviderTrouble(Trouble.NO_CODE_FLOW)
    # Some do it without saying so; who lists what they do and leaves this out does not do it.
    if "S256" not in _words(told, "code_challenge_methods_supported", ("S256",)):
        raise ProviderTrouble(Trouble.NO_PKCE)
    algorithms = usable_algorithms(told.get("id_token_signing_alg_values_supported"))
    if not algorithms:
        raise ProviderTrouble(Trouble.NO_ALGORITHM)
    methods = _words(told, "token_endpoint_auth_methods_supported", (_SECRET_IN_HEADER,))
    return Metadata(
        issuer=issuer,
        authorization=address("authorization_endpoint"),
        token=address("token_endpoint"),
        keys=address("jwks_uri"),
        userinfo=address("userinfo_endpoint") if "userinfo_endpoint" in told else None,
        end_session=address("end_session_endpoint") if "end_session_endpoint" in told else None,
        algorithms=algorithms,
        secret_in_body=_SECRET_IN_HEADER not in methods and _SECRET_IN_BODY in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _words(told: Mapping[str, Any], name: str, untold: tuple[str, ...]) -> list[str]:
    value = told.get(name)
    if not isinstance(value, list):
        return list(untold)
    return [one for one in value if isinstance(one, str)]
