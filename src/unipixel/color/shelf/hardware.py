"""Palettes of machines. Where a screen's colours depend on who measured it, the remark says whose these are."""

from unipixel.color.shelf.entry import Entry

_ASEPRITE = "aseprite/aseprite: data/extensions/hardware-palettes/"
_GIMP = "denilsonsa/gimp-palettes: palettes/"

HARDWARE = (
    Entry(
        "1-bit",
        "000000 ffffff",
        (
            "peterhellberg/gfx: palettes.go",
            "dimtoneff/ComfyUI-PixelArt-Detector: palettes/1x/black-and-white-1x.png",
        ),
        aliases=("bw", "black-and-white", "monochrome"),
    ),
    Entry(
        "game-boy",
        "0f380f 306230 8bac0f 9bbc0f",
        (_ASEPRITE + "gameboy.gpl", _GIMP + "HW-Game-Boy.gpl"),
        aliases=("dmg", "dmg-01", "gb", "nintendo-game-boy"),
        remark="The four greens that emulators and drawing programs agree on.",
    ),
    Entry(
        "game-boy-bgb",
        "081820 346856 88c070 e0f8d0",
        (
            "dimtoneff/ComfyUI-PixelArt-Detector: palettes/1x/nintendo-gameboy-bgb-1x.png",
            "Mraulio/GBCamera-Android-Manager: app/src/main/res/raw/palettes.json",
        ),
        aliases=("bgb", "nintendo-gameboy-bgb"),
        remark="The greens of the emulator BGB: more contrast than game-boy.",
    ),
    Entry(
        "game-boy-pocket",
        "1f1f1f 4d533c 8b956d c4cfa1",
        (
            "libretro/gambatte-libretro: libgambatte/libretro/gbcpalettes.h (twb64_041_pocket_ver)",
            "Mraulio/GBCamera-Android-Manager: app/src/main/res/raw/palettes.json",
        ),
        aliases=("mgb", "gbp", "pocket"),
        remark="Olive greys as the unlit screen shows them; there are also emulators that use four neutral greys.",
    ),
    Entry(
        "nokia-3310",
        "43523d c7f0d8",
        (
            "madmaw/nokiajam2024: src/app/color_schemes/nokia_original.ts",
            "pancelor/nokiajam-pico8-template: change-palette.sh",
        ),
        aliases=("nokia",),
        remark="'Original' of the three pairs of colours of the Nokia 3310 Jam.",
    ),
    Entry(
        "cga",
        "000000 55ffff ff55ff ffffff",
        (_ASEPRITE + "cga1hi.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        aliases=("cga-1-high", "cga-1"),
        remark="Mode 4, palette 1, high intensity: the cyan and magenta that CGA is known for. Its 16 colours: ega-16.",
    ),
    Entry(
        "cga-1-low",
        "000000 00aaaa aa00aa aaaaaa",
        (_ASEPRITE + "cga1.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        remark="Mode 4, palette 1, low intensity.",
    ),
    Entry(
        "cga-0-high",
        "000000 55ff55 ff5555 ffff55",
        (_ASEPRITE + "cga0hi.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        aliases=("cga-0",),
        remark="Mode 4, palette 0, high intensity.",
    ),
    Entry(
        "cga-0-low",
        "000000 00aa00 aa0000 aa5500",
        (_ASEPRITE + "cga0.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        remark="Mode 4, palette 0, low intensity.",
    ),
    Entry(
        "cga-5-high",
        "000000 55ffff ff5555 ffffff",
        (_ASEPRITE + "cga3rdhi.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        aliases=("cga-5",),
        remark="Mode 5, high intensity.",
    ),
    Entry(
        "cga-5-low",
        "000000 00aaaa aa0000 aaaaaa",
        (_ASEPRITE + "cga3rd.gpl", _GIMP + "HW-CGA-(4-color-modes).gpl"),
        remark="Mode 5, low intensity.",
    ),
    Entry(
        "ega-16",
        """
        000000 0000aa 00aa00 00aaaa aa0000 aa00aa aa5500 aaaaaa
        555555 5555ff 55ff55 55ffff ff5555 ff55ff ffff55 ffffff
        """,
        (
            _ASEPRITE + "cga.gpl",
            _GIMP + "HW-CGA.gpl",
            "https://docs.rs/crate/game-toolkit-dosvideo/latest/source/src/palette.rs",
        ),
        aliases=("ega", "cga-16", "vga-16", "rgbi", "dos"),
        remark="EGA's default sixteen, which are CGA's (with brown instead of dark yellow) and VGA's first.",
    ),
    Entry(
        "c64",
        """
        000000 ffffff 813338 75cec8 8e3c97 56ac4d 2e2c9b edf171
        8e5029 553800 c46c71 4a4a4a 7b7b7b a9ff9f 706deb b2b2b2
        """,
        ("jeffnyman/improbable-mission: src/data/palette.ts (colodore)", "MazinCE/EmuLand: c64/src/c64_color.h"),
        aliases=("commodore-64", "colodore"),
        remark="Colodore (2017), the newest of Pepto's measurements of the VIC-II; the older one: c64-pepto.",
    ),
    Entry(
        "c64-pepto",
        """
        000000 ffffff 68372b 70a4b2 6f3d86 588d43 352879 b8c76f
        6f4f25 433900 9a6759 444444 6c6c6c 9ad284 6c5eb5 959595
        """,
        (_GIMP + "HW-Commodore-64-pepto.gpl", "jeffnyman/improbable-mission: src/data/palette.ts (vice)"),
        aliases=("pepto", "commodore-64-pepto"),
        remark="Pepto's calculation of 2001, the darker and greyer look of VICE and of many older pictures.",
    ),
    Entry(
        "zx-spectrum",
        """
        000000 0000d7 d70000 d700d7 00d700 00d7d7 d7d700 d7d7d7
        0000ff ff0000 ff00ff 00ff00 00ffff ffff00 ffffff
        """,
        ("floooh/chips: systems/zx.h", "abbruzze/zx: src/main/scala/ucesoft/zx/gpu/Palette.scala"),
        aliases=("spectrum", "zx", "sinclair-zx-spectrum"),
        remark="Normal, then bright; black is the same in both. Others take aa, c0 or cd for the normal level d7.",
    ),
    Entry(
        "msx",
        """
        000000 3eb849 74d07d 5955e0 8076f1 b95e51 65dbef db6559
        ff897d ccc35e ded087 3aa241 b766b5 cccccc ffffff
        """,
        (_GIMP + "HW-MSX.gpl", _ASEPRITE + "msx1.gpl (black as 010101 there)"),
        aliases=("msx1", "tms9918", "colecovision"),
        remark="TMS9918 as its data book's voltages give it, colours 1 to 15; an older conversion is more saturated.",
    ),
    Entry(
        "nes",
        """
        7c7c7c 0000fc 0000bc 4428bc 940084 a80020 a81000 881400 503000 007800 006800 005800 004058 000000
        bcbcbc 0078f8 0058f8 6844fc d800cc e40058 f83800 e45c10 ac7c00 00b800 00a800 00a844 008888
        f8f8f8 3cbcfc 6888fc 9878f8 f878f8 f85898 f87858 fca044 f8b800 b8f818 58d854 58f898 00e8d8 787878
        fcfcfc a4e4fc b8b8f8 d8b8f8 f8b8f8 f8a4c0 f0d0b0 fce0a8 f8d878 d8f878 b8f8b8 b8f8d8 00fcfc f8d8f8
        """,
        (
            "pegasus-toolset/color: palette/nintendoentertainmentsystem.go",
            "dimtoneff/ComfyUI-PixelArt-Detector: palettes/1x/nintendo-entertainment-system-1x.png",
            _GIMP + "HW-NES.gpl (the order; d8d8d8 for the last)",
        ),
        aliases=("famicom", "nintendo-entertainment-system"),
        remark="As pixel artists know it, in the hardware's order. The console gives no RGB: televisions vary.",
    ),
)
"""In order of their number of colours within a maker."""
