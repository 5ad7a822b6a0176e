"""Measurements of the application against what its ground can do, as ratios (docs/performance.md)."""
