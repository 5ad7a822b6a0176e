"""What the house was built with; every page finds it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from portal.config import Settings
from portal.shared.services.equipment import (
    CardProcessor,
    Clock,
    Database,
    IdentityProviders,
    Mailer,
    TaxRegistry,
)
from portal.shared.services.organisations.finding import SEALED_FOR, Organisations
from portal.shared.services.rehearsal import machines
from portal.shared.services.sign_in.one_time_codes import PURPOSE, CodeBook
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.sealing import Seal


@dataclass(frozen=True, slots=True)
class House:
    """The equipment of one running application."""

    settings: Settings
    database: Database
    clock: Clock
    passwords: Passwords
    processor: CardProcessor
    tax_registry: TaxRegistry
    mailer: Mailer
    identity_providers: IdentityProviders

    @property
    def webhook_key(self) -> bytes:
        """What the secrets of webhooks are made of."""
        return self.settings.secret_key.encode()

    @property
    def machine_clock(self) -> Clock:
        """What sign-ins are counted by: moving a demo's clock neither ends a session nor forgives a wrong password."""
        return machines(self.clock)

    @property
    def code_book(self) -> CodeBook:
        """What reads the secrets of one-time codes."""
        of = self.settings
        return CodeBook(Seal(of.secret_key, PURPOSE, before=of.secret_keys_before), demo=of.demo)

    @property
    def organisations(self) -> Organisations:
        """What signing in through an organisation works with."""
        of = self.settings
        seal = Seal(of.secret_key, SEALED_FOR, before=of.secret_keys_before)
        return Organisations(self.database, self.identity_providers, seal)


def house() -> House:
    """The equipment of the application that answers this request."""
    return cast(House, current_app.extensions["twodoor"])
