"""Moving accounts between the portals: looking at it before, carrying it out, undoing it, telling of it."""
