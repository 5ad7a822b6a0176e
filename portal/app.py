"""Builds the house: the only file that knows every room."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.api import routes as api
from portal.config import Settings, SettingsError
from portal.corporate import routes as corporate_portal
from portal.self_service import routes as billing_center
from portal.shared.domain.activity import Portal
from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.demo_clock import DemoClock
from portal.shared.gateways.demo_mail import DemoMailer
from portal.shared.gateways.identity_providers.openid import OpenIDProviders
from portal.shared.gateways.identity_providers.providers import IdentityProviders
from portal.shared.gateways.mail import Mailer, SmtpMailer, SmtpSecurity, SmtpSettings
from portal.shared.gateways.sandbox.pages import sandbox_pages
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.tax_registry import SandboxRegistry, TaxRegistry
from portal.shared.gateways.vies import ADDRESS as VIES
from portal.shared.gateways.vies import ViesRegistry
from portal.shared.records.database import Database
from portal.shared.services.charges import answers as charges
from portal.shared.services.charges import processor_messages
from portal.shared.services.payments.processor_notes import DatabaseNotebook
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.signing_in import LIFETIME
from portal.shared.services.webhooks import telling
from portal.shared.web import (
    compression,
    context,
    display,
    errors,
    headers,
    logs,
    looking,
    metrics,
    signing,
    standing,
    statics,
)
from portal.shared.web.entrance import confirming, doors, entry, identity, languages
from portal.shared.web.help import routes as help_centre
from portal.shared.web.house import House
from portal.shared.web.routes import front
from portal.shared.web.transactions import TransactionalFlask

_PORTAL = Path(__file__).parent
LARGEST_REQUEST = 1024 * 1024
# Where the bank leads back to from a payment with a card that was typed for it.
PAYMENT_PAGE = "/{portal}/payments/{reference}"


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    processor: CardProcessor | None = None,
    mailer: Mailer | None = None,
    tax_registry: TaxRegistry | None = None,
    identity_providers: IdentityProviders | None = None,
) -> TransactionalFlask:
    """Build the application; what is not given is made from the settings."""
    app = TransactionalFlask(
        __name__,
        static_folder=str(_PORTAL / "shared" / "web" / "static"),
        template_folder=str(templates_folder()),
    )
    _configure(app, settings)
    clock = clock or clock_of(settings)
    database = database or Database(settings.database_url)
    house = House(
        settings=settings,
        database=database,
        clock=clock,
        passwords=Passwords(
            memory_kib=settings.password_memory_kib,
            rounds=settings.password_rounds,
            demo=settings.demo,
            ours=(
                settings.seller.name,
                settings.seller.legal_name,
                settings.seller.website,
                settings.seller.email,
            ),
        ),
        processor=processor or _processor(settings, database, clock),
        tax_registry=tax_registry or _registry(settings, clock),
        mailer=mailer or _mailer(settings, clock),
        # A demo may try out a provider on its own machine, unencrypted; everybody else asks over https only.
        identity_providers=identity_providers or OpenIDProviders(plain_loopback=settings.demo),
    )
    app.extensions["twodoor"] = house
    telling.watch(database, clock.now)
    # Which page shows the form of an endpoint, for those who must sign in again while they fill it in.
    app.extensions["resume_pages"] = {}
    for part in (
        signing,
        compression,
        logs,
        headers,
        standing,
        statics,
        entry,
        identity,
        languages,
        display,
        context,
        doors,
        looking,
        confirming,
        errors,
    ):
        part.install(app)
    app.register_blueprint(front)
    app.register_blueprint(help_centre.help_centre)
    app.register_blueprint(billing_center.self_service)
    app.register_blueprint(corporate_portal.corporate)
    api.install(app)
    for room in (help_centre, billing_center, corporate_portal):
        app.extensions["resume_pages"].update(room.RESUME_PAGES)
    if isinstance(house.processor, SandboxProcessor):
        app.register_blueprint(_sandbox(house, house.processor))
    elif settings.stripe is not None:
        app.register_blueprint(_stripe(house))
    if settings.metrics:
        metrics.install(app, settings.data_dir)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def clock_of(settings: Settings) -> Clock:
    """The clock of the machine; a demo's can be moved, unless a real processor lives by the machine's as well."""
    moves = settings.demo and settings.stripe is None
    return DemoClock(settings.data_dir) if moves else SystemClock()


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    """The mail server of the settings; a demo, and an installation without one, keep mails as files."""
    server = settings.mail_server
    if settings.demo or server is None:
        return DemoMailer(settings.data_dir / "mail", clock)
    security = SmtpSecurity(server.security)
    return SmtpMailer(SmtpSettings(server.host, server.port, security, server.user, server.password), clock)


def _registry(settings: Settings, clock: Clock) -> TaxRegistry:
    """The European Union's registry where the settings ask for it, the sandbox's everywhere else."""
    if not settings.vies:
        return SandboxRegistry(clock)
    return ViesRegistry(clock, address=settings.vies_address or VIES, requester=settings.seller.tax_number)


def _processor(settings: Settings, database: Database, clock: Clock) -> CardProcessor:
    """Stripe where the settings hold a key of it, the sandbox everywhere else."""
    if settings.stripe is None:
        return SandboxProcessor(settings.data_dir, clock=clock)
    try:
        from portal.shared.gateways.stripe.client import stripe_client  # noqa: PLC0415  # an extra
        from portal.shared.gateways.stripe.processor import StripeProcessor  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SettingsError(
            'STRIPE_SECRET_KEY needs the extra "stripe": pip install "twodoor[stripe]"'
        ) from missing
    return StripeProcessor(
        stripe_client(settings.stripe.secret_key, settings.stripe.api_base),
        DatabaseNotebook(database, clock.now),
        clock,
        base_url=settings.base_url,
        webhook_secret=settings.stripe.webhook_secret,
    )


def _sandbox(house: House, processor: SandboxProcessor) -> Blueprint:
    """The sandbox processor's pages, and what its messages to us do."""
    database = house.database.told_from(Portal.PROCESSOR)

    def card_saved(reference: str) -> None:
        charges.card_typed(database, processor, house.clock.now, reference, PAYMENT_PAGE)

    def charge_settled(key: str) -> None:
        charges.resume(database, processor, house.clock.now, key)

    return sandbox_pages(processor, card_saved, charge_settled)


