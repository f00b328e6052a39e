"""What is read at most, so that a small file can never fill the memory."""

MAX_PIXELS = 16384 * 16384
"""Pictures with more pixels than this are refused: a decompression bomb, or a mistake."""
