"""Others are waited for as long as was said, few at once, and not for a while after they failed again and again."""

from __future__ import annotations

import threading

import pytest

from portal.shared.domain.patience import FAILURES, REST_SECONDS
from portal.shared.gateways.patience import AT_ONCE, Busy, Line, Resting, TooSlow
from portal.shared.services.equipment import in_time


class Ticks:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail() -> str:
    raise OSError


def well() -> str:
    return "well"


def failing(line: Line, times: int) -> None:
    for _ in range(times):
        with pytest.raises(OSError):  # there is no message
            line.call(fail, 30)


def test_what_the_work_says_is_said() -> None:
    assert Line().call(well, 30) == "well"


def test_work_that_hangs_is_waited_for_no_longer_and_keeps_its_place() -> None:
    line, over = Line(), threading.Event()
    for _ in range(AT_ONCE):
        with pytest.raises(TooSlow):
            line.call(over.wait, 0.01, even_resting=True)
    with pytest.raises(Busy):
        line.call(well, 30, even_resting=True)
    over.set()


def test_who_failed_again_and_again_is_left_alone_and_then_asked_once() -> None:
    ticks = Ticks()
    line = Line(ticks=ticks)
    failing(line, FAILURES)
    with pytest.raises(Resting):
        line.call(well, 30)
    with pytest.raises(Resting):
        line.refuse_while_resting()
    ticks.now = REST_SECONDS
    failing(line, 1)
    with pytest.raises(Resting):
        line.call(well, 30)
    ticks.now = 2 * REST_SECONDS
    assert line.call(well, 30) == "well"
    failing(line, FAILURES - 1)
    assert line.call(well, 30) == "well"


def test_an_answer_that_is_no_trouble_leaves_nobody_alone() -> None:
    line = Line(is_down=lambda error: not isinstance(error, OSError))
    failing(line, 2 * FAILURES)
    assert line.call(well, 30) == "well"


def test_nobody_is_waited_for_beyond_the_request() -> None:
    over = threading.Event()
    with in_time(0.6), pytest.raises(TooSlow):
        Line().call(over.wait, 30)
    over.set()


def test_who_is_late_already_asks_nobody() -> None:
    line = Line()
    with in_time(0), pytest.raises(Busy):
        line.call(well, 30)
    assert line.call(well, 30) == "well", "nobody is blamed for it"
