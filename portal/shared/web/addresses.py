"""Addresses of our own pages and files, built once and kept: a page names some seventy of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import has_request_context
from flask.globals import request_ctx

from portal.shared.web.pieces import not_in_a_piece
from portal.shared.web.plain_flask import PlainFlask

_KEPT = 4096  # of each process; the ones least asked for make room
# Numbers, words and nothing: what is equal is written alike. (True is 1, and would be found in its place.)
_PLAIN = (str, int, type(None))


class AddressBook(PlainFlask):
    """A Flask that remembers the addresses it built."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._kept = lru_cache(maxsize=_KEPT)(self._build)

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """The address of a page; one with a host, a fragment or unusual values is built anew."""
        if endpoint[0] == ".":
            not_in_a_piece("the portal it stands in")
        special = _anchor or _method or _scheme or _external or self.debug or endpoint[0] == "."
        plain = all([type(value) in _PLAIN for value in values.values()])  # noqa: C419  # a generator takes longer
        if special or not plain or not has_request_context():
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        adapter = request_ctx.url_adapter
        # What an address depends on besides: where the application is mounted, and which of two rules is meant.
        here = (adapter.script_name, adapter.default_method) if adapter else ("", "")
        return self._kept(here, endpoint, tuple(values.items()))

    def _build(self, here: tuple[str, str], endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))
