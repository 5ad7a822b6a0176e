"""The commands: what one can say behind `twodoor`, and which function does it."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from portal import measuring, supervising, worker
from portal.app import clock_of, create_app
from portal.commands import (
    activity,
    backup,
    catalog,
    demo_clock,
    import_accounts,
    jobs,
    programs,
    rates,
    sign_out,
)
from portal.commands.books import recompute_command, renew_command, retry_command, verify_command
from portal.commands.ground import CANNOT, FAILED, WENT_WELL, must_be_current, opened, opened_and_current, say
from portal.config import Settings, SettingsError
from portal.shared.demo.cast import Cast, as_table, read_cast
from portal.shared.demo.fresh import start_over
from portal.shared.demo.seeding import NotTheDemoError, Stage, seed, seeded_at
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from portal.shared.services.rehearsal import movable
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.house import House

PORT = 8000
# A cast lives on its first day; after a while its stories have moved on (trials end, periods pass).
STALE_AFTER = timedelta(days=5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 when it failed, 2 when it cannot be done as asked."""
    asked = _parser().parse_args(arguments)
    if asked.command is None:
        _parser().print_help()
        return WENT_WELL
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "migrate": migrate_command,
        "run": run_command,
        "web": web_command,
        "worker": worker_command,
        "metrics": metrics_command,
        "demo": demo_command,
        "demo-clock": demo_clock_command,
        "jobs": jobs_command,
        "renew": renew_command,
        "retry": retry_command,
        "verify": verify_command,
        "verify-activity": activity.verify_activity_command,
        "recompute": recompute_command,
        "rates": rates_command,
        "programs": programs.programs_command,
        "sign-out": sign_out.sign_out_command,
        "catalog": catalog_command,
        "backup": backup_command,
        "import-accounts": import_command,
    }
    if asked.database_url:
        os.environ["DATABASE_URL"] = asked.database_url  # the processes that are started read it there
    try:
        return commands[asked.command](asked)
    except (SettingsError, supervising.PortTakenError) as error:
        return say(str(error), CANNOT)
    except NotTheDemoError as error:
        return say(f"Nothing was done: {error}.", CANNOT)
    except (supervising.ChildEndedError, supervising.NoAnswerError) as error:
        return say(f"Stopped, because {error}. Its own words are above.", FAILED)
    except SQLAlchemyError as error:
        return say(
            f"The database did not do what was asked ({type(error).__name__}): {_reason(error)}", FAILED
        )
    except KeyboardInterrupt:
        return 130


# --- the commands -----------------------------------------------------------------------------------------------------


def migrate_command(asked: argparse.Namespace) -> int:
    """Bring the database to the newest state."""
    with opened(Settings.from_environment()) as database:
        migrate(database)
    return say("The database is up to date.", WENT_WELL)


def run_command(asked: argparse.Namespace) -> int:
    """Start the web server and a worker on a database that is up to date."""
    settings = Settings.from_environment()
    with opened_and_current(settings):
        pass  # a server that answers "not ready" to everybody helps nobody
    if settings.mail_server is None:
        say(
            f"SMTP_URL is not set: mails are written to {settings.data_dir / 'mail'} and reach nobody.",
            WENT_WELL,
        )
    with closing(supervising.listen(asked.host, asked.port)) as listener:
        return _serve(listener, asked, [], "")


def web_command(asked: argparse.Namespace) -> int:
    """Start the web server alone, on the socket that systemd holds for it or on one of its own."""
    with opened_and_current(Settings.from_environment()):
        pass
    number = supervising.inherited_socket()
    if number is None:
        listener = supervising.listen(asked.host, asked.port)
        listener.set_inheritable(True)
        number = listener.detach()
    os.execv(sys.executable, [sys.executable, "-m", "portal.serving", str(number)])  # noqa: S606  # ourselves


def worker_command(asked: argparse.Namespace) -> int:
    """Start one worker more: it does jobs and regular work, as the one that `run` starts."""
    worker.main()
    return WENT_WELL


