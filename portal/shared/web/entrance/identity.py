"""Who is at the door: Flask-Login carries the secret of the session, the database knows whose it is."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, make_response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.shared.domain.sign_in.limits import is_worth_noting
from portal.shared.services.equipment import DatabaseError, is_passing
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import Browser, SignedIn
from portal.shared.web.entrance.own_paths import FRONT, resume_path
from portal.shared.web.house import house
from portal.shared.web.pieces import not_in_a_piece
from portal.shared.web.transactions import database, reading


class Visitor(UserMixin):  # type: ignore[misc]  # the package carries no types
    """A signed-in person, as Flask-Login wants it: its id is the session's secret, never the person's number."""

    def __init__(self, token: str, person: SignedIn | None = None) -> None:
        self.token = token
        self.person = person

    def get_id(self) -> str:
        """The secret that Flask-Login keeps in the signed cookie."""
        return self.token


def install(app: Flask) -> None:
    """Make Flask-Login find people by the secret of their session."""
    manager = LoginManager()
    manager.session_protection = None  # sessions live in our database; a phone changes its address all day
    manager.init_app(app, add_context_processor=False)  # theirs would ask the database for every error page
    manager.user_loader(_visitor)
    app.after_request(_note_seen)


def current_person() -> SignedIn | None:
    """The person who is signed in, asked once a request; nobody, once the database failed to say."""
    not_in_a_piece("the person")
    if nobody_is_asked():
        return None
    # Whom Flask-Login does not know is somebody of its own kind, who is no person of ours.
    return cast("SignedIn | None", getattr(current_user._get_current_object(), "person", None))  # noqa: SLF001


def begin_session(token: str) -> None:
    """Start the browser's session anew with the secret of a fresh sign-in."""
    session.clear()
    login_user(Visitor(token))


def renew_session(token: str) -> None:
    """Give the browser the new secret of the session it has; forms that stand open elsewhere stay good."""
    login_user(Visitor(token))


def browser() -> Browser:
    """What is known of where this request comes from."""
    return Browser(request.user_agent.string, request.remote_addr or "")


def end_session() -> str | None:
    """Forget the browser's session; gives its secret, so that the database can forget it too."""
    token = current_token()
    logout_user()
    session.clear()
    return token


def current_token() -> str | None:
    """The secret of this browser's session, whether or not it still opens anything."""
    return cast("str | None", session.get("_user_id"))


def still_waits() -> bool:
    """Whether this browser's password was right, and the second factor is still asked for."""
    token = current_token()
    return token is not None and signin.waits(reading(), token, house().machine_clock.now())


def to_sign_in() -> Response:
    """Send the person to the sign-in page, from which they come back to what they were doing.

    Who has only to show the second factor is sent to that page.
    """
    if still_waits():
        return to_front("front.second_factor")
    # Who sends a form was signed in when it was shown, also when another tab has cleared the cookie since.
    if session.pop("_user_id", None) is not None or request.method not in ("GET", "HEAD"):
        session["notice"] = "ended"
    return to_front("front.sign_in")


def to_front(endpoint: str) -> Response:
    """Send the person to a page of ours that leads back to what they were doing."""
    way_back = resume_path()
    target = url_for(endpoint, next=None if way_back == FRONT else way_back)
    if request.headers.get("HX-Request"):
        # A redirect would put the whole page into the fragment's place.
        return make_response("", 200, {"HX-Redirect": target})
    return cast(Response, redirect(target, 303))


def _visitor(token: str) -> Visitor | None:
    now = house().machine_clock.now()
    try:
        person = signin.signed_in(reading(), token, now)
    except Exception:
        g.person_unknown = True  # the error page must not ask again and wait again
        raise
    if person is not None and is_worth_noting(person.seen_at, now):
        g.seen = token
    return Visitor(token, person) if person else None


def _note_seen(response: Response) -> Response:
    """Write down once in a while that somebody is there, when the page's own transaction is settled."""
    token = g.pop("seen", None)
    if token is not None:
        try:
            signin.note_seen(database(), token, house().machine_clock.now())
        except DatabaseError as error:
            if not is_passing(error):
                raise
            # The answer stands: it may say that something was kept, and it was.
    return response


def ask_nobody() -> None:
    """The database is away: what follows is shown to nobody in particular, and asks it nothing."""
    g.person_unknown = True
    g.pop("at_hand", None)


def nobody_is_asked() -> bool:
    """Whether the database is away, as far as this request knows."""
    return bool(g.get("person_unknown"))
