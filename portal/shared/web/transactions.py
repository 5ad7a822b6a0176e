"""One request, one transaction: opened when a page first asks for it, settled before the answer leaves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from flask import Response, current_app, g, has_app_context, request
from werkzeug.exceptions import HTTPException

from portal.shared.domain.activity import Portal
from portal.shared.domain.routing.pages import DESK_PAGES
from portal.shared.services.equipment import Database, Session, in_time
from portal.shared.web import standing
from portal.shared.web.addresses import AddressBook
from portal.shared.web.house import house
from portal.shared.web.logs import log_bug
from portal.shared.web.pieces import MAKING, not_in_a_piece

__all__ = ["THROUGH", "TransactionalFlask", "abandon", "database", "look_again", "reading", "writing"]

# Which program a request comes from, once its token is known; what it writes is told with it.
THROUGH = "through"
_READ, _WRITE = "_reading", "_writing"
_PORTALS = {
    "self_service": Portal.BILLING_CENTER,
    "corporate": Portal.CORPORATE,
    "api": Portal.API,
}


class _RolledBack(Exception):
    """Ends a writing transaction without keeping anything."""


def reading() -> Session:
    """The request's session for questions; once something was written, the writing one, so that it is seen."""
    kept = vars(g._get_current_object())  # noqa: SLF001  # one look through Flask's stand-in for the page, not five
    if _WRITE in kept:
        return writing()
    if _READ in kept and MAKING not in kept:
        session: Session = kept[_READ][1]
        return session
    return _opened(_READ, house().database.read)


def writing() -> Session:
    """The request's transaction: commits before the answer leaves, unless that is an error.

    Raises:
        RuntimeError: the request only asks for a page (GET), so it must not write.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        raise RuntimeError(f"{request.method} never writes.")
    return _opened(_WRITE, database().write)


def database() -> Database:
    """For the few drivers that make their own transactions, such as placing an order; not beside `writing`."""
    return house().database.told_from(_portal(), g.get(THROUGH, ""))


def look_again() -> None:
    """Let the next question see what others have written since this request read first."""
    _forget_reading()


class TransactionalFlask(AddressBook):
    """A Flask that settles the request's transaction, also when the page failed, and ends every request in time."""

    def full_dispatch_request(self) -> Response:
        """Answer; whatever is asked of the database meanwhile ends before the person has waited for too long."""
        with in_time(standing.left()):
            return super().full_dispatch_request()

    def process_response(self, response: Response) -> Response:
        """Commit or roll back first; a commit that fails becomes the answer."""
        try:
            if response.status_code < 500:
                _close(_WRITE)
            else:
                abandon()
        except Exception as error:  # noqa: BLE001  # the handlers of a failed page answer
            response = self.make_response(self.handle_user_exception(error))
        _forget_reading()
        return super().process_response(response)

    def handle_user_exception(self, error: Exception) -> Any:
        """Keep nothing of a page that ended in an exception, whatever the error page says."""
        abandon()
        return super().handle_user_exception(error)

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Keep nothing of a page that was broken off."""
        abandon()
        return super().handle_http_exception(error)

    def log_exception(self, exc_info: Any) -> None:
        """Note a bug without what people typed, which its message may quote."""
        log_bug(exc_info[1])

    def do_teardown_request(self, *arguments: Any, **named: Any) -> None:
        """Close what is still open."""
        super().do_teardown_request(*arguments, **named)
        if has_app_context():
            abandon()
            _forget_reading()


def _portal() -> Portal:
    """Where the visitor of this request stands; kept with everything that is written for them."""
    if request.endpoint in DESK_PAGES:
        return Portal.DESK
    return _PORTALS.get(request.blueprint or "", Portal.FRONT)


def abandon() -> None:
    """Roll the request's transaction back, if there is one."""
    manager = g.pop(_WRITE, None)
    if manager is not None:
        try:
            manager[0].__exit__(_RolledBack, _RolledBack(), None)
        except _RolledBack:
            pass
        except Exception:  # noqa: BLE001  # the connection is gone, and the transaction with it
            current_app.logger.warning("a transaction could not be rolled back")


def _forget_reading() -> None:
    try:
        _close(_READ)
    except Exception:  # noqa: BLE001  # nothing was to be kept, and the answer is ready
        current_app.logger.warning("a reading session could not be closed")


def _opened(name: str, open_one: Any) -> Session:
    not_in_a_piece("the database")
    if name not in g:
        manager: AbstractContextManager[Session] = open_one()
        setattr(g, name, (manager, manager.__enter__()))
    session: Session = getattr(g, name)[1]
    return session


def _close(name: str) -> None:
    manager = g.pop(name, None)
    if manager is not None:
        manager[0].__exit__(None, None, None)
