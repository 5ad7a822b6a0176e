"""May this person come in? One statement for the token, one for the answer, and nothing when nothing has changed."""

from __future__ import annotations

from portal.api import shapes, telling
from portal.api.problems import Problem
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


def _held(bearer: Bearer, email: str, product: str | None) -> shapes.Entitlements:
    if bearer.product is None and not bearer.speaks_for_account:
        raise Problem(
            403, "not_the_contact", "The person behind the token has no say in this account any more."
        )
    if bearer.product is not None and product not in (None, bearer.product):
        raise Problem(403, "other_product", f"This token reads the entitlements of {bearer.product}.")
    held = service.held_by(
        reading(),
        email,
        house().clock.now(),
        account_id=bearer.account_id,
        product=product or bearer.product,
    )
    return telling.entitlements(email, held)
