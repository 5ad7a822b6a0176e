"""A small application with a hole for each scanner to find: a scanner that finds nothing here is broken, not content.

Never a part of the product, and served to this machine alone.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server

_FRONT = """<!doctype html><html lang="en"><title>Bad</title><h1>Bad</h1>
<form action="/search"><input name="words" value="a"><button>Search</button></form>
<form action="/seats" method="post"><input name="seats" value="3"><input name="name" value="Ada">
<button>Save</button></form>
<a href="/item?number=1">One</a> <a href="/go?next=/item">On</a> <a href="/kept">Kept</a></html>"""


def bad_app() -> Flask:
    """The application with its holes."""
    app = Flask(__name__)
    app.logger.disabled = True
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    kept: list[str] = []
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a bug is answered with 500, as on a server

    @app.get("/")
    def front() -> Response:
        answer = Response(_FRONT, mimetype="text/html")
        answer.set_cookie("session", "guess-me")  # for scripts, for other sites, without HTTPS
        return answer

    @app.get("/search")
    def search() -> str:
        return f"<!doctype html><p>You searched for {request.args.get('words', '')}.</p>"

    @app.get("/item")
    def item() -> str:
        with _shelf() as shelf:
            question = f"SELECT name FROM items WHERE number = {request.args.get('number', '1')}"
            try:
                found = shelf.execute(question).fetchall()
            except sqlite3.Error as error:
                return f"<!doctype html><p>sqlite3.OperationalError: {error}</p>"
        return f"<!doctype html><ul>{''.join(f'<li>{name}</li>' for (name,) in found)}</ul>"

    @app.post("/seats")
    def seats() -> str:
        kept.append(request.form.get("name", ""))
        return f"<!doctype html><p>{int(request.form.get('seats', '0'))} seats.</p>"  # what is no number is a bug

    @app.get("/kept")
    def shown() -> str:
        return f"<!doctype html><ul>{''.join(f'<li>{name}</li>' for name in kept)}</ul>"

    @app.get("/go")
    def go() -> Any:
        return redirect(request.args.get("next", "/"))

    return app


@contextmanager
def _shelf() -> Iterator[sqlite3.Connection]:
    shelf = sqlite3.connect(":memory:")
    shelf.execute("CREATE TABLE items (number INTEGER, name TEXT)")
    shelf.executemany("INSERT INTO items VALUES (?, ?)", [(1, "One"), (2, "Two"), (3, "Three")])
    try:
        yield shelf
    finally:
        shelf.close()


@contextmanager
def served() -> Iterator[str]:
    """The bad application at an address of this machine."""
    server = make_server("127.0.0.1", 0, bad_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
