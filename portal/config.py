"""Settings: everything that differs between one installation and another, read once from the environment."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from stdnum import bic, iban

DEMO_SELLER = Path(__file__).parent / "shared" / "demo" / "seller.toml"
ARRIVALS_DAYS = 90
PROOF_MINUTES = 15
API_REQUESTS_A_MINUTE = 600
MAILS_DAYS = 400  # a year of renewals can be looked up, and a little more


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Remittance:
    """Where transfers in one currency go: an IBAN, or an account with what its country routes by."""

    beneficiary: str
    bank: str
    iban: str = ""
    account: str = ""
    routing: str = ""  # branch, sort code or routing number, as the bank calls and writes it
    bic: str = ""

    def __post_init__(self) -> None:
        if not (self.beneficiary and self.bank and (self.iban or self.account)):
            raise SettingsError("remittance needs beneficiary, bank, and iban or account.")
        if self.iban and not iban.is_valid(self.iban, check_country=False):
            raise SettingsError(f"remittance: the check digits of the iban {self.iban} are wrong.")
        if self.bic and not bic.is_valid(self.bic):
            raise SettingsError(f"remittance: {self.bic} is no bic.")


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: shown on pages, mails and invoices; decides taxes."""

    name: str
    legal_name: str
    country: str
    email: str
    phone: str
    brand_colour: str = "#0b5c56"
    address: tuple[str, ...] = ()
    tax_number: str = ""
    tax_registrations: tuple[str, ...] = ()
    website: str = ""
    care_email: str = ""
    care_phone: str = ""
    corporate_email: str = ""
    corporate_phone: str = ""
    # How far our own people may go with a quote, by staff role: discount_percent and term_months.
    quote_limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    # How much of one invoice or payment our own people may give back alone, with tax, by role and currency in minor
    # units. Managers have no limit; a currency that is not named has the limit 0.
    credit_limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    # Where transfers go, by currency. Without an entry invoices in that currency are paid by card only.
    remittance: Mapping[str, Remittance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.brand_colour):
            raise SettingsError("The seller's brand_colour must look like #0b5c56.")
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise SettingsError("The seller's country must be two capital letters, as in PT.")
        if not all(re.fullmatch(r"[A-Z]{3}", currency) for currency in self.remittance):
            raise SettingsError(
                "remittance is told by currency: three capital letters, as in [remittance.EUR]."
            )
        for role, amounts in self.credit_limits.items():
            fine = all(re.fullmatch(r"[A-Z]{3}", code) and amount >= 0 for code, amount in amounts.items())
            if role not in {"rep", "care"} or not fine:
                raise SettingsError(
                    "credit_limits knows rep and care, each with amounts in minor units by currency: EUR = 20000."
                )
        for role, limits in self.quote_limits.items():
            if role not in {"rep", "manager"} or set(limits) != {"discount_percent", "term_months"}:
                raise SettingsError(
                    "quote_limits knows rep and manager, each with discount_percent and term_months."
                )
            if not (0 <= limits["discount_percent"] <= 100 and limits["term_months"] >= 0):
                raise SettingsError("quote_limits: a discount is 0 to 100 per cent, a term 0 months or more.")


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Keys for the real card processor (docs/stripe.md)."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    api_base: str = ""  # a stand-in for Stripe's own service, for tests


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server that takes our mails; `security` is starttls, tls or none."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. Secrets never show in a representation of this value."""

    database_url: str = field(repr=False)  # may hold a password
    secret_key: str = field(repr=False)
    data_dir: Path
    seller: Seller
    demo: bool = False
    https: bool = False
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    password_memory_kib: int = 65536
    password_rounds: int = 3
    # Former values of SECRET_KEY: cookies and sealed secrets of their time are still read.
    secret_keys_before: tuple[str, ...] = field(default=(), repr=False)
    proof_minutes: int = PROOF_MINUTES  # how long it counts that somebody showed who they are
    base_url: str = ""  # where people reach us, for the links in mails; without it mails hold no links
    stripe: StripeSettings | None = None  # without it cards are the sandbox's
    staging: bool = (
        False  # accounts may be cloned for rehearsals, as in a demo; never where cards are charged
    )
    mail_server: MailServer | None = None  # without it mails are files in data_dir, and reach nobody
    webhooks_private: bool = False  # webhooks may go into private networks, and by plain http
    api_requests_a_minute: int = API_REQUESTS_A_MINUTE  # of one token, in one process
    arrivals_days: int = ARRIVALS_DAYS  # how long it is kept who was led where, and why
    mails_days: int = MAILS_DAYS  # how long it is kept what was written to whom by mail
    tax_rates_file: Path | None = None  # rates of the seller's own; they win over the kept package
    metrics: str = ""  # host:port where Prometheus finds the figures; without it nothing is counted
    vies: bool = False  # ask the European Union's registry about VAT numbers; the sandbox's answers otherwise
    vies_address: str = ""  # a stand-in for the registry, for tests

    @property
    def rehearses(self) -> bool:
        """Whether accounts may be cloned for rehearsals: in a demo and in staging, and nowhere else."""
        return self.demo or self.staging

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; makes DATA_DIR and, when SECRET_KEY is not given, a key in it.

        Raises:
            SettingsError: a value cannot be used.
        """
        data_dir = Path(environ.get("DATA_DIR") or "var").absolute()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            database_url=environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'twodoor.sqlite3'}",
            secret_key=environ.get("SECRET_KEY") or _kept_key(data_dir / "secret-key"),
            data_dir=data_dir,
            seller=read_seller(Path(environ.get("SELLER_FILE") or DEMO_SELLER)),
            demo=_switch(environ, "DEMO"),
            https=_switch(environ, "HTTPS"),
            trusted_hosts=tuple(environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()),
            proxies=_number(environ, "PROXIES"),
            secret_keys_before=tuple(environ.get("SECRET_KEYS_BEFORE", "").split()),
            proof_minutes=_number(environ, "PROOF_MINUTES") or PROOF_MINUTES,
            base_url=_base_url(environ),
            stripe=_stripe(environ),
            staging=_staging(environ),
            mail_server=_mail_server(environ),
            webhooks_private=_switch(environ, "WEBHOOKS_PRIVATE"),
            api_requests_a_minute=_number(environ, "API_REQUESTS_A_MINUTE") or API_REQUESTS_A_MINUTE,
            arrivals_days=_number(environ, "ARRIVALS_DAYS") or ARRIVALS_DAYS,
            mails_days=_number(environ, "MAILS_DAYS") or MAILS_DAYS,
            tax_rates_file=Path(environ["TAX_RATES_FILE"]) if environ.get("TAX_RATES_FILE") else None,
            metrics=_metrics(environ),
            vies=_switch(environ, "VIES"),
            vies_address=environ.get("VIES_ADDRESS", "").strip(),
        )


def read_seller(file: Path) -> Seller:
    """Read the seller from a TOML file.

    Raises:
        SettingsError: the file is missing, is not TOML, or holds too little or too much.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"SELLER_FILE {file} cannot be read: {error}") from error
    try:
        fields: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        remittance = fields.pop("remittance", {})
        accounts = {currency: Remittance(**account) for currency, account in remittance.items()}
        return Seller(**fields, remittance=accounts)
    except TypeError as error:
        raise SettingsError(f"SELLER_FILE {file}: {str(error).removeprefix('Seller.__init__() ')}") from error


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise SettingsError(f"{name} must be 1 or 0.")


