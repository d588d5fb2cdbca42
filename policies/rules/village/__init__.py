"""The rules of a direct vote (V1–V26), one module per concern, for villages and for communities where every voter votes.

Functions take plain typed values and the election's `Norms`; a norm that is None asks for nothing. Where the 2025 law has
an article of its own for communities, pass its rule (R25-…) as `rule`: findings then name that one.
"""
