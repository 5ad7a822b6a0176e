"""From when on something that a test waits for is taken for hung rather than slow."""

from __future__ import annotations

# Seconds. A Python that starts beside forty others has needed more than one minute.
HUNG = 240.0
