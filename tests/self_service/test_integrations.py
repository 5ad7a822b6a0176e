"""Programs of an account: tokens and addresses, made and ended by its people on pages."""

from __future__ import annotations

import re

from portal.shared.records.api_tokens import ApiToken
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint
from portal.shared.services.webhooks import delivering
from tests.support.demo_house import DemoHouse

PAGE = "/billing/integrations"


def test_a_token_is_shown_once_works_and_is_revoked(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    page = contact.get(PAGE)
    wrong = contact.send(page, "/tokens", {"name": "", "scope": "seats:read"})
    assert wrong.status == 422
    assert wrong.problem("name") is not None
    assert wrong.value("scope") is not None
    assert house.rows(ApiToken) == []

    made = contact.send(page, "/tokens", {"name": "Report", "scope": ["account:read"], "days": "30"})
    (secret,) = re.findall(r"twd_live_\w{46}", made.html)
    headers = {"Authorization": f"Bearer {secret}"}
    asked = house.app.test_client(use_cookies=False)
    assert asked.get("/api/v1/account", headers=headers).status_code == 200

    shown = contact.get(PAGE)
    assert secret not in shown.html
    assert secret[-4:] in shown.text
    contact.send(shown, "/revoke")
    assert asked.get("/api/v1/account", headers=headers).status_code == 401
    assert contact.get(PAGE).has_form("/revoke") is False


def test_who_may_not_read_invoices_makes_no_token_for_them(house: DemoHouse) -> None:
    admin = house.visitor(house.email("admin-only"))
    page = admin.get(PAGE)
    assert "invoices:read" not in page.html
    fields = {"name": "Report", "scope": "invoices:read", "days": "30"}
    answer = admin.post(f"{PAGE}/tokens", {**fields, "csrf_token": admin.token()})
    assert answer.status == 422
    assert house.rows(ApiToken) == []


def test_an_address_is_added_tested_and_removed(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    page = contact.get(PAGE)
    for url in ("http://example.com/", "https://10.0.0.1/", "nonsense"):
        refused = contact.send(page, "/webhooks", {"url": url, "event": ["seat.assigned"]})
        assert refused.status == 422
        assert refused.problem("url") is not None
        assert refused.value("url") == url
    added = contact.send(page, "/webhooks", {"url": "https://example.com/hooks", "event": ["seat.assigned"]})
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", added.html)

    (endpoint,) = house.rows(WebhookEndpoint)
    path = f"{PAGE}/webhooks/{endpoint.id}"
    contact.send(contact.get(path), "/test")
    delivering.spread(house.database, endpoint.account_id, house.clock.now())
    shown = contact.get(path)
    assert "webhook.test" in shown.text
    assert secret not in shown.html
    again = contact.send(shown, "/again")
    assert again.status == 200
    assert len(house.rows(WebhookDelivery)) == 1
    other = contact.send(shown, "/secret")
    assert re.findall(r"whsec_[A-Za-z0-9+/=]{44}", other.html) != [secret]
    contact.send(contact.get(path), "/switch")
    assert house.rows(WebhookEndpoint)[0].disabled_at is not None
    contact.send(contact.get(path), "/remove")
    assert contact.get(path).status == 404
