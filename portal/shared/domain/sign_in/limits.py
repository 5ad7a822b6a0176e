"""How long a sign-in lives, how often a secret may be tried, and when somebody is asked again who they are."""

from __future__ import annotations

from datetime import datetime, timedelta

# However busy somebody is: after this long everybody signs in again.
LIFETIME = timedelta(hours=12)
# Without a page for so long a sign-in ends; our own people see the figures of every customer.
IDLE, IDLE_OF_STAFF = timedelta(hours=6), timedelta(hours=2)
# When somebody was last seen is written down no more often than this.
SEEN_EVERY = timedelta(minutes=5)
# Between the password and the second factor.
WAITING = timedelta(minutes=10)
# A page that asks for it wants to know again who somebody is, unless they showed it within this time.
PROOF_LASTS = timedelta(minutes=15)
# Links that set a password.
RESET_LINK, FIRST_LINK = timedelta(minutes=30), timedelta(days=7)
# A question to a passkey.
CHALLENGE = timedelta(minutes=5)

FAILURES_OF_ONE_EMAIL, EMAIL_WINDOW = 5, timedelta(minutes=15)
FAILURES_FROM_ONE_ADDRESS, ADDRESS_WINDOW = 50, timedelta(hours=1)


def is_idle(seen_at: datetime, now: datetime, *, staff: bool) -> bool:
    """Whether a sign-in has lain unused for too long."""
    return now - seen_at >= (IDLE_OF_STAFF if staff else IDLE)


def is_worth_noting(seen_at: datetime, now: datetime) -> bool:
    """Whether it is time to write down again that somebody is there."""
    return now - seen_at >= SEEN_EVERY


def proof_is_old(proven_at: datetime, now: datetime, lasts: timedelta = PROOF_LASTS) -> bool:
    """Whether somebody showed too long ago who they are to change what matters; a clock set back is no proof."""
    return not timedelta() <= now - proven_at < lasts
