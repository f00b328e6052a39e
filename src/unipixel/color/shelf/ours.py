"""Palettes of our own: ramps whose hue drifts from shadow to light; no two colours are closer than 0.03 in OKLab."""

from unipixel.color.shelf.entry import Entry

OURS = (
    Entry(
        "horror",
        """
        08060c 171420 2b2738 434155
        695f6b 90837e b3aa97 d7ceb1 f0ecd5
        330814 5d0e1e 8d1925 be2a27 e06b46 eeae82
        613e3e 8d5e52 b78d70
        14261d 2b3f2c 505e37 7e8244 b1b059 e2da82
        1c2f44 315166 517c8a 87b0b5 c4e0dd
        db9338 f2cd64 77d0a2
        """,
        ("UniPixel",),
        remark="Ramps of night, bone, blood, flesh, rot and moonlight; then candle, flame and ectoplasm.",
    ),
    Entry(
        "fantasy",
        """
        0d0c15 222232 3b3e52 596072 7c8796 a5b3bc ccdbdc f9f7ed
        002824 024633 22683b 4d903e 8fbd3f d8e669
        36191a 592e26 824a30 ab7144 cc9e68 e7cea1
        5a320e 895709 c38300 eeb318 fde56f fbfacf
        191d48 213b80 1d68b0 389dd1 74cde2 b9efee
        150826 32164b 5e2884 974ab6 cc7bd1 f1b9e4
        250611 4b0f1f 841428 c3292e eb603a fb985d
        8f594b b9846c dbb192 eed9bf
        """,
        ("UniPixel",),
        remark="Ramps of stone, forest, earth, gold, water, magic, dragon and skin.",
    ),
)
