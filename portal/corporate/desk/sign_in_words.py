"""What is said about an organisation's identity provider: what is wrong with settings, and with the other side."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.services.organisations.connection import Description, Trouble
from portal.shared.services.organisations.keeping import Problem

PROBLEMS: dict[Problem, tuple[str, LazyString]] = {
    Problem.NAME_MISSING: ("name", lazy_gettext("Write the name that people read when they are led there.")),
    Problem.TOO_LONG: ("name", lazy_gettext("One of the texts is too long.")),
    Problem.ISSUER: (
        "issuer",
        lazy_gettext("Write the issuer as the organisation gave it: an address that begins with https://."),
    ),
    Problem.CLIENT_ID_MISSING: (
        "client_id",
        lazy_gettext("Write the client ID that the organisation gave us."),
    ),
    Problem.SECRET_AGAIN: (
        "secret",
        lazy_gettext("The secret was meant for another issuer. Type the one that belongs to this issuer."),
    ),
    Problem.TAKEN: (
        "client_id",
        lazy_gettext("Another account has this issuer and client ID already. Let this account use that one."),
    ),
    Problem.DOMAIN: ("domain", lazy_gettext("Write a domain of mail, as in example.com.")),
    Problem.DOMAIN_PUBLIC: (
        "domain",
        lazy_gettext("Everybody can have an address there, so no organisation can vouch for it."),
    ),
    Problem.DOMAIN_TAKEN: ("domain", lazy_gettext("This domain belongs to an organisation already.")),
    Problem.DOMAIN_OURS: (
        "domain",
        lazy_gettext("Our own people have addresses there, and never come in through a customer."),
    ),
    Problem.NOTE_MISSING: ("note", lazy_gettext("Write how you know that the domain is theirs.")),
    Problem.NOT_PROVEN: (
        "required",
        lazy_gettext("Somebody has to sign in through the provider once before it can be the only way in."),
    ),
    Problem.NO_PROVIDER: ("name", lazy_gettext("Save the provider first.")),
}

_TROUBLES: dict[Trouble, LazyString] = {
    Trouble.UNREACHABLE: lazy_gettext("There is no connection to the issuer. Is its address right?"),
    Trouble.TOO_SLOW: lazy_gettext("The issuer did not answer in time."),
    Trouble.BUSY: lazy_gettext("Several people wait for this provider already. Try again in a minute."),
    Trouble.RESTING: lazy_gettext("The provider failed several times and is left alone for half a minute."),
    Trouble.STATUS: lazy_gettext(
        "The issuer answers with an error. Usually its address lacks a part or has one too many."
    ),
    Trouble.REDIRECTS: lazy_gettext("The issuer leads on to another address. Write that one instead."),
    Trouble.TOO_LARGE: lazy_gettext("The answer is far too large."),
    Trouble.NOT_READABLE: lazy_gettext("What answers there is no OpenID Connect provider."),
    Trouble.OTHER_ISSUER: lazy_gettext(
        "The provider calls itself by another address. The issuer has to be written exactly as it says."
    ),
    Trouble.ADDRESS: lazy_gettext("The provider names pages that are missing or are not encrypted (https)."),
    Trouble.NO_CODE_FLOW: lazy_gettext("The provider does not offer the authorization code flow."),
    Trouble.NO_PKCE: lazy_gettext("The provider does not offer PKCE with S256."),
    Trouble.NO_ALGORITHM: lazy_gettext(
        "The provider signs in no way that only it can (RS256, ES256 and others)."
    ),
    Trouble.NO_KEYS: lazy_gettext("The provider publishes no key with which its answers can be checked."),
    Trouble.CLIENT: lazy_gettext("The client secret cannot be used any more. Type it again."),
}


def of_connection(told: Description | Trouble) -> tuple[str, str]:
    """What the test of a connection showed: a tone and a sentence."""
    if isinstance(told, Trouble):
        return "error", str(_TROUBLES[told])
    sentence = (
        gettext(
            "%(host)s answers and offers what we need, signing out included. Whether client ID and secret are right, "
            "the first sign-in shows.",
            host=told.host,
        )
        if told.can_sign_out
        else gettext(
            "%(host)s answers and offers what we need. It has no page for signing out: whoever signs out here stays "
            "signed in there. Whether client ID and secret are right, the first sign-in shows.",
            host=told.host,
        )
    )
    return "success", sentence
