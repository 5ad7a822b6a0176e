"""What an account's billing contact keeps current."""
