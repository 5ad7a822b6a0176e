"""May this person come in? One statement for the token, one for the answer, and nothing when nothing has changed."""

from __future__ import annotations

from portal.api import shapes, telling
from portal.api.operations import Operation
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.services.integrations import entitlements as service
from portal.shared.services.integrations.tokens import Bearer
from portal.shared.web.house import house
from portal.shared.web.transactions import reading


def of_person(bearer: Bearer, query: shapes.EntitlementQuestion) -> shapes.Entitlements:
    """What somebody holds: of the token's account, or of the token's product."""
    return _held(bearer, query.email, query.product)


def of_product(bearer: Bearer, product: str, email: str) -> shapes.Entitlements:
    """Whether somebody is let into one product."""
    return _held(bearer, email, product)


def of_called(bearer: Bearer, product: str, external_id: str) -> shapes.Entitlements:
    """Whether somebody is let in whom the product calls so."""
    _check(bearer, product)
    held = service.held_by_called(
        reading(), product, external_id, house().clock.now(), account_id=bearer.account_id
    )
    return telling.entitlements(held, external_id=external_id)


def of_account(bearer: Bearer, product: str, external_id: str) -> shapes.AccountEntitlements:
    """What an account has whom the product calls so."""
    _check(bearer, product)
    if bearer.product is None:
        raise Problem(403, "other_product", "Only the product itself asks for accounts.")
    held = service.of_account(reading(), product, external_id, house().clock.now())
    if not held:
        raise Problem(404, "not_found")
    return telling.account_entitlements(external_id, held)


def _held(bearer: Bearer, email: str, product: str | None) -> shapes.Entitlements:
    _check(bearer, product)
    held = service.held_by(
        reading(),
        email,
        house().clock.now(),
        account_id=bearer.account_id,
        product=product or bearer.product,
    )
    return telling.entitlements(held, email=email)


def _check(bearer: Bearer, product: str | None) -> None:
    """Whether the token may ask about the product: all of its account's, or its own.

    Raises:
        Problem: 403.
    """
    if bearer.product is None and not bearer.speaks_for_account:
        raise Problem(
            403, "not_the_contact", "The person behind the token has no say in this account any more."
        )
    if bearer.product is not None and product not in (None, bearer.product):
        raise Problem(403, "other_product", f"This token reads the entitlements of {bearer.product}.")


OPERATIONS = (
    Operation(
        "person_entitlements",
        "GET",
        "/entitlements",
        of_person,
        Scope.ENTITLEMENTS_READ,
        "Which seats somebody holds, and what each lets them do.",
        shapes.Entitlements,
        query=shapes.EntitlementQuestion,
    ),
    Operation(
        "product_entitlements",
        "GET",
        "/products/<product>/entitlements/<email>",
        of_product,
        Scope.ENTITLEMENTS_READ,
        "Whether somebody is let into a product.",
        shapes.Entitlements,
    ),
    Operation(
        "called_entitlements",
        "GET",
        "/products/<product>/people/<external_id>/entitlements",
        of_called,
        Scope.ENTITLEMENTS_READ,
        "Whether somebody is let into a product, by the product's own name of them.",
        shapes.Entitlements,
    ),
    Operation(
        "account_entitlements",
        "GET",
        "/products/<product>/accounts/<external_id>/entitlements",
        of_account,
        Scope.ENTITLEMENTS_READ,
        "What an account has of a product, by the product's own name of it.",
        shapes.AccountEntitlements,
    ),
)
