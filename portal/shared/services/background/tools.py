"""What background work holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.mail import Mailer
from portal.shared.gateways.tax_registry import TaxRegistry
from portal.shared.gateways.webhooks import HttpSender, WebhookSender
from portal.shared.records.database import Database
from portal.shared.services.notifications import Render


@dataclass(frozen=True, slots=True)
class Tools:
    """The equipment of background work; the clock is the house's, which a demo may move."""

    database: Database
    processor: CardProcessor
    tax_registry: TaxRegistry
    mailer: Mailer
    render: Render
    seller: SellerTaxes
    clock: Clock
    # How many days it is kept who was led where, and why.
    arrivals_days: int = 90
    # How many days it is kept what was written to whom by mail.
    mails_days: int = 400
    # Who posts webhooks, and the key that their secrets are made of.
    sender: WebhookSender = field(default_factory=HttpSender)
    webhook_key: bytes = field(default=b"", repr=False)
