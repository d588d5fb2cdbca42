"""Histories of one unit's election with its bodies, as a real server kept them, and the only command that writes them."""
