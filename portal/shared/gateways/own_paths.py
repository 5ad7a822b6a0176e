"""Where a browser may be sent back to: paths of this site, nothing else."""

from __future__ import annotations


def own_path(path: str) -> str:
    """The path itself, when it cannot lead a browser to another site.

    Raises:
        ValueError: it is an address with a host, or a browser could read it as one (`//`, a backslash, a control
            character, which browsers drop).
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("a return path starts with one slash")
    if "\\" in path or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in path):
        raise ValueError("a return path has neither backslashes nor blanks nor control characters")
    return path
