"""Where an old link leads when its account was moved to the other portal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.pages import DESK_PAGES, PAGES
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.twins import TWINS, twin_for
from portal.shared.domain.routing.visitor import Role
from tests.domain.test_routing import corporate, online, visitor

MOVED = Destination("corporate.home", reason=Reason.ACCOUNT_IS_CORPORATE, account_id=1)


@pytest.mark.parametrize("endpoint", sorted(TWINS))
def test_a_twin_is_a_page_of_the_other_portal_whose_twin_is_the_page(endpoint: str) -> None:
    twin = TWINS[endpoint]
    assert TWINS[twin] == endpoint
    assert {endpoint.partition(".")[0], twin.partition(".")[0]} == {"self_service", "corporate"}
    assert twin in PAGES
    assert twin not in DESK_PAGES


def test_an_old_link_leads_to_the_same_thing_in_the_other_portal() -> None:
    assert twin_for(visitor(corporate(1)), "self_service.invoice", MOVED) == "corporate.invoice"
    back = replace(MOVED, reason=Reason.ACCOUNT_IS_ONLINE)
    assert twin_for(visitor(online(1)), "corporate.invoice", back) == "self_service.invoice"


@pytest.mark.parametrize(
    ("endpoint", "there"),
    [
        pytest.param("self_service.cart", MOVED, id="no-twin"),
        pytest.param(
            "self_service.invoice", replace(MOVED, reason=Reason.NOT_THE_CONTACT), id="another-reason"
        ),
        pytest.param("self_service.invoice", replace(MOVED, account_id=2), id="another-account"),
    ],
)
def test_it_leads_nowhere_for_any_other_reason(endpoint: str, there: Destination) -> None:
    assert twin_for(visitor(corporate(1)), endpoint, there) is None


def test_it_leads_nowhere_where_the_page_is_closed_to_the_person() -> None:
    assert twin_for(visitor(corporate(1, Role.SEAT_HOLDER)), "self_service.invoice", MOVED) is None
