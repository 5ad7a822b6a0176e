"""Runs localstripe on this machine only, at a free port, and prints the port: `python -m …localstripe_server`.

It is older than the version of Stripe's API that we speak: what it does not know is taken from requests first, and the
reason of a cancellation is remembered. Nothing of how it charges, declines, cancels or refunds is changed.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

from aiohttp import web
from localstripe.resources import PaymentIntent, Store
from localstripe.server import app, get_post_data, json_response

_TOO_NEW = ("allowed_payment_method_types", "return_url", "off_session")


def teach() -> None:
    """Let it take our requests."""
    Store.dump_to_disk = lambda _store: None
    create = PaymentIntent._api_create.__func__

    def creating(cls: Any, /, **data: Any) -> Any:
        made = create(cls, **{name: value for name, value in data.items() if name not in _TOO_NEW})
        made.cancellation_reason = None
        return made

    PaymentIntent._api_create = classmethod(creating)
    confirm, cancel = PaymentIntent._api_confirm, PaymentIntent._api_cancel

    def confirming(id: str, **data: Any) -> Any:  # noqa: A002  # its own name
        return confirm(id, **{name: value for name, value in data.items() if name not in _TOO_NEW})

    def cancelling(id: str, cancellation_reason: str | None = None) -> Any:  # noqa: A002  # its own name
        ended = cancel(id)
        ended.cancellation_reason = cancellation_reason
        return ended

    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        for end, function in (("/{id}/confirm", confirming), ("/{id}/cancel", cancelling)):
            if path == f"/v1/payment_intents{end}":
                route._handler = _taking(function)


def _taking(function: Any) -> Any:
    async def handler(request: web.Request) -> web.Response:
        data = await get_post_data(request) or {}
        expand = data.pop("expand", None)
        answer: web.Response = json_response(
            function(request.match_info["id"], **data)._export(expand=expand)
        )
        return answer

    return handler


async def main() -> None:
    """Serve until killed."""
    teach()
    runner = web.AppRunner(app)
    await runner.setup()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