def metrics_command(asked: argparse.Namespace) -> int:
    """Tell the figures where METRICS says, for a web server that was started otherwise than by `run`."""
    measuring.main()
    return WENT_WELL


def demo_command(asked: argparse.Namespace) -> int:
    """Start everything with an invented cast; the passwords that are printed work in demo mode only."""
    os.environ["DEMO"] = "1"
    settings = replace(Settings.from_environment(), demo=True)
    cast = read_cast()
    people = cast.sign_ins()
    # The port first: a demo that runs already holds it, and keeps its data.
    with closing(supervising.listen(asked.host, asked.port)) as listener:
        if asked.fresh:
            with opened(settings) as database:
                start_over(database, settings.data_dir)
        with opened(settings) as database:
            migrate(database)
            _play(database, settings, cast)
        return _serve(listener, asked, people, f"{as_table(people)}\n\nEverybody's password: {cast.password}")


def demo_clock_command(asked: argparse.Namespace) -> int:
    """Move the clock of a demo forward; what it passes happens on the way."""
    os.environ["DEMO"] = "1"
    app = create_app(Settings.from_environment())
    house: House = app.extensions["twodoor"]
    clock = movable(house.clock)
    if clock is None:
        return say(
            "A demo that charges with Stripe lives by Stripe's time; its clock cannot be moved.", CANNOT
        )
    must_be_current(house.database)
    with house.database.read() as session:
        if seeded_at(session) is None:
            return say("There is no demo in this database; nothing was moved.", CANNOT)
    return demo_clock.move(asked, house.database, clock, lambda: worker.sweep(app))


def jobs_command(asked: argparse.Namespace) -> int:
    """Show background work, or try again what failed or is stuck."""
    settings = Settings.from_environment()
    with opened_and_current(settings) as database:
        return jobs.run(asked, database, clock_of(settings).now())


def rates_command(asked: argparse.Namespace) -> int:
    """Take tax rates over from the kept package. Safe to repeat: the past is never edited."""
    settings = Settings.from_environment()
    with opened_and_current(settings) as database:
        today = clock_of(settings).now().date()
        return rates.run(asked, database, settings.tax_rates_file, today)


def catalog_command(asked: argparse.Namespace) -> int:
    """Hold a file of products and prices against what is sold, and apply it. Safe to repeat."""
    settings = Settings.from_environment()
    with opened_and_current(settings) as database:
        return catalog.run(asked, database, clock_of(settings).now().date())


def import_command(asked: argparse.Namespace) -> int:
    """Bring accounts along from another system, all of them or none. Safe to repeat: what is there is passed over."""
    settings = Settings.from_environment()
    taxes = SellerTaxes(settings.seller.country, frozenset(settings.seller.tax_registrations))
    with opened_and_current(settings) as database:
        return import_accounts.run(asked, database, taxes, clock_of(settings).now())


def backup_command(asked: argparse.Namespace) -> int:
    """Copy everything a new machine needs into a folder, while people go on working."""
    settings = Settings.from_environment()
    with opened_and_current(settings) as database:
        return backup.run(asked, database, settings.data_dir, clock_of(settings).now())


# --- serving ----------------------------------------------------------------------------------------------------------


def _serve(
    listener: socket.socket, asked: argparse.Namespace, people: list[dict[str, Any]], introduction: str
) -> int:
    """Serve until somebody asks for an end. The address is printed once a page is answered."""
    stop = supervising.Stop()
    with stop.on_signals():
        url = supervising.url_of(listener)
        processes = supervising.Processes(listener, {"BASE_URL": url, **os.environ})
        try:
            processes.start()
            processes.wait_for_answer(stop)
            if not stop.asked:
                _announce(asked, url, people, introduction)
            processes.wait(stop)
        finally:
            processes.end()
    return WENT_WELL


