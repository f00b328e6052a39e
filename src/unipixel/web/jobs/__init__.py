"""Verbs that take long, each in a process of its own that outlives the page and the server."""
