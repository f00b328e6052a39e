"""What Aseprite would show is what is read: layers, opacity, links, palettes old and new; damage is one sentence."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.errors import ImageError
from unipixel.image.aseprite import decode_aseprite, decode_aseprite_palette, is_aseprite
from unipixel.image.aseprite_write import encode_aseprite

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)
COLORS = np.array([[9, 8, 7], [1, 2, 3], [200, 100, 50]], np.uint8)


def chunk(kind: int, body: bytes) -> bytes:
    return struct.pack("<IH", len(body) + 6, kind) + body


def layer(name="a", *, flags=1, kind=0, level=0, blend=0, opacity=255) -> bytes:
    head = struct.pack("<HHHHHHB3xH", flags, kind, level, 0, 0, blend, opacity, len(name))
    return chunk(0x2004, head + name.encode())


def cel(pixels, *, at=0, x=0, y=0, opacity=255, z=0, kind=2) -> bytes:
    pixels = np.asarray(pixels, np.uint8)
    data = zlib.compress(pixels.tobytes()) if kind == 2 else pixels.tobytes()
    size = struct.pack("<HH", pixels.shape[1], pixels.shape[0])
    return chunk(0x2005, struct.pack("<HhhBHh5x", at, x, y, opacity, kind, z) + size + data)


def link(target: int, *, at=0) -> bytes:
    return chunk(0x2005, struct.pack("<HhhBHh5xH", at, 0, 0, 255, 1, 0, target))


def sprite(*frames, width=2, height=1, depth=32, flags=1, transparent=0, speed=70) -> bytes:
    blocks = [
        struct.pack("<IHHH2xI", 16 + len(b"".join(parts)), 0xF1FA, len(parts), 0, 0) + b"".join(parts)
        for parts in frames
    ]
    body = b"".join(blocks)
    head = struct.pack(
        "<IHHHHHIH8xB", 128 + len(body), 0xA5E0, len(frames), width, height, depth, flags, speed, transparent
    )
    return head.ljust(128, b"\0") + body


def shown(data: bytes, index=0) -> list:
    return decode_aseprite(data).frame(index)[0].tolist()


def test_layers_lie_over_each_other():
    data = sprite([layer(), layer("b"), cel([[RED, RED]]), cel([[BLUE]], at=1, x=1)])

    assert shown(data) == [list(RED), list(BLUE)]


def test_the_z_index_reorders_layers():
    data = sprite([layer(), layer("b"), cel([[RED]], z=2), cel([[BLUE]], at=1)], width=1)

    assert shown(data) == [list(RED)]


def test_opacity_of_layer_and_cel_multiply():
    data = sprite([layer(), layer("b", opacity=128), cel([[RED]]), cel([[BLUE]], at=1, opacity=128)], width=1)

    # 128 * 128 / 255 = 64; 255 - 255 * 64 / 255
    assert shown(data) == [[191, 0, 64, 255]]


def test_the_opacity_of_layers_counts_only_where_the_header_says_so():
    data = sprite([layer(opacity=128), cel([[RED]])], width=1, flags=0)

    assert shown(data) == [list(RED)]


def test_half_clear_colour_over_nothing_keeps_its_colour():
    assert shown(sprite([layer(), cel([[(200, 100, 50, 10)]])], width=1)) == [[200, 100, 50, 10]]


@pytest.mark.parametrize("flags", [0, 2, 1 | 64])
def test_hidden_and_reference_layers_are_left_out(flags):
    assert shown(sprite([layer(flags=flags), cel([[RED]])], width=1)) == [[0, 0, 0, 0]]


def test_a_hidden_group_hides_what_is_in_it_and_no_more():
    parts = [layer("g", kind=1, flags=0), layer("in", level=1), layer("out")]

    assert shown(sprite([*parts, cel([[RED]], at=1), cel([[BLUE]], at=2, x=1)])) == [[0, 0, 0, 0], list(BLUE)]


def test_cels_beyond_the_canvas_are_cut():
    data = sprite([layer(), cel([[RED, BLUE], [RED, BLUE]], x=-1, y=-1), cel([[RED, RED]], x=1), cel([[RED]], x=-9)])

    assert shown(data) == [list(BLUE), list(RED)]


def test_linked_cels_show_the_frame_they_link_to():
    data = sprite([layer(), cel([[RED]])], [link(0)], [link(1)], [link(2)], width=1)

    assert shown(data, 3) == [list(RED)]


def test_a_link_to_nothing_shows_nothing():
    assert shown(sprite([layer()], [link(0)], width=1), 1) == [[0, 0, 0, 0]]


def test_links_in_a_circle_are_refused():
    with pytest.raises(ImageError, match="later frame"):
        decode_aseprite(sprite([layer(), link(1)], [link(0)])).frame(0)


def test_raw_cels_and_grey_sprites():
    assert shown(sprite([layer(), cel([[(7, 255), (9, 100)]], kind=0)], depth=16)) == [[7, 7, 7, 255], [9, 9, 9, 100]]


def test_the_transparent_index_is_a_colour_on_a_background():
    palette = chunk(
        0x2019, struct.pack("<III8x", 2, 0, 1) + struct.pack("<H4B", 0, *RED) + struct.pack("<H4B", 0, *BLUE)
    )
    pixels = cel(np.array([[[0], [1]]]))

    assert shown(sprite([palette, layer(), pixels], depth=8)) == [[0, 0, 0, 0], list(BLUE)]
    assert shown(sprite([palette, layer(flags=9), pixels], depth=8)) == [list(RED), list(BLUE)]


def test_names_and_ranges_of_palette_entries():
    whole = struct.pack("<III8x", 3, 0, 2) + b"".join(
        struct.pack("<H4BH", 1, n, n, n, 255, 2) + b"ab" for n in (10, 20, 30)
    )
    change = struct.pack("<III8x", 3, 1, 1) + struct.pack("<H4B", 0, 1, 2, 3, 200)

    palette = decode_aseprite_palette(sprite([chunk(0x2019, whole), chunk(0x2019, change)]))

    assert palette.tolist() == [[10, 10, 10, 255], [1, 2, 3, 200], [30, 30, 30, 255]]


def test_old_palettes_are_read_where_there_is_no_new_one():
    old = chunk(0x0004, struct.pack("<HBB", 2, 1, 1) + bytes([1, 2, 3]) + struct.pack("<BB", 1, 1) + bytes([4, 5, 6]))
    oldest = chunk(0x0011, struct.pack("<HBB", 1, 0, 2) + bytes([63, 0, 32, 1, 1, 1]))
    new = chunk(0x2019, struct.pack("<III8x", 1, 0, 0) + struct.pack("<H4B", 0, *RED))

    assert decode_aseprite_palette(sprite([old]))[:, :3].tolist() == [[0, 0, 0], [1, 2, 3], [0, 0, 0], [4, 5, 6]]
    assert decode_aseprite_palette(sprite([oldest])).tolist() == [[255, 0, 130, 255], [4, 4, 4, 255]]
    assert decode_aseprite_palette(sprite([new, old])).tolist() == [list(RED)]


def test_a_palette_may_change_from_frame_to_frame():
    def colored(color):
        return chunk(0x2019, struct.pack("<III8x", 2, 1, 1) + struct.pack("<H4B", 0, *color))

    ones = cel(np.array([[[1]]]))
    data = sprite([colored(RED), layer(), ones], [colored(BLUE), ones], [ones], depth=8, width=1)

    assert [shown(data, index) for index in range(3)] == [[list(RED)], [list(BLUE)], [list(BLUE)]]


def test_frames_without_a_time_of_their_own_take_the_speed():
    assert decode_aseprite(sprite([], [], speed=70)).durations == (70, 70)


def test_user_data_of_a_layer_is_not_that_of_the_sprite():
    def note(text):
        return chunk(0x2020, struct.pack("<IH", 1, len(text)) + text.encode())

    assert decode_aseprite(sprite([note("mine"), layer(), note("its")])).text == "mine"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([layer("glow", blend=16), cel([[RED]])], "'glow' has the blend mode Addition"),
        ([layer("map", kind=2), cel([[RED]], kind=3)], "'map' holds tiles"),
        ([layer(), chunk(0x2005, struct.pack("<HhhBHh5xHH", 0, 0, 0, 255, 2, 0, 65535, 65535))], "more than UniPixel"),
        ([layer(), cel([[RED]], at=3)], "has no layer"),
    ],
)
def test_what_cannot_be_shown_rightly_is_refused_by_name(parts, sentence):
    with pytest.raises(ImageError, match=sentence):
        decode_aseprite(sprite(parts)).frame(0)


def test_a_group_with_an_opacity_is_refused():
    with pytest.raises(ImageError, match="'g' is a group with an opacity"):
        decode_aseprite(sprite([layer("g", kind=1, opacity=9)], flags=3))


def test_a_blend_mode_that_is_not_shown_does_no_harm():
    assert shown(sprite([layer(flags=0, blend=16), cel([[RED]])], width=1)) == [[0, 0, 0, 0]]


def test_pixels_that_unpack_to_more_than_they_say_are_bounded():
    bomb = struct.pack("<HhhBHh5xHH", 0, 0, 0, 255, 2, 0, 1, 1) + zlib.compress(bytes(1 << 24))

    data = sprite([layer(), chunk(0x2005, bomb)], width=1)
    tracemalloc.start()
    picture = shown(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert picture == [[0, 0, 0, 0]]
    assert peak < 1 << 20


def test_many_frames_do_not_each_keep_a_huge_palette():
    huge = chunk(0x2019, struct.pack("<III8x", 65536, 0, 0) + struct.pack("<H4B", 0, *RED))

    read = decode_aseprite(sprite(*[[huge]] * 50))

    assert sum(frame.palette.nbytes for frame in read._frames[1:]) <= 49 * 1024


def test_no_palette_is_one_sentence():
    with pytest.raises(ImageError, match="no palette"):
        decode_aseprite_palette(sprite([layer()]))


def test_what_is_another_file_is_told_apart():
    assert is_aseprite(sprite([]))
    assert not is_aseprite(b"ASEF" + bytes(200))  # Adobe's swatches
    assert not is_aseprite(b"")
    with pytest.raises(ImageError, match="not an"):
        decode_aseprite(b"GIF89a")


WHOLE = encode_aseprite([np.eye(9, dtype=np.uint8)] * 2, palette=COLORS, transparent=0, text="a cat")


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_damage_is_an_image_error_or_does_no_harm(at, change):
    for data in (WHOLE[:at], WHOLE[:at] + change + WHOLE[at + len(change) :]):
        try:
            read = decode_aseprite(data)
            for index in range(min(len(read.durations), 2)):
                read.frame(index)
            decode_aseprite_palette(data)
        except ImageError:
            pass