def _stripe(house: House) -> Blueprint:
    """Our pages around Stripe's, and what its messages to us do."""
    from portal.shared.gateways.stripe.pages import Ears, stripe_pages  # noqa: PLC0415
    from portal.shared.gateways.stripe.processor import StripeProcessor  # noqa: PLC0415

    database, processor, now = house.database.told_from(Portal.PROCESSOR), house.processor, house.clock.now
    assert isinstance(processor, StripeProcessor), "the settings name Stripe"
    ears = Ears(
        knows_card_page=lambda reference: charges.knows_card_page(database, reference),
        card_typed=lambda reference: charges.card_typed(database, processor, now, reference, PAYMENT_PAGE),
        charge_settled=lambda key: charges.resume(database, processor, now, key),
        take_message=lambda told: processor_messages.take(database, processor, now, told, PAYMENT_PAGE),
    )
    return stripe_pages(processor, ears)


def templates_folder() -> Path:
    """Where the templates stand: inside the package when installed, beside it in a checkout."""
    inside = _PORTAL / "templates"
    return inside if inside.is_dir() else _PORTAL.parent / "templates"


def _configure(app: TransactionalFlask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_keys_before) or None,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        # The browser ties a __Host- cookie to this host and to HTTPS; without HTTPS it would refuse it.
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LIFETIME + timedelta(minutes=5),
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as its session, so that nothing typed is lost
        WTF_CSRF_SSL_STRICT=False,  # entry.py checks Origin, which survives where Referer is stripped
    )
    app.jinja_env.undefined = context.Missing
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
