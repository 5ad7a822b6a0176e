"""What lies ahead of an account, as both portals and the desk show it."""
