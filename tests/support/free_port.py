"""A port that nobody uses, for programs that cannot choose one themselves."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A free port of this machine; somebody else may take it before it is used."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
