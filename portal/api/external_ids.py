"""A product says how it calls an account or a person, so that it can ask by that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.api import shapes
from portal.api.operations import Operation
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.services.equipment import Session
from portal.shared.services.integrations import external_ids as service
from portal.shared.services.integrations.tokens import Bearer
from portal.shared.web.house import house
from portal.shared.web.transactions import writing


def call_account(bearer: Bearer, product: str, account: int, body: shapes.NewExternalId) -> shapes.Called:
    """Call an account so, from now on."""
    return _called(bearer, service.call_account, product, account, body)


def call_person(bearer: Bearer, product: str, person: int, body: shapes.NewExternalId) -> shapes.Called:
    """Call somebody so who holds a seat, from now on."""
    return _called(bearer, service.call_person, product, person, body)


def _called(
    bearer: Bearer,
    call: Callable[[Session, str, int, str, datetime], None],
    product: str,
    number: int,
    body: shapes.NewExternalId,
) -> shapes.Called:
    if bearer.product != product:
        raise Problem(403, "other_product", "Only the product itself says how it calls somebody.")
    try:
        call(writing(), product, number, body.external_id, house().clock.now())
    except service.NotHereError:
        raise Problem(404, "not_found") from None
    except service.TakenError:
        raise Problem(409, "taken", "The product calls somebody else so.") from None
    return shapes.Called(number, product, body.external_id)


OPERATIONS = (
    Operation(
        "call_account",
        "PUT",
        "/products/<product>/accounts/<int:account>/external-id",
        call_account,
        Scope.EXTERNAL_IDS_WRITE,
        "Say how the product calls an account.",
        shapes.Called,
        body=shapes.NewExternalId,
        refusals=(404, 409, 422),
    ),
    Operation(
        "call_person",
        "PUT",
        "/products/<product>/people/<int:person>/external-id",
        call_person,
        Scope.EXTERNAL_IDS_WRITE,
        "Say how the product calls somebody who holds a seat.",
        shapes.Called,
        body=shapes.NewExternalId,
        refusals=(404, 409, 422),
    ),
)
