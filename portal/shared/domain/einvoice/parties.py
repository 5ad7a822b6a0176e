"""Seller and buyer in the XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from portal.shared.domain.einvoice.facts import Party
from portal.shared.domain.einvoice.writing import add

_EMAIL = "EM"  # electronic address scheme of EN 16931: electronic mail


def add_party(parent: ET.Element, tag: str, party: Party, *, without_vat: bool) -> None:
    """A seller (BG-4) or a buyer (BG-7); one without VAT number is known by another number."""
    known_as = party.vat_number if without_vat and party.vat_number else party.number
    one = add(parent, tag)
    if known_as:
        add(one, "ram:ID", known_as)  # BT-29, BT-46
    add(one, "ram:Name", party.name or "-")  # BT-27, BT-44
    _add_contact(one, party)
    _add_address(one, party)
    if party.email:
        electronic = add(add(one, "ram:URIUniversalCommunication"), "ram:URIID", party.email)  # BT-34
        electronic.set("schemeID", _EMAIL)
    if party.vat_number and not without_vat:
        add(add(one, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat_number).set("schemeID", "VA")


def _add_contact(one: ET.Element, party: Party) -> None:
    if not party.contact:
        return
    contact = add(one, "ram:DefinedTradeContact")  # BG-6
    add(contact, "ram:DepartmentName", party.contact)
    if party.phone:
        add(add(contact, "ram:TelephoneUniversalCommunication"), "ram:CompleteNumber", party.phone)
    if party.email:
        add(add(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", party.email)


def _add_address(one: ET.Element, party: Party) -> None:
    address = add(one, "ram:PostalTradeAddress")
    if party.postal_code:
        add(address, "ram:PostcodeCode", party.postal_code)
    lines = [line for line in party.street if line]
    # Three lines are all there is room for.
    for name, line in zip(("One", "Two", "Three"), [*lines[:2], ", ".join(lines[2:])], strict=False):
        if line:
            add(address, f"ram:Line{name}", line)
    if party.city:
        add(address, "ram:CityName", party.city)
    add(address, "ram:CountryID", party.country)  # BT-40, BT-55
    if party.region:
        add(address, "ram:CountrySubDivisionName", party.region)
