"""What is lawful: pure rules and procedures as data. No clock, file, network or randomness; everything comes in as arguments."""