def _announce(asked: argparse.Namespace, url: str, people: list[dict[str, Any]], introduction: str) -> None:
    if asked.json:
        print(json.dumps({"url": url, "people": people}), flush=True)
    else:
        # A terminal that cannot show a name still gets the rest.
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        lines = [introduction, f"Open {url} in a browser. Ctrl-C ends it."]
        print("\n\n".join(filter(None, lines)), flush=True)


def _play(database: Database, settings: Settings, cast: Cast) -> None:
    """Bring the cast into the database, unless it is there."""
    passwords = Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds, demo=True)
    taxes = SellerTaxes(settings.seller.country, frozenset(settings.seller.tax_registrations))
    clock = clock_of(settings)
    now = clock.now()
    with closing(SandboxProcessor(settings.data_dir, clock=clock)) as processor:
        if not seed(Stage(database, processor, passwords, taxes), cast, now):
            _say_when_stale(database, now)


def _say_when_stale(database: Database, now: datetime) -> None:
    with database.read() as session:
        made = seeded_at(session)
    if made is not None and now - made > STALE_AFTER:
        say(f"The cast was made on {made:%d %B %Y}; `--fresh` makes a new one as of today.", WENT_WELL)


# --- small things -----------------------------------------------------------------------------------------------------


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "backup": backup.add_arguments,
    "catalog": catalog.add_arguments,
    "demo-clock": demo_clock.add_arguments,
    "import-accounts": import_accounts.add_arguments,
    "jobs": jobs.add_arguments,
    "rates": rates.add_arguments,
    "programs": programs.add_arguments,
    "sign-out": sign_out.add_arguments,
    "verify-activity": activity.add_arguments,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twodoor",
        description="Subscription billing with two front doors. Settings come from the environment (see README).",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, about in (
        ("demo", "start everything with an invented cast, and print who can sign in"),
        ("demo-clock", "move the clock of a demo forward, and see what comes of it"),
        ("run", "start the web server and a worker"),
        ("web", "start the web server alone"),
        ("worker", "start one worker more"),
        ("metrics", "tell figures to Prometheus, where METRICS says; `run` does so by itself"),
        ("migrate", "bring the database to the newest state"),
        ("jobs", "show background work, and try again what failed or is stuck"),
        ("renew", "begin every billing period that is due; safe to repeat"),
        ("retry", "collect what renewals charge, and try again what failed; safe to repeat"),
        ("verify", "prove that the books are right"),
        ("verify-activity", "prove that nobody changed or removed anything in the activity"),
        ("recompute", "compute a document again from the history, line by line"),
        ("programs", "make the seller's own token or webhook for a product"),
        ("sign-out", "end all sign-ins of somebody, or of everybody, and tell them by mail"),
        ("rates", "take tax rates over from the kept package; safe to repeat"),
        ("backup", "copy everything a new machine needs into a folder, while people go on working"),
        ("import-accounts", "bring accounts along from another system, all of them or none"),
        ("catalog", "hold a file of products and prices against what is sold, and apply it"),
    ):
        command = commands.add_parser(name, help=about, description=f"{about.capitalize()}.")
        command.add_argument("--database-url", metavar="URL", help="instead of DATABASE_URL")
        if name in ("demo", "run", "web"):
            command.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
            command.add_argument(
                "--port", type=_port, default=PORT, help="%(default)s unless given; 0 takes any free one"
            )
        if name in ("demo", "run"):
            command.add_argument(
                "--json", action="store_true", help="print one line of JSON once pages are answered"
            )
        if name == "recompute":
            command.add_argument("invoice", help="its name, as in 1001-000002")
        if name in _ARGUMENTS:
            _ARGUMENTS[name](command)
        if name == "demo":
            command.add_argument("--fresh", action="store_true", help="forget the last demo and start over")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _reason(error: SQLAlchemyError) -> str:
    lines = str(error.__cause__ or error).strip().splitlines()
    return lines[0] if lines else ""


if __name__ == "__main__":
    raise SystemExit(main())
