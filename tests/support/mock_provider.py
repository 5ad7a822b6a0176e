"""Somebody else's identity provider in a process of its own: oidc-provider-mock, with its page for signing in.

`python -m tests.support.mock_provider SUBJECT CLAIMS` prints where it listens and serves until it is ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from tests.support.source_files import ROOT


@contextmanager
def running_mock_provider(subject: str, claims: dict[str, object]) -> Iterator[str]:
    """Start it with one person it knows; gives its issuer."""
    command = [sys.executable, "-m", "tests.support.mock_provider", subject, json.dumps(claims)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None
            issuer = process.stdout.readline().strip()
            assert issuer, "it did not start"
            yield issuer
        finally:
            process.terminate()


def main(subject: str, claims: str) -> None:
    """Listen on this machine only."""
    warnings.simplefilter("ignore")  # it still uses what its own libraries will drop one day
    from oidc_provider_mock import User, app  # noqa: PLC0415  # only in that process

    provider = app(require_nonce=True, user_claims=[User(sub=subject, claims=json.loads(claims))])
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
