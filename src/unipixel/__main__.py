"""``python -m unipixel`` is the command ``unipixel``."""

from unipixel.cli.app import main

main()
