"""Stripe's library is an extra: without it everything else works, and with a key the sentence says what to install."""

from __future__ import annotations

import subprocess
import sys

from tests.gateways.stripe.desks import PROJECT

WITHOUT_IT = """
import sys
from pathlib import Path
sys.modules["stripe"] = None  # as if it were not installed
from portal.app import create_app
from portal.config import Settings, SettingsError
folder = Path(sys.argv[1])
environ = {"DATA_DIR": str(folder), "BASE_URL": "https://billing.example"}
create_app(Settings.from_environment(environ))
print("the sandbox works")
try:
    create_app(Settings.from_environment({**environ, "STRIPE_SECRET_KEY": "sk_test_1"}))
except SettingsError as error:
    print(error)
"""


def test_the_library_is_asked_for_only_with_a_key(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_IT, str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [
        "the sandbox works",
        'STRIPE_SECRET_KEY needs the extra "stripe": pip install "twodoor[stripe]"',
    ]
