"""Programs that ask with a token, straight to the application."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from portal.shared.domain.integrations.scopes import Scope
from portal.shared.records.accounts import Account
from portal.shared.records.api_tokens import ApiToken
from portal.shared.records.people import Membership
from portal.shared.services.integrations import tokens
from portal.shared.services.webhooks import delivering
from portal.shared.web.transactions import TransactionalFlask
from portal.worker import built_in_runner, tools_of
from tests.support.shop import Customer, Shop

BASE = "/api/v1"


@dataclass
class Program:
    """A program with a token, or with none."""

    client: FlaskClient
    token: str | None
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, key: str | None = None, **more: Any) -> TestResponse:
        """Ask once."""
        headers = {**self.headers, **more.pop("headers", {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.open(f"{BASE}{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read something."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        """Send something."""
        return self.ask("POST", path, json=body, **more)


@dataclass
class Station:
    """A shop and the application on the same database, where programs ask."""

    shop: Shop
    app: TransactionalFlask

    def token(self, who: Customer, *scopes: Scope, days: int = 90, roles: Iterable[str] | None = None) -> str:
        """A token of this contact, good for all that they may do unless scopes are named."""
        with self.shop.database.write() as session:
            kind = session.get_one(Account, who.id).type
            question = sa.select(Membership.role).where(
                Membership.person_id == who.person_id, Membership.account_id == who.id
            )
            mine = frozenset(roles or session.scalars(question))
            wanted = scopes or tokens.offered(kind, mine)
            return tokens.create(
                session, who.id, who.person_id, "a program", wanted, days, mine, self.shop.clock.now()
            )

    def program(self, who: Customer | None = None, *scopes: Scope, token: str | None = None) -> Program:
        """A program of this contact; with nobody, one without a token."""
        if who is not None:
            token = self.token(who, *scopes)
        return Program(self.app.test_client(use_cookies=False), token)

    def product_program(self, product: str = "assist") -> Program:
        """The product that is sold itself."""
        with self.shop.database.write() as session:
            token = tokens.create_for_product(session, product, "the product", 365, self.shop.clock.now())
        return self.program(token=token)

    def last_token(self) -> ApiToken:
        """The token that was made last."""
        row: ApiToken = self.shop.rows(ApiToken)[-1]
        return row

    def work(self) -> int:
        """Do every job that is due, as a worker on SQLite does, and say how many."""
        return built_in_runner(tools_of(self.app)).work_off()

    def deliver(self) -> None:
        """Do what the workers do until nothing is due to be told, in person: the same tasks on both databases."""
        tools = tools_of(self.app)
        while True:
            with tools.database.read() as session:
                accounts, deliveries = delivering.waiting(session, tools.clock.now())
            if not accounts and not deliveries:
                return
            for one in accounts:
                delivering.spread(tools.database, one, tools.clock.now())
            for one in deliveries:
                delivering.deliver(tools.database, tools.sender, tools.webhook_key, tools.clock.now(), one)

    def later(self, span: timedelta) -> None:
        """Let time pass."""
        self.shop.clock.advance(span)


@contextmanager
def served(station: Station) -> Iterator[str]:
    """The application on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, station.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
