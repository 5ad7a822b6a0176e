"""Makes the table of leaked passwords anew from lists, one password a line: see docs/security/leaked-passwords.md.

`python -m tests.security.leaked_passwords FILE...` keeps what our other rules would let through, and says how many.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.shared.domain.sign_in.leaked import table_of
from portal.shared.domain.sign_in.passwords import problem_of
from portal.shared.services.sign_in.leaked import TABLE


def worth_keeping(lines: Iterable[str]) -> Iterator[str]:
    """The passwords of a list that nothing else refuses."""
    for line in lines:
        password = line.rstrip("\r\n")
        if problem_of(password) is None:
            yield password


def main(files: list[str]) -> int:
    """Write the table from these files."""
    kept: set[str] = set()
    for file in files:
        with Path(file).open(encoding="utf-8", errors="replace") as lines:
            kept.update(worth_keeping(lines))
    table = table_of(kept)
    TABLE.write_bytes(table)
    sys.stderr.write(f"{len(kept)} passwords, {len(table)} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
