"""Requests for a buyer's approval: read, answered, taken back; both portals mount these pages."""
