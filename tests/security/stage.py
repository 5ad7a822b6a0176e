"""A house that is set back to its stage between two forms, so that one form does not spoil the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.security.offered import TOKEN, Offer
from tests.site.actors import actor
from tests.support.demo_house import DATABASE_FILE, LAST_SEEN, ROUTERS_LOG, DemoHouse, set_stage
from tests.support.visitor import Page, Visitor, read

Cells = dict[tuple[str, Hashable, str], object]
_TYPED = "application/x-www-form-urlencoded"
# Rows that come with being there at all.
OF_THE_VISIT = {ROUTERS_LOG, "sign_in_sessions"}


@dataclass
class Rehearsal:
    """A furnished house, and the files it is set back to."""

    house: DemoHouse
    stage: Path
    _token: tuple[Visitor | None, str] = (None, "")

    def set_back(self) -> None:
        """As if nobody had sent anything."""
        set_stage(self.stage, self.house.folder)

    def visitor(self, offer: Offer) -> Visitor:
        """Somebody who may send this form."""
        return actor(self.house, offer.who)

    def send(self, offer: Offer, typed: dict[str, str], visitor: Visitor | None = None) -> Page:
        """Send the form with these fields typed anew, as the page would with the others."""
        visitor = visitor or self.visitor(offer)
        if self._token[0] is not visitor:
            self._token = (visitor, visitor.token())  # one for all forms of a session
        fields = {**offer.filled(), **typed, TOKEN: self._token[1]}
        # As bytes, because a test client refuses to send what a browser never would.
        body = urlencode(fields, errors="surrogatepass").encode()
        return read(visitor.client.post(offer.path, data=body, content_type=_TYPED, buffered=True))

    def cells(self) -> Cells:
        """Everything that is kept: table, row and column, and what stands there."""
        return dict(_cells(self.house.folder / DATABASE_FILE))


def _cells(file: Path) -> Iterator[tuple[tuple[str, Hashable, str], object]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in tables:
            if name in OF_THE_VISIT or name.startswith("sqlite_"):
                continue
            known = connection.execute("select pk > 0 from pragma_table_info(?)", (name,)).fetchall()
            found = connection.execute(f'select * from "{name}"')
            columns = [one[0] for one in found.description]
            for row in found:
                which = tuple(value for (is_key,), value in zip(known, row, strict=True) if is_key)
                assert which, f"a row of {name} has no key"
                for column, value in zip(columns, row, strict=True):
                    if (name, column) != LAST_SEEN:
                        yield (name, which, column), value
