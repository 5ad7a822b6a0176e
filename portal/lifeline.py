"""A pipe between the command and the processes it starts: when the command ends, however it ends, they end too."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_VARIABLE = "TWODOOR_LIFELINE"


class Lifeline:
    """The end that the command holds; nobody ever writes, so the other end hears nothing but the end."""

    def __init__(self) -> None:
        """Open the pipe."""
        self.reader, self._writer = os.pipe()

    def environment(self) -> dict[str, str]:
        """What tells a process that is started, and is given `reader`, where its end is."""
        return {_VARIABLE: str(self.reader)}

    def let_go(self) -> None:
        """Close both ends: whoever follows hears the end."""
        os.close(self._writer)
        os.close(self.reader)


def follow(then: Callable[[], None]) -> None:
    """Call `then`, in a thread, once the command that started this process is gone; without such a command never."""
    number = os.environ.get(_VARIABLE, "")
    if number.isdigit():
        threading.Thread(target=_wait, args=(int(number), then), name="lifeline", daemon=True).start()


def _wait(reader: int, then: Callable[[], None]) -> None:
    try:
        while os.read(reader, 1):
            pass
    except OSError:
        pass  # not our pipe: the variable came from somewhere else
    else:
        then()
