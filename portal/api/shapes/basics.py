"""What many of them have: numbers, words, digests; and how pages of lists are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from portal.api.typed import Limits
from portal.shared.domain.integrations.external_ids import PATTERN as EXTERNAL_ID

LARGEST = 2**63 - 1
Number = Annotated[int, Limits(at_least=1, at_most=LARGEST)]
Seats = Annotated[int, Limits(at_least=1, at_most=100_000, example=25)]
Code = Annotated[str, Limits(shortest=1, longest=60)]
Address = Annotated[str, Limits(shortest=3, longest=254, example="ada@example.com")]
Digest = Annotated[str, Limits(shortest=64, longest=64)]
ExternalId = Annotated[str, Limits(longest=100, pattern=EXTERNAL_ID, example="usr_2Zk91")]
Note = Annotated[str, Limits(shortest=1, longest=2000)]
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class NoQuestion:
    """Nothing is asked with the address."""


@dataclass(frozen=True, slots=True)
class OlderPage:
    """A page of a list, newest first: `before` is the `next` of the page before."""

    before: Annotated[int | None, Limits(at_least=1)] = None


@dataclass(frozen=True, slots=True)
class FurtherPage:
    """A page of a list in its order: `after` is the `next` of the page before."""

    after: Number | None = None
