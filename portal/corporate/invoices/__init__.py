"""The account's invoices: found, read, kept, paid."""
