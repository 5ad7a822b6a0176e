"""Signing out at a provider as well (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from urllib.parse import urlencode

LONGEST_HINT = 4000  # letters of an ID token that still fit into an address


def sign_out_url(end_session_address: str, client_id: str, id_token: str | None, back: str) -> str:
    """Where a browser ends the sign-in there, to come back to an address that the provider knows of us."""
    said = {"client_id": client_id, "post_logout_redirect_uri": back}
    if id_token and len(id_token) <= LONGEST_HINT:
        said["id_token_hint"] = id_token
    return f"{end_session_address}{'&' if '?' in end_session_address else '?'}{urlencode(said)}"
