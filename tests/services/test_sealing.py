"""What is sealed is read again only with the same key, for the same purpose, unchanged."""

from __future__ import annotations

from portal.shared.services.sign_in.sealing import Seal

SECRET = "the secret of an installation"


def test_what_was_sealed_is_opened_and_does_not_show_the_text() -> None:
    sealed = Seal(SECRET, "clients").close("hunter2 ção")
    assert "hunter2" not in sealed
    assert Seal(SECRET, "clients").open(sealed) == "hunter2 ção"


def test_another_purpose_another_installation_and_a_changed_text_open_nothing() -> None:
    sealed = Seal(SECRET, "clients").close("hunter2")
    assert Seal(SECRET, "codes").open(sealed) is None
    assert Seal("another secret", "clients").open(sealed) is None
    assert Seal(SECRET, "clients").open(sealed[:-4] + "AAAA") is None
    assert Seal(SECRET, "clients").open("") is None
    assert Seal(SECRET, "clients").open("çç") is None


def test_a_former_key_still_opens_what_it_closed_and_closes_nothing_new() -> None:
    old = Seal(SECRET, "codes").close("hunter2")
    rotated = Seal("the next secret", "codes", before=[SECRET])
    assert rotated.open(old) == "hunter2"
    assert Seal(SECRET, "codes").open(rotated.close("hunter2")) is None
