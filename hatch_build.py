"""Build hook: the wheel carries compiled translations, the templates and the migrations inside `portal`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MOVED_INTO_PORTAL = ("templates", "migrations")


class CustomBuildHook(BuildHookInterface[Any]):
    """Completes what hatchling collects by itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and add the two folders; an editable install uses them where they stand."""
        translations = Path(self.root, "portal", "shared", "web", "translations")
        for source in sorted(translations.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue  # a running application may be reading it
            with source.open("rb") as reading:
                catalogue = read_po(reading)
            with target.open("wb") as writing:
                write_mo(writing, catalogue)
        build_data["artifacts"].append("portal/shared/web/translations/**/*.mo")  # git ignores them
        if version == "standard":
            for folder in MOVED_INTO_PORTAL:
                build_data["force_include"][folder] = f"portal/{folder}"
