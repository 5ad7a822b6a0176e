"""The figures for Prometheus, in a process and on a port of its own: those of the web server, and those of the data.

It opens the database for reading, whoever asks; where the database is away it says so and goes on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import structlog

from portal.app import clock_of
from portal.config import Settings, SettingsError
from portal.lifeline import follow
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.kept_verdict import kept_verdict
from portal.shared.records.database import Database
from portal.shared.services.background.sweeps import SWEEPS
from portal.shared.services.equipment import DatabaseError
from portal.shared.services.watching import MEANINGS, figures_of
from portal.shared.web import logs, metrics

PREFIX = "twodoor_"

_log = structlog.stdlib.get_logger("portal.measuring")


class DataCollector:
    """The figures of the data, asked for whenever somebody looks."""

    def __init__(self, database: Database, clock: Clock, data_dir: Path) -> None:
        """Remember where to look."""
        self._database, self._clock, self._folder = database, clock, data_dir

    def collect(self) -> Iterator[object]:
        """Every figure, as the library wants it."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  # decides by the folder when imported

        verdict = kept_verdict(self._folder)
        if verdict is not None:
            yield GaugeMetricFamily(
                f"{PREFIX}ledger_faults", "Faults that the last `verify` found.", verdict.faults
            )
            age = (self._clock.now() - verdict.at).total_seconds()
            yield GaugeMetricFamily(f"{PREFIX}ledger_verify_age_seconds", "How long ago that was.", age)
        try:
            with self._database.read() as session:
                found = figures_of(session, [one.name for one in SWEEPS], self._clock.now())
        except DatabaseError:
            _log.warning("the database did not answer")
            found = None
        yield GaugeMetricFamily(f"{PREFIX}database_up", "Whether the database answered.", found is not None)
        for name, meaning in MEANINGS.items():
            mine = [one for one in found or () if one.name == name]
            labels = [key for key, _ in mine[0].labels] if mine else []
            family = GaugeMetricFamily(PREFIX + name, meaning, labels=labels)
            for one in mine:
                family.add_metric([value for _, value in one.labels], one.value)
            yield family


def main() -> None:
    """Answer until a signal comes, or until the command that started this process is gone.

    Raises:
        SettingsError: the settings do not say where, or nothing can listen there.
    """
    logs.configure()
    settings = Settings.from_environment()
    if not settings.metrics:
        raise SettingsError("METRICS says where the figures are told, as in 127.0.0.1:9464; it is not set.")
    folder = metrics.prepare(settings.data_dir)
    from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow(stop.set)
    database = Database(settings.database_url)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    registry.register(DataCollector(database, clock_of(settings), settings.data_dir))  # type: ignore[arg-type]
    host, _, port = settings.metrics.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
    except (OSError, OverflowError) as error:
        raise SettingsError(f"METRICS: nothing can listen on {settings.metrics} ({error}).") from error
    _log.info("measuring", port=server.server_port)
    stop.wait()
    server.shutdown()
    thread.join()
    database.dispose()


if __name__ == "__main__":
    main()
