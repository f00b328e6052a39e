"""The studio: one local page and its REST API over the same calls as the command line. Needs the extra ``web``."""
