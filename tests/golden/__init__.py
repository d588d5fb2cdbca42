"""The golden journals and the only command that writes them."""
