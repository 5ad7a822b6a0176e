"""The commands: migrate, run, worker, demo, demo-clock, jobs, renew, retry, verify, recompute, rates."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from portal import demo_clock, job_commands, rate_commands, supervising, worker
from portal.app import clock_of, create_app
from portal.config import Settings, SettingsError
from portal.shared.demo.cast import Cast, as_table, read_cast
from portal.shared.demo.fresh import start_over
from portal.shared.demo.seeding import NotTheDemoError, Stage, seed, seeded_at
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.schema import is_current, migrate
from portal.shared.services import ledger
from portal.shared.services.passwords import Passwords
from portal.shared.services.recompute import UnknownInvoiceError, recompute
from portal.shared.services.rehearsal import movable
from portal.shared.services.renewals import collecting, renewing
from portal.shared.web.house import House

PORT = 8000
# A cast lives on its first day; after a while its stories have moved on (trials end, periods pass).
STALE_AFTER = timedelta(days=5)

PROGRESS = 1000

_WENT_WELL, _FAILED, _CANNOT = 0, 1, 2
_NOT_MIGRATED = "The database is not up to date; run the command `migrate` first."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 when it failed, 2 when it cannot be done as asked."""
    asked = _parser().parse_args(arguments)
    if asked.command is None:
        _parser().print_help()
        return _WENT_WELL
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "migrate": migrate_command,
        "run": run_command,
        "worker": worker_command,
        "demo": demo_command,
        "demo-clock": demo_clock_command,
        "jobs": jobs_command,
        "renew": renew_command,
        "retry": retry_command,
        "verify": verify_command,
        "recompute": recompute_command,
        "rates": rates_command,
    }
    if asked.database_url:
        os.environ["DATABASE_URL"] = asked.database_url  # the processes that are started read it there
    try:
        return commands[asked.command](asked)
    except (SettingsError, supervising.PortTakenError) as error:
        return _say(str(error), _CANNOT)
    except NotTheDemoError as error:
        return _say(f"Nothing was done: {error}.", _CANNOT)
    except (supervising.ChildEndedError, supervising.NoAnswerError) as error:
        return _say(f"Stopped, because {error}. Its own words are above.", _FAILED)
    except SQLAlchemyError as error:
        return _say(
            f"The database did not do what was asked ({type(error).__name__}): {_reason(error)}", _FAILED
        )
    except KeyboardInterrupt:
        return 130


# --- the commands -----------------------------------------------------------------------------------------------------


def migrate_command(asked: argparse.Namespace) -> int:
    """Bring the database to the newest state."""
    with _opened(Settings.from_environment()) as database:
        migrate(database)
    return _say("The database is up to date.", _WENT_WELL)


def run_command(asked: argparse.Namespace) -> int:
    """Start the web server and a worker on a database that is up to date."""
    with _opened(Settings.from_environment()) as database, database.read() as session:
        if not is_current(session.connection()):
            return _say(_NOT_MIGRATED, _CANNOT)
    with closing(supervising.listen(asked.host, asked.port)) as listener:
        return _serve(listener, asked, [], "")


def worker_command(asked: argparse.Namespace) -> int:
    """Start one worker more: it does jobs and regular work, as the one that `run` starts."""
    worker.main()
    return _WENT_WELL


def demo_command(asked: argparse.Namespace) -> int:
    """Start everything with an invented cast; the passwords that are printed work in demo mode only."""
    os.environ["DEMO"] = "1"
    settings = replace(Settings.from_environment(), demo=True)
    cast = read_cast()
    people = cast.sign_ins()
    # The port first: a demo that runs already holds it, and keeps its data.
    with closing(supervising.listen(asked.host, asked.port)) as listener:
        if asked.fresh:
            with _opened(settings) as database:
                start_over(database, settings.data_dir)
        with _opened(settings) as database:
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
        return _say(
            "A demo that charges with Stripe lives by Stripe's time; its clock cannot be moved.", _CANNOT
        )
    with house.database.read() as session:
        if not is_current(session.connection()):
            return _say(_NOT_MIGRATED, _CANNOT)
        if seeded_at(session) is None:
            return _say("There is no demo in this database; nothing was moved.", _CANNOT)
    return demo_clock.move(asked, house.database, clock, lambda: worker.sweep(app))


def jobs_command(asked: argparse.Namespace) -> int:
    """Show background work, or try again what failed or is stuck."""
    settings = Settings.from_environment()
    with _opened(settings) as database:
        with database.read() as session:
            if not is_current(session.connection()):
                return _say(_NOT_MIGRATED, _CANNOT)
        return job_commands.run(asked, database, clock_of(settings).now())


def renew_command(asked: argparse.Namespace) -> int:
    """Renew whatever is due. Safe to repeat: a period begins once, whoever runs this how often."""
    house = _house()
    seller = house.settings.seller
    taxes = SellerTaxes(seller.country, frozenset(seller.tax_registrations))
    outcomes = renewing.renew_due(house.database, taxes, house.clock.now())
    counted = _counted(type(one).__name__.lower() for one in outcomes)
    print(f"Renewed: {counted['renewed']}. Held: {counted['held']}. Passed over: {counted['skipped']}.")
    return _WENT_WELL


