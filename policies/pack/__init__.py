"""A procedure as data: the pack's schema, its loader with line numbers, and its content hash."""
