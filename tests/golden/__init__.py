"""The golden journal and the only command that writes it."""
