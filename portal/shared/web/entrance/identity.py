"""Who is at the door: Flask-Login carries the secret of the session, the database knows whose it is."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, make_response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.entrance.own_paths import FRONT, resume_path
from portal.shared.web.house import house
from portal.shared.web.transactions import reading


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
    manager.unauthorized_handler(to_sign_in)


def current_person() -> SignedIn | None:
    """The person who is signed in, asked once a request; nobody, once the database failed to say."""
    if g.get("person_unknown"):
        return None
    return cast("SignedIn | None", current_user.person if current_user.is_authenticated else None)


def current_account_id() -> int | None:
    """The account the person has chosen, if any."""
    person = current_person()
    return person.account_id if person else None


def begin_session(token: str) -> None:
    """Start the browser's session anew with the secret of a fresh sign-in."""
    session.clear()
    login_user(Visitor(token))


def end_session() -> str | None:
    """Forget the browser's session; gives its secret, so that the database can forget it too."""
    token = current_token()
    logout_user()
    session.clear()
    return token


def current_token() -> str | None:
    """The secret of this browser's session, whether or not it still opens anything."""
    return cast("str | None", session.get("_user_id"))


def to_sign_in() -> Response:
    """Send the person to the sign-in page, from which they come back to what they were doing."""
    # Who sends a form was signed in when it was shown, also when another tab has cleared the cookie since.
    if session.pop("_user_id", None) is not None or request.method not in ("GET", "HEAD"):
        session["notice"] = "ended"
    way_back = resume_path()
    target = url_for("front.sign_in", next=None if way_back == FRONT else way_back)
    if request.headers.get("HX-Request"):
        # A redirect would put the whole sign-in page into the fragment's place.
        return make_response("", 200, {"HX-Redirect": target})
    return cast(Response, redirect(target, 303))


def _visitor(token: str) -> Visitor | None:
    try:
        person = signin.signed_in(reading(), token, house().machine_clock.now())
    except Exception:
        g.person_unknown = True  # the error page must not ask again and wait again
        raise
    return Visitor(token, person) if person else None
