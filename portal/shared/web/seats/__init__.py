"""Manage product seats for users: the pages that both portals show."""
