"""Pages of the two portals that show the same thing: where an old link leads when its account was moved.

Only pages whose address names a thing are here: the others lead to their task, which is the same page anyway. Whether
the thing is the account's is asked by services/arriving/old_links.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.guard import open_to
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.visitor import Visitor

_ALIKE = (
    "after_card",
    "dispute_invoice",
    "import_seats",
    "invoice",
    "invoice_pdf",
    "invoice_xml",
    "move_seat",
    "order",
    "pay_invoice",
    "payment",
    "person",
    "person_seats",
    "request",
    "seats",
    "webhook",
)
_OTHER_PORTAL = {Reason.ACCOUNT_IS_CORPORATE, Reason.ACCOUNT_IS_ONLINE}

TWINS: Mapping[str, str] = {
    **{f"self_service.{name}": f"corporate.{name}" for name in _ALIKE},
    **{f"corporate.{name}": f"self_service.{name}" for name in _ALIKE},
}


def twin_for(visitor: Visitor, endpoint: str, there: Destination) -> str | None:
    """The page of the other portal that shows the same thing, if that is why the visitor is led on, and it is open."""
    twin = TWINS.get(endpoint)
    if twin is None or there.reason not in _OTHER_PORTAL:
        return None
    found = next((one for one in visitor.memberships if one.account_id == there.account_id), None)
    return twin if found is not None and open_to(found, twin) else None
