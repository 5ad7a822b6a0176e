"""The table of OWASP ASVS: each requirement of levels 1 and 2 once, and each test and place it names is there."""

from __future__ import annotations

import re
from collections import Counter

from tests.support.source_files import ROOT

TABLE = (ROOT / "docs" / "security" / "asvs.md").read_text()
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
VERDICTS = {"met", "**in part**", "**not met**", "does not apply"}
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; their ids are numbered from 1 without a gap.
# The requirements of level 3 come last in every section.
SECTIONS = {
    section: int(most)
    for section, _, most in (
        pair.partition(":")
        for pair in """
    V1.1:2 V1.2:9 V1.3:11 V1.4:3 V1.5:2 V2.1:3 V2.2:3 V2.3:4 V2.4:1 V3.2:2 V3.3:4 V3.4:6 V3.5:5 V3.7:2
    V4.1:3 V4.2:1 V4.3:2 V4.4:4 V5.1:1 V5.2:3 V5.3:2 V5.4:3 V6.1:3 V6.2:12 V6.3:4 V6.4:4 V6.5:5 V6.6:3
    V6.8:4 V7.1:3 V7.2:4 V7.3:2 V7.4:5 V7.5:2 V7.6:2 V8.1:2 V8.2:3 V8.3:1 V8.4:1 V9.1:3 V9.2:4 V10.1:2
    V10.2:2 V10.3:4 V10.4:11 V10.5:5 V10.6:2 V10.7:3 V11.1:2 V11.2:3 V11.3:3 V11.4:4 V11.5:1 V11.6:1
    V12.1:3 V12.2:2 V12.3:4 V13.1:1 V13.2:5 V13.3:2 V13.4:5 V14.1:2 V14.2:4 V14.3:3 V15.1:3 V15.2:3
    V15.3:7 V16.1:1 V16.2:5 V16.3:4 V16.4:3 V16.5:3 V17.1:1 V17.2:4 V17.3:2
    """.split()
    )
}
LEVELS = {"1": 70, "2": 183}


def test_every_requirement_stands_in_the_table_once() -> None:
    expected = [f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)]
    assert [row[0] for row in ROW.findall(TABLE)] == expected
    assert Counter(row[1] for row in ROW.findall(TABLE)) == LEVELS


def test_every_row_says_how_it_is_and_why() -> None:
    for number, _, words, verdict, why in ROW.findall(TABLE):
        assert verdict in VERDICTS, number
        assert len(words) > 7, number
        assert len(why) > 3, number
        assert "`" in why or verdict != "met" or len(why) > 10, number


def test_every_place_and_every_test_it_names_is_there() -> None:
    missing = []
    promises = [
        line
        for page in ("promises.md", "fields.md")
        for line in (ROOT / "docs" / "security" / page).read_text().splitlines()
    ]
    for number, why in [(row[0], row[4]) for row in ROW.findall(TABLE)] + list(enumerate(promises, 1)):
        for named in re.findall(r"`([\w./-]+(?:::\w+)?)`", why):
            path, _, test = named.partition("::")
            if "/" not in path and not path.endswith((".md", ".toml")):
                continue  # a word of the settings or of a header
            place = ROOT / path
            if not place.exists() or (test and f"def {test}(" not in place.read_text()):
                missing.append((number, named))
    assert missing == []


def test_the_figures_above_the_table_are_its_own() -> None:
    found = ROW.findall(TABLE)
    for verdict in VERDICTS:
        ones = [row[1] for row in found if row[3] == verdict]
        line = f"| {verdict.strip('*')} | {ones.count('1')} | {ones.count('2')} | {len(ones)} |"
        assert line in TABLE