def _number(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "").strip() or "0"
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, 0 or more.")
    return int(value)


def _base_url(environ: Mapping[str, str]) -> str:
    value = environ.get("BASE_URL", "").strip().rstrip("/")
    if value and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise SettingsError("BASE_URL must be an address as in https://billing.example.com.")
    return value


_MAIL_SCHEMES = {"smtp+starttls": ("starttls", 587), "smtps": ("tls", 465), "smtp": ("none", 25)}


def _mail_server(environ: Mapping[str, str]) -> MailServer | None:
    value = environ.get("SMTP_URL", "").strip()
    if not value:
        return None
    parts = urlsplit(value)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number
        host = port = None
    if not host or parts.scheme not in _MAIL_SCHEMES or parts.path.strip("/") or parts.query:
        raise SettingsError(
            "SMTP_URL must look like smtp+starttls://user:password@mail.example.com:587, smtps://… or smtp://…"
        )
    security, usual_port = _MAIL_SCHEMES[parts.scheme]
    if parts.username is not None and security == "none":
        raise SettingsError(
            "SMTP_URL holds a password, which smtp:// would send in clear; use smtp+starttls://"
        )
    return MailServer(
        host,
        port or usual_port,
        security,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _metrics(environ: Mapping[str, str]) -> str:
    """Where the figures are told: an address of this machine and a port, as in 127.0.0.1:9464."""
    value = environ.get("METRICS", "").strip()
    if value and not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}", value):
        raise SettingsError("METRICS must be an address and a port, as in 127.0.0.1:9464.")
    return value


def _staging(environ: Mapping[str, str]) -> bool:
    """Whether this is an installation for trying things out, where accounts may be cloned."""
    staging = _switch(environ, "STAGING")
    if staging and "_live_" in environ.get("STRIPE_SECRET_KEY", ""):
        raise SettingsError(
            "STAGING is for trying things out, and STRIPE_SECRET_KEY is a live key; use one of test mode."
        )
    return staging


def _stripe(environ: Mapping[str, str]) -> StripeSettings | None:
    key = environ.get("STRIPE_SECRET_KEY", "").strip()
    if not key:
        return None
    if not key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise SettingsError("STRIPE_SECRET_KEY must be a secret or restricted key: sk_… or rk_…")
    if _switch(environ, "DEMO") and "_live_" in key:
        raise SettingsError(
            "STRIPE_SECRET_KEY is a live key, and a demo must charge nobody; use one of test mode."
        )
    if not _base_url(environ):
        raise SettingsError(
            "STRIPE_SECRET_KEY needs BASE_URL, where Stripe and the banks lead people back to."
        )
    secret = environ.get("STRIPE_WEBHOOK_SECRET", "").strip()
    if secret and not secret.startswith("whsec_"):
        raise SettingsError("STRIPE_WEBHOOK_SECRET must be the signing secret of the endpoint: whsec_…")
    return StripeSettings(key, secret, environ.get("STRIPE_API_BASE", "").strip().rstrip("/"))


def _kept_key(file: Path) -> str:
    """The installation's own secret; workers that start together end with the same one."""
    if not file.exists():
        handle, name = tempfile.mkstemp(dir=file.parent)  # mode 0600 from the start
        with os.fdopen(handle, "w") as writing:
            writing.write(secrets.token_urlsafe(48))
        try:
            os.link(name, file)  # appears whole or not at all; the first one stays
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return file.read_text().strip()
