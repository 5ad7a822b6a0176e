"""Domains of mail: one spelling for each, and which of them can belong to nobody's organisation."""

from __future__ import annotations

import re

LONGEST_ADDRESS = 254
# What the older rules for such names turn into another, existing name (ß into ss): these are never guessed.
_AMBIGUOUS = frozenset("ßς\u200c\u200d")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

# Anybody gets an address there, so no provider can vouch for it.
PUBLIC = frozenset(
    """
    aol.com bol.com.br fastmail.com free.fr gmail.com gmx.com gmx.de gmx.net googlemail.com hotmail.com
    hotmail.com.br icloud.com ig.com.br laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com
    orange.fr outlook.com outlook.com.br pm.me proton.me protonmail.com sapo.pt t-online.de terra.com.br
    uol.com.br web.de wanadoo.fr yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.ru zoho.com
    """.split()
)


def plain_domain(text: str) -> str | None:
    """The one spelling of a domain: small letters, names in other scripts as they are asked of the DNS (`xn--…`).

    None when it is no domain of mail: an address, an IP address, a name without a dot, or one that may be read in
    two ways.
    """
    text = text.strip().removeprefix("@").rstrip(".").lower()
    if not text or len(text) > 253 or _AMBIGUOUS & set(text):
        return None
    try:
        plain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = plain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    return plain


def domain_of(address: str) -> str | None:
    """The domain of an address of mail in its one spelling; None when it is no address."""
    address = address.strip()
    name, at, domain = address.rpartition("@")
    if not at or not name or "@" in name or len(address) > LONGEST_ADDRESS or domain.endswith("."):
        return None
    if any(character.isspace() for character in address):
        return None
    return plain_domain(domain)


def is_public(domain: str) -> bool:
    """Whether everybody can have an address there."""
    return domain in PUBLIC