def retry_command(asked: argparse.Namespace) -> int:
    """Collect what is due for it: first tries and further ones. Safe to repeat: no card is charged twice."""
    house = _house()
    done = collecting.collect_due(house.database, house.processor, house.clock.now)
    counted = _counted(one.state for one in done)
    print(f"Paid: {counted['paid']}. Failed: {counted['failed']}. Given up: {counted['given_up']}.")
    return _WENT_WELL


def verify_command(asked: argparse.Namespace) -> int:
    """Prove the books: movements, invoices, payments and balances agree."""
    with _opened(Settings.from_environment()) as database, database.read() as session:
        if not is_current(session.connection()):
            return _say(_NOT_MIGRATED, _CANNOT)
        faults = ledger.verify(session, _progress)
    for fault in faults:
        print(fault.what if fault.account_id is None else f"account {fault.account_id}: {fault.what}")
    if not faults:
        print("The books are right.")
    return _FAILED if faults else _WENT_WELL


def recompute_command(asked: argparse.Namespace) -> int:
    """Compute one document again from the history, line by line."""
    with _opened(Settings.from_environment()) as database, database.read() as session:
        if not is_current(session.connection()):
            return _say(_NOT_MIGRATED, _CANNOT)
        try:
            differences = recompute(session, asked.invoice)
        except UnknownInvoiceError:
            return _say(f"There is no document {asked.invoice}.", _CANNOT)
    for one in differences:
        where = f"line {one.line}" if one.line else "the document"
        print(f"{where}: {one.figure} stands at {one.stands}, the history gives {one.computed}")
    if not differences:
        print(f"{asked.invoice} is equal to its history, line by line.")
    return _FAILED if differences else _WENT_WELL


def rates_command(asked: argparse.Namespace) -> int:
    """Take tax rates over from the kept package. Safe to repeat: the past is never edited."""
    settings = Settings.from_environment()
    with _opened(settings) as database:
        with database.read() as session:
            if not is_current(session.connection()):
                return _say(_NOT_MIGRATED, _CANNOT)
        today = clock_of(settings).now().date()
        return rate_commands.run(asked, database, settings.tax_rates_file, today)


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
    return _WENT_WELL


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
        _say(f"The cast was made on {made:%d %B %Y}; `--fresh` makes a new one as of today.", _WENT_WELL)


# --- small things -----------------------------------------------------------------------------------------------------


def _house() -> House:
    """The equipment of the installation, on a database that is up to date."""
    house: House = create_app(Settings.from_environment()).extensions["twodoor"]
    with house.database.read() as session:
        if not is_current(session.connection()):
            raise SettingsError(_NOT_MIGRATED)
    return house


def _counted(words: Iterable[str]) -> Counter[str]:
    """How often each word comes; says how far it is on the way."""
    counted: Counter[str] = Counter()
    for number, word in enumerate(words, start=1):
        counted[word] += 1
        _progress(number)
    return counted


def _progress(number: int) -> None:
    """Say how far a long run is."""
    if number % PROGRESS == 0:
        _say(f"{number} done", _WENT_WELL)


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
        ("worker", "start one worker more"),
        ("migrate", "bring the database to the newest state"),
        ("jobs", "show background work, and try again what failed or is stuck"),
        ("renew", "begin every billing period that is due; safe to repeat"),
        ("retry", "collect what renewals charge, and try again what failed; safe to repeat"),
        ("verify", "prove that the books are right"),
        ("recompute", "compute a document again from the history, line by line"),
        ("rates", "take tax rates over from the kept package; safe to repeat"),
    ):
        command = commands.add_parser(name, help=about, description=f"{about.capitalize()}.")
        command.add_argument("--database-url", metavar="URL", help="instead of DATABASE_URL")
        if name in ("demo", "run"):
            command.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
            command.add_argument(
                "--port", type=_port, default=PORT, help="%(default)s unless given; 0 takes any free one"
            )
            command.add_argument(
                "--json", action="store_true", help="print one line of JSON once pages are answered"
            )
        if name == "recompute":
            command.add_argument("invoice", help="its name, as in 1001-000002")
        if name == "rates":
            rate_commands.add_arguments(command)
        if name == "jobs":
            job_commands.add_arguments(command)
        if name == "demo-clock":
            demo_clock.add_arguments(command)
        if name == "demo":
            command.add_argument("--fresh", action="store_true", help="forget the last demo and start over")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    try:
        database = Database(settings.database_url)
    except (ValueError, ArgumentError) as error:
        raise SettingsError(
            "DATABASE_URL must begin with sqlite:/// and a file, or with postgresql://."
        ) from error
    try:
        yield database
    finally:
        database.dispose()


def _reason(error: SQLAlchemyError) -> str:
    lines = str(error.__cause__ or error).strip().splitlines()
    return lines[0] if lines else ""


def _say(sentence: str, code: int) -> int:
    """Tell the reader something, on standard error, and give the exit code back."""
    print(sentence, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
