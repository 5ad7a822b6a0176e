"""Whom a provider may let in: linked by issuer and subject, never by an address of mail alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.shared.domain.sign_in.mail_domains import domain_of


class Outcome(StrEnum):
    """What becomes of somebody for whom a provider vouched."""

    WELCOME = "welcome"  # known under this subject
    LINK = "link"  # here for the first time: known from now on
    NO_ADDRESS = "no_address"  # the provider named no address of mail
    NOT_VERIFIED = "not_verified"  # it named one, and did not say that it is theirs
    OTHER_DOMAIN = "other_domain"  # the address lies outside of what the organisation has
    UNKNOWN = "unknown"  # nobody with this address is anything for the organisation
    OTHER_SUBJECT = "other_subject"  # this person came under another subject before
    STAFF = "staff"  # one of our own people
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a believed token says about somebody."""

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a person who may be meant; `member`: is anything for an account of the organisation."""

    email: str
    member: bool
    staff: bool = False
    disabled: bool = False
    other_subject: bool = False  # came through this issuer before, under another subject than now


def decide(
    vouched: Vouched, domains: frozenset[str], linked: Known | None, addressed: Known | None
) -> Outcome:
    """Let somebody in, link them, or say why not.

    `linked` is who is known under the subject, `addressed` who has the address; `domains` are those that were
    confirmed for the organisation. The address of a known person must lie in them at every sign-in: a provider
    opens nothing for somebody who has since become somebody else's.
    """
    if linked is not None:
        return _refusal(linked, domains) or Outcome.WELCOME
    if not vouched.email:
        return Outcome.NO_ADDRESS
    if not vouched.email_verified:
        return Outcome.NOT_VERIFIED
    if domain_of(vouched.email) not in domains:
        return Outcome.OTHER_DOMAIN
    if addressed is None:
        return Outcome.UNKNOWN
    refusal = _refusal(addressed, domains)
    if refusal is not None:
        return refusal
    return Outcome.OTHER_SUBJECT if addressed.other_subject else Outcome.LINK


def _refusal(person: Known, domains: frozenset[str]) -> Outcome | None:
    if person.staff:
        return Outcome.STAFF
    if person.disabled:
        return Outcome.DISABLED
    if not person.member:
        return Outcome.UNKNOWN
    return None if domain_of(person.email) in domains else Outcome.OTHER_DOMAIN


def must_use_it(email: str, domains: frozenset[str], *, required: bool, enabled: bool) -> bool:
    """Whether a member of the organisation comes in through its provider only.

    Somebody whose address lies elsewhere (a bookkeeper from outside) cannot, and keeps signing in as before.
    """
    return required and enabled and domain_of(email) in domains
