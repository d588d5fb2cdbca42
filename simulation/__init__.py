"""People and time: synthetic districts, the actors who run them, the faults they commit, the checker, the rehearsal."""
