"""What happens next: the elections as Temporal workflows, in the order of the written procedure. Knows policies and the names of activities."""
