"""The official rules for e-invoices, offline: the schema of Factur-X, and the rules of EN 16931 as published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say: how many were asked, and each that failed with its words."""

    fired: int
    failed: tuple[str, ...]


def verdict(xml: bytes) -> Verdict:
    """Schema first, then every rule of the profile EN 16931."""
    schema = _schema()
    schema.validate(etree.fromstring(xml))
    broken = tuple(f"XSD: {one.message}" for one in schema.error_log)
    report = _report(xml)
    failed = tuple(
        f"{one.get('id')}: {' '.join(''.join(one.itertext()).split())} at {one.get('location')}"
        for kind in ("failed-assert", "successful-report")
        for one in report.iter(f"{_SVRL}{kind}")
    )
    return Verdict(sum(1 for _ in report.iter(f"{_SVRL}fired-rule")), broken + failed)


def _report(xml: bytes) -> ET.Element:
    processor, rules = _rules()
    node = processor.parse_xml(xml_text=xml.decode())
    return ET.fromstring(rules.transform_to_string(xdm_node=node))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_FOLDER / "Factur-X_EN16931.xsd")))


@cache
def _rules() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(_FOLDER / "FACTUR-X_EN16931.xslt"))
