"""Rehearsing with one account: a copy of it in a database of its own, whose clock is moved to its renewals.

Nothing that happens there leaves it: no code here knows a card processor, a mailer or the real database, but for the
copying itself (docs/decisions/0040).
"""
