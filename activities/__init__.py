"""What touches the world: one commit a step into journal, inbox and registry, and the papers. Safe to run at least once."""
