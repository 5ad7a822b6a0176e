"""The example of docs/api.md, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.programs import Station, served

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_example_does_what_it_says(station: Station) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    with served(station) as base:
        told = subprocess.run(
            [sys.executable, "-c", example],
            env={**os.environ, "TWODOOR_URL": base, "TWODOOR_TOKEN": station.token(who)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert told.returncode == 0, told.stderr
    assert re.search(r"charge 7 seats \d+ EUR", told.stdout)
    assert re.search(r"order \w+ placed\nmay come in: True\n$", told.stdout)
    assert station.shop.subscription(number).seats == 7
