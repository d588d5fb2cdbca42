"""Histories of one unit's election with its bodies and of a village's term, as a real server kept them, and what writes them."""
