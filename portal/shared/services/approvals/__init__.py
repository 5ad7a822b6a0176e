"""A buyer's approval: limits of billing contacts, requests above them, and what becomes of those."""
