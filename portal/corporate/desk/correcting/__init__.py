"""What our own people put right: credit notes, write-offs and refunds."""
