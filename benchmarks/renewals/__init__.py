"""A night of renewals: everything that is due in a filled database, against the fewest rows that would do."""
