"""The command ``unipixel``: one file a verb, each a thin shell over one library call."""
