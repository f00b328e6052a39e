"""What all nodes share: ComfyUI's contract, and errors as one sentence in the words of the widgets."""

IMAGE, MASK, GRID, PALETTE = "IMAGE", "MASK", "UNIPIXEL_GRID", "UNIPIXEL_PALETTE"
"""Types of links."""

PICTURES = (IMAGE, {"tooltip": "One picture, or a batch."})
NATIVES = (IMAGE, {"tooltip": "Natives: one pixel for each art pixel, as Convert and To Native give them."})
ALPHA = (MASK, {"tooltip": "What is transparent, as Load Image gives it. One mask is for all pictures."})


class NodeError(Exception):
    """What a person reads in the host, in one or two sentences."""


class Node:
    """A node; says what it takes in ``INPUT_TYPES`` and does it in ``work``, which makes one call of the core."""

    CATEGORY = "UniPixel"
    FUNCTION = "run"
    TITLE = ""

    def run(self, **inputs):
        """Do the work; a mistake of the person's is told as a sentence."""
        from unipixel.conversion import in_form_words
        from unipixel.errors import UniPixelError

        try:
            return self.work(**inputs)
        except UniPixelError as error:
            raise NodeError(in_form_words(str(error))) from error
