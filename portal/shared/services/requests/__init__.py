"""Requests: what only staff can do, asked for on the spot, with a number, a state and an answer."""

from portal.shared.services.requests.answering import (
    carried_out,
    carry_out,
    check_unanswered,
    decline,
    hand_back,
    note,
    prepare_answer,
    take,
)
from portal.shared.services.requests.asking import ask, ask_for_lower_plan, withdraw
from portal.shared.services.requests.contacts import (
    Contacts,
    Evidence,
    Obstacle,
    change_contact,
    contacts_of,
)
from portal.shared.services.requests.disputing import Disputable, disputable, dispute
from portal.shared.services.requests.errors import (
    AlreadyAnsweredError,
    ChangedMeanwhileError,
    NotAskedHereError,
    OnItsWayError,
    OtherWorkError,
    TakenByColleagueError,
    TooLateError,
)
from portal.shared.services.requests.reading import (
    RequestView,
    StepView,
    history,
    of_account,
    one,
    one_of_account,
    page_of_account,
    queue,
    waiting,
)

__all__ = [
    "AlreadyAnsweredError",
    "ChangedMeanwhileError",
    "Contacts",
    "Disputable",
    "Evidence",
    "NotAskedHereError",
    "Obstacle",
    "OnItsWayError",
    "OtherWorkError",
    "RequestView",
    "StepView",
    "TakenByColleagueError",
    "TooLateError",
    "ask",
    "ask_for_lower_plan",
    "carried_out",
    "carry_out",
    "change_contact",
    "check_unanswered",
    "contacts_of",
    "decline",
    "disputable",
    "dispute",
    "hand_back",
    "history",
    "note",
    "of_account",
    "one",
    "one_of_account",
    "page_of_account",
    "prepare_answer",
    "queue",
    "take",
    "waiting",
    "withdraw",
]
