"""How a product that is sold may call the accounts and the people that it knows from us."""

from __future__ import annotations

# What stands in an address of the web as it is, and no @: an address of mail is no number of somebody.
PATTERN = "[A-Za-z0-9_.:~-]{1,100}"
