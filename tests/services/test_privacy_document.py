"""docs/privacy.md holds the register as a table, and says the same as the code."""

from __future__ import annotations

from pathlib import Path

from portal.shared.services.privacy.register import NOTHING, PERSONAL
from portal.shared.services.privacy.treatment import Treatment

FILE = Path(__file__).parents[2] / "docs" / "privacy.md"
FIRST = "| Table | Columns | Held for | Kept | Copy | Erasure |"


def table_of_the_register() -> str:
    """The register as Markdown: a row for all columns of a table that are treated alike."""
    lines = [FIRST, "|---|---|---|---|---|---|"]
    for name, held in sorted(PERSONAL.items()):
        alike: dict[Treatment, list[str]] = {}
        for column, treatment in held.columns.items():
            alike.setdefault(treatment, []).append(column)
        for treatment, columns in alike.items():
            told = f"| `{name}` | {', '.join(columns)} | {treatment.why} | {treatment.kept} "
            has_rows = bool(held.whose or held.addressed or held.digested)
            given = "no" if treatment.secret or not has_rows else "yes"
            lines.append(f"{told}| {given} | {treatment.fate} |")
    lines += ["", f"Nothing about people: {', '.join(f'`{name}`' for name in sorted(NOTHING))}."]
    return "\n".join(lines) + "\n"


def test_the_document_says_what_the_register_says() -> None:
    told = FILE.read_text(encoding="utf-8")
    assert told[told.index(FIRST) :] == table_of_the_register(), (
        "Write it anew: .venv/bin/python -m tests.services.test_privacy_document"
    )


if __name__ == "__main__":
    before = FILE.read_text(encoding="utf-8")
    FILE.write_text(before[: before.index(FIRST)] + table_of_the_register(), encoding="utf-8")
