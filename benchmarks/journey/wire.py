"""One kept connection of a browser, with little work of its own: it shares the processors with what is measured."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self

from backports import zstd

from benchmarks.visiting import Answer


@dataclass(slots=True)
class Wire:
    """Asks one thing after the other on one connection."""

    port: int
    seconds: float = 60.0
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self._connect()

    def renew(self) -> None:
        """Connect anew; who one is stays."""
        self._socket.close()
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=self.seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request and its whole answer, as a browser sends it: an answer may be compressed."""
        host = f"127.0.0.1:{self.port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            "Accept: text/html,application/xhtml+xml",
            "Accept-Encoding: gzip, deflate, br, zstd",
            "Accept-Language: en",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += [
                f"Origin: http://{host}",
                "Sec-Fetch-Site: same-origin",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return self._answer()

    def _answer(self) -> Answer:
        got = self._socket.recv(65536)
        while b"\r\n\r\n" not in got:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("the server hung up")
            got += more
        head, _, rest = got.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                self.cookies.update({key: one.value for key, one in SimpleCookie(value).items()})
            headers[name.lower()] = value
        pieces, wanted = [rest], int(headers["content-length"]) - len(rest)
        while wanted > 0:
            piece = self._socket.recv(wanted)
            if not piece:
                raise ConnectionError("the server hung up")
            pieces.append(piece)
            wanted -= len(piece)
        whole = b"".join(pieces)
        if headers.get("content-encoding") == "zstd":
            whole = zstd.decompress(whole)
        return Answer(int(first.split(" ", 2)[1]), headers, whole)
