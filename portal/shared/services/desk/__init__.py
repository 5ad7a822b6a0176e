"""The workplace of our own people: whose accounts these are, what waits there, who works with whom."""

from __future__ import annotations

from portal.shared.services.desk.staff import Staff, is_of, works_on

__all__ = ["Staff", "is_of", "works_on"]
