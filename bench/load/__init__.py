"""Many communities at once on a real server: what the elections cost there beyond what the SDK and the server cost anyway.

Nothing is imported here: the sandbox of the bare worker imports this package anew for every workflow.
"""
