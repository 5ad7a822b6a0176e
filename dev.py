#!/usr/bin/env python3
"""The two commands: `python3 dev.py run` and `python3 dev.py test`. Needs Python 3.11 or newer and nothing else.

Everything is installed into .venv beside this file, from the hash-locked list in requirements/dev.lock.
This script writes to standard error only, so that `run --json` leaves standard output to the application.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.lock"
TRANSLATIONS = ROOT / "portal" / "shared" / "web" / "translations"
MINIMUM = (3, 11)


class Trouble(Exception):
    """Something the reader can act on; shown as one sentence, without a traceback."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("--help", [])
    commands: dict[str, Callable[[list[str]], int]] = {
        "setup": setup_command,
        "run": run_command,
        "test": test_command,
        "check": check_command,
        "bench": bench_command,
        "faults": faults_command,
        "mutants": mutants_command,
        "gallery": gallery_command,
        "lock": lock_command,
        "sbom": sbom_command,
        "scan": scan_command,
    }
    if command in ("-h", "--help") or command not in commands:
        _show_help(commands)
        return 0 if command in ("-h", "--help") else 2
    try:
        return commands[command](rest)
    except Trouble as trouble:
        say(f"dev.py: {trouble}")
        return 1
    except KeyboardInterrupt:
        return 130


def _show_help(commands: dict[str, Callable[[list[str]], int]]) -> None:
    say("usage: python3 dev.py COMMAND [arguments]\n")
    for name, function in commands.items():
        say(f"  {name:7} {(function.__doc__ or '').splitlines()[0]}")


# --- the commands ------------------------------------------------------------------------------------------------


def setup_command(arguments: list[str]) -> int:
    """Make or refresh .venv; a second call takes a blink. The other commands do it by themselves."""
    _no_arguments("setup", arguments)
    set_up()
    return 0


def run_command(arguments: list[str]) -> int:
    """Start the application with its demo cast: [--port N] [--json] [--database-url URL] ..."""
    set_up()
    _become([str(python()), "-m", "portal.cli", "demo", *arguments])


def bench_command(arguments: list[str]) -> int:
    """Measure: passes its arguments to `python -m benchmarks`."""
    set_up()
    _become([str(python()), "-m", "benchmarks", *arguments])


def faults_command(arguments: list[str]) -> int:
    """Break the real thing at length, and report: [--orders N] [--kills N] [--only N ..] [--report FILE] ..."""
    set_up()
    _become([str(python()), "-m", "tests.faults", *arguments])


def mutants_command(arguments: list[str]) -> int:
    """Change the rules one thing at a time, and see whether a test notices: [MODULE ..] [--one-in N] [--report] ..."""
    set_up()
    _become([str(python()), "-m", "tests.mutants", *arguments])


def gallery_command(arguments: list[str]) -> int:
    """Take a picture of every page: FOLDER [--languages ..] [--themes ..] [--widths ..] [--only NAME]."""
    set_up()
    _become([str(python()), "-m", "tests.support.gallery", *arguments])


def check_command(arguments: list[str]) -> int:
    """Linters and types only."""
    _no_arguments("check", arguments)
    set_up()
    return _report(run_checks(linters()))


def test_command(arguments: list[str]) -> int:
    """Everything: linters, types, contracts, tests. With pytest arguments: only those tests."""
    set_up()
    if arguments:
        return subprocess.call([str(python()), "-m", "pytest", *arguments], cwd=ROOT)
    results = run_checks([*linters(), ("browser", [str(python()), "-m", "tests.support.browser"])])
    results.append(_run_step("pytest", [str(python()), "-m", "pytest", *_spread()], captured=False))
    return _report(results)


def lock_command(arguments: list[str]) -> int:
    """Write requirements/*.lock from pyproject.toml (needs `uv` on the PATH; --upgrade for newest)."""
    uv = shutil.which("uv")
    if uv is None:
        raise Trouble("`uv` is not on the PATH; install it with `pip install uv` and try again.")
    compile_ = [
        uv,
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--quiet",
        *arguments,
    ]
    runtime, dev = "requirements/runtime.lock", "requirements/dev.lock"
    whole, scanners = "pyproject.toml", "requirements/scan.lock"
    for extra in (
        [whole, "-o", runtime],
        [whole, "--group", "dev", "-c", runtime, "-o", dev],
        ["--group", "scan", "-o", scanners],
    ):
        if subprocess.call([*compile_, *extra], cwd=ROOT) != 0:
            raise Trouble("uv could not resolve the dependencies of pyproject.toml; its words are above.")
    return 0


def sbom_command(arguments: list[str]) -> int:
    """Write what the application is made of (CycloneDX, JSON) from requirements/runtime.lock: [FILE]."""
    parser = argparse.ArgumentParser(prog="dev.py sbom")
    parser.add_argument("file", nargs="?", default="sbom.cdx.json", help="where to write (%(default)s)")
    file = parser.parse_args(arguments).file
    set_up()
    return subprocess.call(bill_of_materials(python(), file), cwd=ROOT)


def bill_of_materials(interpreter: Path, file: str) -> list[str]:
    """The command that writes it."""
    tool = [str(interpreter.with_name("cyclonedx-py")), "requirements", "requirements/runtime.lock"]
    tool += ["--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON", "-o", file]
    return [str(interpreter), "-W", "ignore", *tool]


def scan_command(arguments: list[str]) -> int:
    """Let security scanners loose on a running demo: [--report FILE] [--only NAME] [--minutes N]."""
    set_up()
    _set_up_scanners()
    _become([str(python()), "-m", "tests.security.scan", *arguments])


# --- setting up --------------------------------------------------------------------------------------------------


