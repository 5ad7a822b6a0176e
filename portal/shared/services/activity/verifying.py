"""Proving that nobody touched the activity: every chain from its first link to its last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from portal.shared.domain.activity import (
    Broken,
    Checkpoint,
    Fault,
    chain_of_account,
    chain_of_person,
    first_fault,
)
from portal.shared.records import activity as records


def verify(
    session: Session,
    account_id: int | None = None,
    *,
    checkpoints: Mapping[int, Checkpoint] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Broken]:
    """The first broken link of each chain, of one account or of the whole house; none when all of it holds.

    `checkpoints` by account are what somebody wrote down earlier; only they tell that the end of a chain is missing.
    Personal values that were erased are no fault: the seals of what is there are compared.
    """
    known = dict(checkpoints or {})
    chains = list(records.chains(session, account_id))
    present = {account for account, _ in chains}
    # A chain that is gone altogether can only be missed by who wrote it down.
    chains += [(account, None) for account in known if account not in present]
    faults = []
    for number, (account, about) in enumerate(chains, start=1):
        name = chain_of_account(account) if account is not None else chain_of_person(about or 0)
        links = records.links(session, account, about)
        fault = first_fault(name, links, known.get(account) if account is not None else None)
        if fault is None and (changed := records.broken_values(session, account, about)):
            fault = Broken(name, changed[0], Fault.VALUE)
        if fault is not None:
            faults.append(fault)
        if progress is not None:
            progress(number)
    return faults
