"""Managers and Customer Care end the sign-ins of somebody, with a reason; the copied cookie opens nothing then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.records.people import Membership, Person
from portal.shared.records.sign_ins import SignInSession
from tests.support.demo_house import DemoHouse

MANAGER, CARE = "ricardo.sampaio@exemplo.example", "camila.rocha@exemplo.example"
REP = "sofia.lemos@exemplo.example"
WHY = "You told us that your telephone was stolen."


def of_contact(house: DemoHouse, story: str) -> str:
    (person,) = house.rows(Person, email=house.email(story))
    account_id = house.rows(Membership, person_id=person.id)[0].account_id
    return f"/corp-billing/desk/accounts/{account_id}/people/{person.id}/sign-ins"


@pytest.mark.parametrize(
    ("who", "story", "device_page"),
    [(CARE, "monthly", "/billing/"), (MANAGER, "corporate", "/corp-billing/")],
    ids=["Customer Care", "manager"],
)
def test_a_contact_is_signed_out_everywhere(house: DemoHouse, who: str, story: str, device_page: str) -> None:
    device, desk = house.contact(story), house.visitor(who)
    assert device.get(device_page).path == device_page
    path = of_contact(house, story)
    account = desk.get(path.partition("/people/")[0])
    assert f'href="{path}"' in account.html
    page = desk.get(path)
    assert "Signed in on 1 device" in page.text
    page = desk.send(page, path, {"reason": "  "})
    assert (page.status, page.problem("reason")) == (422, "Error: Say why; the person reads it.")
    page = desk.send(page, path, {"reason": "x" * 301})
    assert (page.status, page.value("reason")) == (422, "x" * 301)
    page = desk.send(page, path, {"reason": WHY})
    assert "is signed out of 1 device and gets a mail." in page.all_text
    assert "Not signed in anywhere." in page.text
    assert device.get(device_page).path == "/sign-in"


def test_a_manager_signs_a_colleague_out(house: DemoHouse) -> None:
    (rep,) = house.rows(Person, email=REP)
    device, desk = house.visitor(REP), house.visitor(MANAGER)
    path = f"/corp-billing/desk/team/{rep.id}/sign-ins"
    assert f'href="{path}"' in desk.get("/corp-billing/desk/team").html
    desk.send(desk.get(path), path, {"reason": WHY})
    assert device.get("/corp-billing/desk").path == "/sign-in"
    (manager,) = house.rows(Person, email=MANAGER)
    assert desk.get(f"/corp-billing/desk/team/{manager.id}/sign-ins").status == 404
    assert house.visitor(CARE).get(path).status == 404


def test_the_operator_signs_somebody_and_everybody_out(
    house: DemoHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(house.app.extensions["twodoor"].settings.data_dir))
    device, other = house.contact("monthly"), house.visitor(CARE)
    with house.database.write() as session:  # the command lives by the machine's clock, the house by its own
        session.execute(sa.update(SignInSession).values(expires_at=datetime(2099, 1, 1, tzinfo=UTC)))
    assert main(["sign-out", "nobody@example.org", "--reason", WHY]) == 2
    assert main(["sign-out", house.email("monthly"), "--reason", WHY]) == 0
    assert capsys.readouterr().out == "1 ended\n"
    assert device.get("/billing/").path == "/sign-in"
    assert other.get("/corp-billing/desk").status == 200
    assert main(["sign-out", "--everybody", "--reason", WHY]) == 0
    assert other.get("/corp-billing/desk").path == "/sign-in"
    with pytest.raises(SystemExit):
        main(["sign-out", "--everybody", "--reason", " "])
