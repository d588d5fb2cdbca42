"""Tests of the workflow engine. Nothing here sleeps or needs a server."""
