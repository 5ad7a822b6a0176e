"""The words that must stand on the screens, from the product's glossary of labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LABELS = Path(__file__).parents[1] / "data" / "labels.csv"

Words = Mapping[str, str]


@cache
def words(language: str) -> Words:
    """Every label in a language (`en`, `pt_BR`, …), by its key."""
    with LABELS.open(newline="", encoding="utf-8") as file:
        return {row["key"]: row[language] for row in csv.DictReader(file)}
