"""The account's quotes: read, answered, ordered; and seats that are added to a contract."""
