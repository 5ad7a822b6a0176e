"""Answers are compressed for whoever can read it, and say nothing by their length."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from werkzeug.test import TestResponse

from tests.web.conftest import Shell

BROWSER = "gzip, deflate, br, zstd"
UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}
# What a person waits for at the first visit, in bytes.
FIRST_VIEW = 60_000


def asked(shell: Shell, path: str, encodings: str) -> TestResponse:
    return shell.browser().get(path, headers={"Accept-Encoding": encodings}, buffered=True)


def without_what_varies(page: bytes) -> bytes:
    return re.sub(rb'value="[^"]*"|content="[^"]*"|<!-- \w* -->\n', b"", page)


@pytest.mark.parametrize("encoding", UNPACKED)
@pytest.mark.parametrize("path", ["/sign-in", "/static/css/forms.css", "/nowhere"])
def test_what_was_compressed_is_what_would_have_come(shell: Shell, path: str, encoding: str) -> None:
    plain = asked(shell, path, "")
    packed = asked(shell, path, encoding)
    if packed.status_code == 404:
        assert "Content-Encoding" not in packed.headers, "errors are small and rare"
        return
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 2
    assert without_what_varies(UNPACKED[encoding](packed.data)) == without_what_varies(plain.data)


def test_who_cannot_read_it_gets_it_plain(shell: Shell) -> None:
    answer = asked(shell, "/sign-in", "")
    assert "Content-Encoding" not in answer.headers
    assert answer.data.rstrip().endswith(b"</html>")


def test_a_font_and_a_file_that_is_packed_already_are_left_alone(shell: Shell) -> None:
    assert "Content-Encoding" not in asked(shell, "/static/fonts/inter-latin.woff2", BROWSER).headers


def test_a_part_of_a_file_comes_as_it_is(shell: Shell) -> None:
    headers = {"Accept-Encoding": BROWSER, "Range": "bytes=0-99"}
    part = shell.browser().get("/static/css/forms.css", headers=headers, buffered=True)
    assert part.status_code == 206
    assert part.data == asked(shell, "/static/css/forms.css", "").data[:100]


def test_the_length_of_a_page_does_not_repeat(shell: Shell) -> None:
    lengths = {len(asked(shell, "/sign-in", "gzip").data) for _ in range(20)}
    assert len(lengths) > 5


def test_an_unchanged_file_is_not_sent_again(shell: Shell) -> None:
    first = asked(shell, "/static/css/forms.css", BROWSER)
    again = shell.browser().get(
        "/static/css/forms.css",
        headers={"Accept-Encoding": BROWSER, "If-None-Match": first.headers["ETag"]},
        buffered=True,
    )
    assert (again.status_code, again.data) == (304, b"")


def test_the_first_view_is_light(shell: Shell) -> None:
    page = asked(shell, "/sign-in", BROWSER)
    html = UNPACKED[page.headers["Content-Encoding"]](page.data).decode()
    linked = re.findall(r'<(?:link|script)[^>]*(?:href|src)="(/(?:static|brand)[^"]*)"', html)
    assert any("woff2" in path for path in linked)
    weight = len(page.data) + sum(len(asked(shell, path, BROWSER).data) for path in linked)
    assert weight <= FIRST_VIEW, f"{weight} bytes: {linked}"
