"""What the law asks of a direct election, as values: the national floor, and what provinces and counties put on top."""
