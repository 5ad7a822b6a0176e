"""The small words of the XML: elements, amounts, days; whatever somebody typed becomes text that XML can hold."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

from portal.shared.domain.money import Money, exponent

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
_DAY = "102"  # UN/EDIFACT 2379: CCYYMMDD
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: ET.Element, tag: str, text: str = "") -> ET.Element:
    """A new element below another; its text on one line, without what XML cannot hold."""
    prefix, _, name = tag.partition(":")
    element = ET.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{name}")
    if text:
        element.text = " ".join(_FORBIDDEN.sub("", str(text)).split()) or "-"
    return element


def add_day(parent: ET.Element, tag: str, day: date) -> None:
    """A day below its element."""
    add(add(parent, tag), "udt:DateTimeString", day.strftime("%Y%m%d")).set("format", _DAY)


def amount(money: Money) -> str:
    """An amount with exactly the decimals of its currency: 12.30, or 1230 where there are none."""
    decimals = exponent(money.currency)
    sign, digits = "-" if money.minor < 0 else "", str(abs(money.minor)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def percent(millionths: int) -> str:
    """A rate in per cent, with as many decimals as it needs: 23, 25.5."""
    whole, rest = divmod(millionths, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)
