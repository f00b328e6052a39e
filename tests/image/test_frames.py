"""Whatever holds frames gives them in order, of one size, with their times, as often as asked, one at a time."""

import io
import struct
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from unipixel.errors import ImageError
from unipixel.image import encode_animation, encode_aseprite, load_image, open_frames, save_png
from unipixel.image.frames import natural_key
from unipixel.image.png import chunk

FRAMES = [
    np.random.default_rng(seed).integers(1, 256, (5, 6, 4)).astype(np.uint8) | (0, 0, 0, 255) for seed in range(3)
]
FRAMES = [frame.astype(np.uint8) for frame in FRAMES]


def same(read, expected) -> bool:
    return all((picture == frame).all() for picture, frame in zip(read, expected, strict=True))


@pytest.mark.parametrize("source", ["array", "pillow", "bytes", "path"])
def test_a_still_picture_is_one_frame(tmp_path, source):
    file = save_png(tmp_path / "a.png", FRAMES[0], text={"parameters": "a cat"})
    value = {"array": FRAMES[0], "pillow": Image.fromarray(FRAMES[0]), "bytes": file.read_bytes(), "path": file}[source]

    frames = open_frames(value)

    assert same(frames, FRAMES[:1])
    assert same(frames, FRAMES[:1])
    assert (frames.size, frames.count, frames.durations, frames.is_animation) == ((5, 6), 1, (100.0,), False)
    assert frames.metadata == ({"parameters": "a cat"} if source in ("bytes", "path") else {})


@pytest.mark.parametrize("format", ["apng", "webp", "gif", "aseprite"])
def test_animations(tmp_path, format):
    if format == "aseprite":
        data = encode_aseprite(FRAMES, durations=[50, 100, 250], text="a cat")
    else:
        data = encode_animation(FRAMES, [50, 100, 250], format=format, text={"parameters": "a cat"})
    (tmp_path / "a.png").write_bytes(data)

    frames = open_frames(tmp_path / "a.png")

    assert frames.is_animation
    assert frames.size == (5, 6)
    assert same(frames, FRAMES)
    assert same(frames, FRAMES)
    assert frames.durations == (50.0, 100.0, 250.0)
    assert frames.count == 3
    assert frames.metadata == {"parameters": "a cat"}


def test_times_are_known_without_iterating_first():
    frames = open_frames(encode_animation(FRAMES, 70, format="apng"))

    assert frames.count is None
    assert frames.durations == (70.0,) * 3


def test_leaving_early_tells_no_wrong_count():
    frames = open_frames(encode_animation(FRAMES, 70, format="apng"))

    next(iter(frames))

    assert frames.count is None


def test_two_readers_do_not_disturb_each_other():
    frames = open_frames(encode_animation(FRAMES, 70, format="webp"))

    assert all((one == two).all() for one, two in zip(frames, frames, strict=True))


def gif(blocks: bytes, size=(4, 4), background=0) -> bytes:
    """A GIF with the colours black, red, green, blue."""
    table = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0xF1, background, 0) + table + blocks + b";"


def gif_frame(color: int, box: tuple[int, int, int, int], *, disposal=0, delay=5, transparent=None) -> bytes:
    """One colour in a box of (left, top, width, height)."""
    flags = disposal << 2 | (transparent is not None)
    image = Image.fromarray(np.full((box[3], box[2]), color, np.uint8))
    image.putpalette([0, 0, 0])
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False)
    data = buffer.getvalue()
    pixels = data[data.index(b",", 13) + 10 :] if not data[10] & 0x80 else _pixels_of(data)
    control = b"!\xf9\x04" + struct.pack("<BHB", flags, delay, transparent or 0) + b"\0"
    return control + b"," + struct.pack("<HHHHB", *box, 0) + pixels[:-1]


def _pixels_of(data: bytes) -> bytes:
    at = 13 + (3 << ((data[10] & 7) + 1))
    while data[at : at + 1] == b"!":
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    local = 3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0
    return data[at + 10 + local :]


RED, GREEN, BLUE, CLEAR = [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0]


