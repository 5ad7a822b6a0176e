"""The reasons that the survey after a cancellation offers, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.cancellations import CancellationReason

CANCELLATION_REASONS: Mapping[CancellationReason, LazyString] = {
    CancellationReason.TOO_EXPENSIVE: lazy_gettext("It costs too much"),
    CancellationReason.NOT_USED: lazy_gettext("We hardly use it"),
    CancellationReason.SOMETHING_MISSING: lazy_gettext("Something we need is missing"),
    CancellationReason.ANOTHER_PRODUCT: lazy_gettext("We use another product"),
    CancellationReason.FOR_A_WHILE: lazy_gettext("We need it again later"),
    CancellationReason.ANOTHER_REASON: lazy_gettext("Another reason"),
}
