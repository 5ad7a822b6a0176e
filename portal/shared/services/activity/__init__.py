"""What people did, kept beside what it changed: recording it, reading it, proving that nobody touched it."""

from __future__ import annotations

from portal.shared.services.activity.erasing import forget_values
from portal.shared.services.activity.recording import record, record_for_locked, record_personal

__all__ = ["forget_values", "record", "record_for_locked", "record_personal"]
