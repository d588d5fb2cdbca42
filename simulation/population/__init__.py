"""Synthetic districts and how they vote: figures, names, people, kin, counts; each drawn from its own named stream.

Import from the modules: `parameters.load`, `synthesis.synthesize_district`, `voting.draw_party_poll`, `chance.stream`.
Nobody here is real, nobody has an ID number, and nothing joins a voter to a choice.
"""
