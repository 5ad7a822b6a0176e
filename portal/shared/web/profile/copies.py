"""A copy of everything about a person as one ZIP: a file of JSON for each table, a summary and a readme to be read."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from io import BytesIO

from flask import render_template

from portal.shared.services.privacy.exporting import Copy
from portal.shared.services.privacy.register import PERSONAL
from portal.shared.web.words import privacy as words


def packed(copy: Copy, name: str, now: datetime) -> bytes:
    """The ZIP; tables in which nothing of the person stands are left out."""
    tables = {table: rows for table, rows in copy.items() if rows}
    told = {
        "name": name,
        "now": now,
        "person": next(iter(copy["people"]), {}),
        "files": [
            {
                "name": f"data/{table}.json",
                "why": words.REASONS[next(iter(PERSONAL[table].columns.values())).why][0],
                "rows": len(rows),
            }
            for table, rows in sorted(tables.items())
        ],
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("readme.txt", render_template("profile/copy_readme.txt", **told))
        pack.writestr("summary.html", render_template("profile/copy_summary.html", **told))
        for table, rows in sorted(tables.items()):
            pack.writestr(f"data/{table}.json", json.dumps(rows, ensure_ascii=False, indent=2))
    return out.getvalue()
