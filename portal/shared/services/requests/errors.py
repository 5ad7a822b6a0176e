"""Why something cannot happen to a request."""

from __future__ import annotations

from portal.shared.domain.requests import RequestState


class OnItsWayError(ValueError):
    """The order of the request waits for the bank; its outcome is the answer."""


class AlreadyAnsweredError(ValueError):
    """The request has ended: it was answered, or withdrawn. `state` says which."""

    def __init__(self, number: int, state: RequestState) -> None:
        super().__init__(f"request {number} is {state}")
        self.number = number
        self.state = state


class TakenByColleagueError(ValueError):
    """A colleague has taken the request; it has to be taken over first."""


class ChangedMeanwhileError(ValueError):
    """Something has happened to the request since it was looked at."""


class NotAskedHereError(ValueError):
    """Accounts of this type do not ask for that: they do it themselves, or it is not theirs."""


class OtherWorkError(ValueError):
    """This kind of request is carried out by a service of its own, not by a written answer alone."""


class TooLateError(ValueError):
    """The invoice can no longer be disputed, or is not one that can be."""