@pytest.mark.parametrize(("disposal", "corner"), [(0, GREEN), (1, GREEN), (2, CLEAR), (3, RED)])
def test_a_gif_frame_is_kept_cleared_or_taken_back(disposal, corner):
    blocks = [
        gif_frame(1, (0, 0, 4, 4), transparent=0, delay=7),
        gif_frame(2, (0, 0, 2, 2), transparent=0, disposal=disposal, delay=0),
        gif_frame(3, (3, 3, 1, 1), transparent=0, delay=9),
    ]

    frames = open_frames(gif(b"".join(blocks)))
    last = list(frames)[2]

    assert last[0, 0].tolist() == corner
    assert last[3, 3].tolist() == BLUE
    assert last[0, 3].tolist() == RED
    assert frames.durations == (70.0, 100.0, 90.0)
    assert frames.loop == 1


def test_the_picture_before_an_apng_is_no_frame():
    still, first, second = (Image.fromarray(frame) for frame in FRAMES)
    buffer = io.BytesIO()
    still.save(buffer, "PNG", save_all=True, default_image=True, append_images=[first, second], duration=80)

    frames = open_frames(buffer.getvalue())

    assert same(frames, FRAMES[1:])
    assert frames.durations == (80.0, 80.0)


def test_a_folder_is_frames_in_natural_order(tmp_path):
    for name, frame in zip(["frame2.png", "frame10.png", "Frame1.png"], [FRAMES[1], FRAMES[2], FRAMES[0]], strict=True):
        save_png(tmp_path / name, frame, text={"parameters": name})
    (tmp_path / "notes.txt").write_text("no frame")
    (tmp_path / ".hidden.png").write_bytes(b"no frame")

    frames = open_frames(tmp_path)

    assert same(frames, FRAMES)
    assert frames.durations == (100.0,) * 3
    assert frames.metadata == {"parameters": "Frame1.png"}


def test_natural_order_with_and_without_numbers():
    names = ["b.png", "a10.png", "a2.png", "a.png", "7.png", "a²3.png", "a02.png"]

    ordered = sorted(names, key=natural_key)

    assert ordered[0] == "7.png"
    assert ordered.index("a02.png") < ordered.index("a10.png")
    assert ordered.index("a2.png") < ordered.index("a10.png")
    assert sorted(ordered[::-1], key=natural_key) == ordered


def test_folders_that_are_no_frames_are_one_sentence(tmp_path):
    with pytest.raises(ImageError, match="no pictures in this folder"):
        open_frames(tmp_path)
    save_png(tmp_path / "1.png", FRAMES[0])
    save_png(tmp_path / "2.png", FRAMES[0][:, :4])
    with pytest.raises(ImageError, match="frame 2 is 4x5 px, the first one 6x5"):
        list(open_frames(tmp_path))


def test_pages_of_a_tiff_are_no_animation():
    buffer = io.BytesIO()
    Image.fromarray(FRAMES[0]).save(buffer, "TIFF", save_all=True, append_images=[Image.fromarray(FRAMES[1])])

    assert open_frames(buffer.getvalue()).count == 1


def test_one_frame_is_in_memory_at_a_time():
    data = encode_animation(
        (np.full((256, 256), index, np.uint8) for index in range(40)), 50, format="apng",
        palette=np.arange(120, dtype=np.uint8).reshape(40, 3),
    )  # fmt: skip
    frames = open_frames(data)
    tracemalloc.start()

    total = sum(int(frame[0, 0, 0]) for frame in frames)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == sum(range(0, 120, 3))
    assert peak < 10 * 256 * 256 * 4


def test_a_frame_that_is_cut_off_is_one_sentence(tmp_path):
    data = encode_animation(FRAMES, 50, format="apng")
    (tmp_path / "cut.png").write_bytes(data[: len(data) * 2 // 3])

    with pytest.raises(ImageError, match=r"cut\.png: damaged, cut short"):
        list(open_frames(tmp_path / "cut.png"))


def test_the_first_frame_is_what_load_image_reads():
    data = encode_animation(FRAMES, 50, format="gif")

    assert (next(iter(open_frames(data))) == load_image(data)).all()


def test_a_still_png_with_one_animated_frame_is_read():
    assert same(open_frames(encode_animation(FRAMES[:1], 50, format="apng")), FRAMES[:1])


def test_chunks_that_say_nothing_are_passed_over():
    data = encode_animation(FRAMES, 50, format="apng")

    assert same(open_frames(data[:-12] + chunk(b"prIv", b"x") + data[-12:]), FRAMES)
