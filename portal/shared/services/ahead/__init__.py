"""What lies ahead of an account: what is pending, by day, and the invoice it leads to."""

from __future__ import annotations

from portal.shared.services.ahead.pending import Pending, PendingKind, pending_of

__all__ = ["Pending", "PendingKind", "pending_of"]