def set_up() -> None:
    """Bring .venv in line with requirements/dev.lock and pyproject.toml; does nothing when it already is."""
    if sys.version_info < MINIMUM:
        raise Trouble(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    with _one_at_a_time():
        lock_stamp = _digest(LOCK.read_bytes(), sys.version.encode(), str(ROOT).encode())
        project_stamp = _digest(lock_stamp.encode(), (ROOT / "pyproject.toml").read_bytes())
        if _stamp("lock") != lock_stamp or not python().exists():
            _make_environment()
            say("Installing the locked packages into .venv (about half a minute, once) ...")
            _pip("install", "--require-hashes", "--no-deps", "-r", str(LOCK))
            _write_stamp("lock", lock_stamp)
        if _stamp("project") != project_stamp:
            _pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
            _write_stamp("project", project_stamp)
        _compile_translations()


def _set_up_scanners() -> None:
    """Make the scanners' own environment below .venv, from requirements/scan.lock."""
    lock = ROOT / "requirements" / "scan.lock"
    home = VENV / "scanners"
    stamp = _digest(lock.read_bytes(), sys.version.encode())
    if _stamp("scanners") == stamp and home.exists():
        return
    say("Installing the scanners into .venv/scanners (a minute, once) ...")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(home)], stdout=sys.stderr) != 0:
        raise Trouble("the environment of the scanners could not be made; the reason is above.")
    own = home / python().relative_to(VENV)
    _pip("install", "--require-hashes", "--no-deps", "-r", str(lock), interpreter=own)
    _write_stamp("scanners", stamp)


def python() -> Path:
    """The interpreter inside .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make_environment() -> None:
    """Make .venv, anew when it belongs to another Python or another folder."""
    signature = _digest(sys.version.encode(), str(ROOT).encode())
    if python().exists() and _stamp("python") == signature:
        return
    if VENV.is_symlink():
        raise Trouble(
            ".venv is a link to somewhere else, where everything would be thrown away; remove the link."
        )
    try:
        import ensurepip  # noqa: F401, PLC0415  # asked for here: some systems ship Python without it
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Trouble(
            "this Python came without `ensurepip`, so it cannot make a virtual environment. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        ) from None
    say("Making .venv ...")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=sys.stderr) != 0:
        raise Trouble("the virtual environment could not be made; the reason is above.")
    _write_stamp("python", signature)


def _pip(*arguments: str, interpreter: Path | None = None) -> None:
    command = [
        str(interpreter or python()),
        "-m",
        "pip",
        "--disable-pip-version-check",
        *arguments,
        "-qq",
    ]  # -qq: errors only
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.call(command, cwd=ROOT, stdout=sys.stderr, env=environment) != 0:
        raise Trouble("pip failed; its words are above. Is the package index reachable?")


def _compile_translations() -> None:
    """Compile the catalogues when a .po file is newer than the .mo file beside it."""
    sources = list(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    if all(_is_newer(source.with_suffix(".mo"), source) for source in sources):
        return
    command = [str(python()), "-m", "portal.shared.web.translations.catalogues", "compile"]
    if subprocess.call(command, cwd=ROOT, stdout=sys.stderr) != 0:
        raise Trouble("the translations cannot be compiled; the reason is above.")


def _is_newer(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def _stamp(name: str) -> str:
    path = VENV / f".{name}-stamp"
    return path.read_text() if path.exists() else ""


def _write_stamp(name: str, value: str) -> None:
    (VENV / f".{name}-stamp").write_text(value)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second dev.py wait while the first one installs."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows, where two set-ups at once are on their own
    except ImportError:
        yield
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# --- checks ------------------------------------------------------------------------------------------------------

Step = tuple[str, list[str]]
Result = tuple[str, bool, float]


def linters() -> list[Step]:
    """Name and command of every check that reads the code without running it."""
    module = [str(python()), "-m"]
    return [
        ("mypy", [*module, "mypy"]),
        ("ruff check", [*module, "ruff", "check", "--quiet"]),
        ("ruff format", [*module, "ruff", "format", "--check", "--quiet"]),
        ("import contracts", [str(python().with_name("lint-imports")), "--no-cache"]),
        ("djlint", [*module, "djlint", "templates", "--lint", "--quiet"]),
    ]


def run_checks(steps: Sequence[Step]) -> list[Result]:
    """Run the steps two at a time, all of them even when one fails; show what a failing one said."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda step: _run_step(*step, captured=True), steps))


def _run_step(name: str, command: list[str], *, captured: bool) -> Result:
    start = time.monotonic()
    if not captured:
        say(f"== {name}")
    outcome = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE if captured else None,
        stderr=subprocess.STDOUT if captured else None,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    passed = outcome.returncode == 0
    said = "" if passed or not captured else f"\n{outcome.stdout.rstrip()}"
    say(f"== {name}: {'ok' if passed else 'FAILED'} ({seconds:.1f} s){said}")
    return name, passed, seconds


def _report(results: Sequence[Result]) -> int:
    failed = [name for name, passed, _ in results if not passed]
    say(f"== failed: {', '.join(failed)}" if failed else "== everything passed")
    return 1 if failed else 0


def _spread() -> list[str]:
    return ["-n", str(max(2, min(8, os.cpu_count() or 2))), "--durations=5"]


# --- small things ------------------------------------------------------------------------------------------------


def _no_arguments(command: str, arguments: list[str]) -> None:
    argparse.ArgumentParser(prog=f"dev.py {command}").parse_args(arguments)


def _become(command: list[str]) -> NoReturn:
    """Replace this process, so that signals and the exit code are the application's own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    os.execv(command[0], command)


def say(text: str) -> None:
    """Tell the reader something, on standard error."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
