"""One module a version, frozen once released."""
