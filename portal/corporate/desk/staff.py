"""Who works at the desk, and which accounts are theirs: every page of the desk asks here first."""

from __future__ import annotations

from flask import abort

from portal.shared.services import desk
from portal.shared.services.desk import Staff
from portal.shared.web.entrance import identity
from portal.shared.web.transactions import reading


def current_staff() -> Staff:
    """The person of our own staff who asks; for everybody else there is no desk."""
    person = identity.current_person()
    if person is None or person.staff_role is None:
        abort(404)
    return Staff(person.person_id, person.name, person.staff_role)


def account_of_staff(account_id: int) -> Staff:
    """The staff member, when the account is theirs to work on; otherwise it does not exist for them."""
    staff = current_staff()
    if not desk.works_on(reading(), staff, account_id):
        abort(404)
    return staff
