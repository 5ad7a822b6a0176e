"""Data sets of any number of accounts, and what a request costs in them."""
