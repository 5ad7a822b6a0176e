"""Countries by their names in the reader's language (CLDR), in the order of its alphabet."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from babel import Locale

from portal.shared.web.display import language

# CLDR's regions that are no countries: unions, pseudo-languages, unknown.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def country_name(code: str) -> str:
    """`Portugal` for `PT`; a code that CLDR does not know stays as it is."""
    return str(Locale.parse(language()).territories.get(code, code))


def countries() -> Sequence[tuple[str, str]]:
    """Every country as (code, name), as a dictionary of the page's language would list them."""
    found = Locale.parse(language()).territories
    named = [(code, str(name)) for code, name in found.items() if len(code) == 2 and code not in _NO_COUNTRY]
    return sorted(named, key=lambda one: in_a_dictionary(one[1], language()))


def in_a_dictionary(word: str, reader: str) -> tuple[str, str]:
    """A key to sort by: accents only decide between equal words; in Spanish, ñ is a letter after n."""
    small = word.casefold()
    kept = small.replace("ñ", "n{") if reader.startswith("es") else small  # the sign after z
    plain = "".join(one for one in unicodedata.normalize("NFKD", kept) if not unicodedata.combining(one))
    return plain, small
