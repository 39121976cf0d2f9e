"""Decoding cover images: colour profiles, transparency, orientation and limits."""

import random
import struct
import zlib
from itertools import pairwise

import pytest
from PIL import Image, ImageCms

from album_store.infrastructure.media import covers, jpeg_parts, picture_parts
from album_store.infrastructure.media.colour_profile import MAX_PROFILE_BYTES, matrix_profile
from album_store.infrastructure.media.media_error import MediaError
from tests.support.checkout import CASES
from tests.support.needs import needs_cases
from tests.support.picture_files import (
    GREY,
    GREY_ALPHA,
    PALETTE,
    RGB,
    RGBA,
    SIGNATURE,
    chunk,
    exif,
    jpeg_of_scans,
    large_png,
    png,
    saved,
    segment,
    with_segment,
)

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
GREEN: Colour = (60, 160, 60)
RED: Colour = (200, 60, 59)
# Adobe RGB (1998) and Display P3 as published by Adobe and Apple.
ADOBE = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
ADOBE_PROFILE = matrix_profile(ADOBE, 256 / 563)
P3_PROFILE = matrix_profile((0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060), None)
# GREEN and RED in Adobe RGB, and GREEN in Display P3, as Chromium shows them.
GREEN_OF_ADOBE, RED_OF_ADOBE, GREEN_OF_P3 = (0, 161, 47), (231, 57, 56), (0, 163, 40)
LINEAR = chunk(b"gAMA", struct.pack(">I", 100_000))
# The sRGB value of a grey of 64 in linear light.
LIGHT_64 = 137


def decoded(content: bytes) -> Image.Image:
    return covers.decode_cover(covers.picture_parts(content))


def colours(content: bytes) -> list[Colour]:
    """Return the colour in the middle of each 16-pixel square in a row."""
    image = decoded(content)
    return [image.getpixel((left + 8, 8)) for left in range(0, image.width, 16)]


def close(found: Colour, wanted: Colour, by: int = 1) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def shows(content: bytes, *wanted: Colour, by: int = 1) -> bool:
    found = colours(content)
    return len(found) == len(wanted) and all(map(lambda one, other: close(one, other, by), found, wanted))


def icc(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"name\0\0" + zlib.compress(profile))


def primaries(values: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


def key(*samples: int) -> bytes:
    return chunk(b"tRNS", struct.pack(f">{len(samples)}H", *samples))


def plain(colour: Colour = GREEN) -> Image.Image:
    return Image.new("RGB", (16, 16), colour)


# Colour


@pytest.mark.parametrize(
    "content",
    [
        saved(plain(), "JPEG", quality=100, subsampling=0, icc_profile=ADOBE_PROFILE),
        saved(plain(), "PNG", icc_profile=ADOBE_PROFILE),
        saved(plain(), "WEBP", lossless=True, icc_profile=ADOBE_PROFILE),
        saved(plain().quantize(), "PNG", icc_profile=ADOBE_PROFILE),
        saved(plain().convert("RGBA"), "PNG", icc_profile=ADOBE_PROFILE),
        png(RGB, [bytes((60, 60, 160, 160, 60, 60))], depth=16, before=icc(ADOBE_PROFILE)),
    ],
    ids=["jpeg", "png", "webp", "palette", "alpha", "16-bit"],
)
def test_an_embedded_colour_profile_is_applied(content):
    assert shows(content, GREEN_OF_ADOBE)


def test_a_profile_may_span_several_segments_of_a_jpeg():
    long_profile = ADOBE_PROFILE + bytes(100_000)
    content = saved(plain(), "JPEG", quality=100, subsampling=0, icc_profile=long_profile)
    assert content.count(b"ICC_PROFILE\0") == 2
    assert shows(content, GREEN_OF_ADOBE)
    assert shows(content.replace(b"ICC_PROFILE\0\x02\x02", b"ICC_PROFILE\0\x01\x02"), GREEN)


def test_an_srgb_profile_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.frombytes("RGB", (64, 64), random.Random(1).randbytes(64 * 64 * 3))  # noqa: S311 -- noise
    assert decoded(saved(image, "PNG", icc_profile=profile)).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        (LINEAR, (133, 208, 133)),
        (chunk(b"gAMA", struct.pack(">I", 45_455)), GREEN),
        (chunk(b"gAMA", struct.pack(">I", 45_455)) + primaries(ADOBE), GREEN_OF_ADOBE),
        (primaries(ADOBE), GREEN),
        (LINEAR + chunk(b"gAMA", struct.pack(">I", 45_455)), (133, 208, 133)),
        (LINEAR + chunk(b"sRGB", b"\0"), GREEN),
        (LINEAR + icc(ADOBE_PROFILE), GREEN_OF_ADOBE),
        (LINEAR + icc(b"no profile"), (133, 208, 133)),
        (icc(P3_PROFILE), GREEN_OF_P3),
        (icc(ADOBE_PROFILE) + chunk(b"cICP", bytes((12, 13, 0, 1))), GREEN_OF_P3),
        (chunk(b"cICP", bytes((1, 8, 0, 1))), (133, 208, 133)),
        (chunk(b"cICP", bytes((9, 16, 0, 1))), GREEN),
    ],
    ids=[
        "gamma", "srgb-gamma", "gamma-and-primaries", "primaries-alone", "first-wins", "srgb-wins",
        "profile-wins", "broken-profile", "p3", "cicp-wins", "linear-cicp", "hdr",
    ],
)  # fmt: skip
def test_the_colour_chunks_of_a_png_are_applied(chunks, wanted):
    assert shows(png(RGB, [bytes(GREEN)], before=chunks), wanted)


@pytest.mark.parametrize(
    "content",
    [
        png(GREY, [b"\x40"], before=LINEAR),
        png(GREY, [b"\x40\x40"], depth=16, before=LINEAR),
        png(GREY, [b"\x44"], depth=4, before=LINEAR),
        png(GREY_ALPHA, [b"\x40\xff"], before=LINEAR),
        png(GREY_ALPHA, [b"\x40\x40\xff\xff"], depth=16, before=LINEAR),
        png(PALETTE, [b"\0"], before=chunk(b"PLTE", bytes((64, 64, 64))) + LINEAR),
        png(RGBA, [bytes((64, 64, 64, 255))], before=LINEAR),
    ],
    ids=["grey", "16-bit", "4-bit", "alpha", "16-bit-alpha", "palette", "colours"],
)
def test_grey_of_every_kind_is_converted(content):
    assert shows(content, (LIGHT_64,) * 3, by=4)


def grey_profile(gamma: float) -> bytes:
    """Return an ICC profile for greyscale, made from a colour profile without its primaries."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63_190, 65_536, 54_061)
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 16)
    head = bytearray(P3_PROFILE[:128])
    head[:4], head[8], head[16:20] = struct.pack(">I", 192), 2, b"GRAY"
    return bytes(head) + tags + white + curve


@pytest.mark.parametrize(
    "content",
    [
        saved(Image.new("L", (16, 16), 64), "JPEG", quality=100, icc_profile=grey_profile(1)),
        png(GREY, [b"\x40"], before=icc(grey_profile(1))),
        png(GREY_ALPHA, [b"\x40\x40\xff\xff"], depth=16, before=icc(grey_profile(1))),
    ],
    ids=["jpeg", "png", "16-bit-alpha"],
)
def test_a_greyscale_profile_is_applied_to_a_greyscale_image(content):
    assert shows(content, (LIGHT_64,) * 3)


@pytest.mark.parametrize(
    "profile",
    [b"", b"junk", ADOBE_PROFILE[:200], bytes(300), grey_profile(1)],
    ids=["empty", "words", "cut-short", "zeros", "of-greys"],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_an_unusable_profile_is_ignored(profile, form):
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {"lossless": True}
    assert shows(saved(plain(RED), form, icc_profile=profile, **options), RED, by=2)


def test_a_profile_that_decompresses_to_too_much_data_is_ignored():
    assert shows(png(RGB, [bytes(RED)], before=icc(ADOBE_PROFILE + bytes(MAX_PROFILE_BYTES))), RED)


def test_cmyk_is_converted_and_an_rgb_profile_is_not_applied_to_it():
    image = plain(RED).convert("CMYK")
    for profile in (None, ADOBE_PROFILE):
        assert shows(saved(image, "JPEG", quality=100, subsampling=0, icc_profile=profile), RED, by=2)


@pytest.mark.parametrize(
    "values",
    [(0.0,) * 8, (0.3, 0.0, *ADOBE[2:]), (0.3, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), (42_949.0, 1e-5) * 4],
)
def test_impossible_primaries_are_ignored(values):
    assert shows(png(RGB, [bytes(RED)], before=LINEAR + primaries(values)), RED)


@pytest.mark.parametrize(
    "gamma", [b"", b"\0", bytes(4), struct.pack(">I", 1), b"\xff" * 4], ids=["empty", "short", "zero", "tiny", "huge"]
)
def test_an_impossible_gamma_does_not_refuse_the_image(gamma):
    assert len(colours(png(RGB, [bytes(RED)], before=chunk(b"gAMA", gamma)))) == 1


# Transparency


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (png(RGB, [bytes(GREEN), bytes(RED)], before=key(*GREEN)), [WHITE, RED]),
        (png(RGB, [bytes(GREEN), bytes(RED)], before=key(*(0xFF00 | sample for sample in GREEN))), [WHITE, RED]),
        (
            png(RGB, [bytes((1, 2, 3, 4, 5, 6)), bytes((1, 2, 3, 4, 5, 7))], depth=16, before=key(0x102, 0x304, 0x506)),
            [WHITE, (1, 3, 5)],
        ),
        (png(GREY, [b"\x40", b"\x41"], before=key(0x40)), [WHITE, (65, 65, 65)]),
        (png(GREY, [b"\x40\x01", b"\x40\x02"], depth=16, before=key(0x4001)), [WHITE, (64, 64, 64)]),
        (png(GREY, [b"\x44", b"\x33"], depth=4, before=key(4)), [WHITE, (51, 51, 51)]),
        (png(GREY, [b"\x55", b"\xaa"], depth=2, before=key(1)), [WHITE, (170, 170, 170)]),
        (png(GREY, [b"\x00", b"\xff"], depth=1, before=key(0)), [WHITE, WHITE]),
        (png(GREY, [b"\x00", b"\xff"], depth=1, before=key(1)), [(0, 0, 0), WHITE]),
        (png(GREY_ALPHA, [b"\x00\x80", b"\x64\x00"]), [(127, 127, 127), WHITE]),
        (png(GREY_ALPHA, [b"\x00\x00\x80\x80", b"\x64\x64\x00\x00"], depth=16), [(127, 127, 127), WHITE]),
        (png(RGBA, [bytes((*RED, 0)), bytes((0, 0, 0, 128))]), [WHITE, (127, 127, 127)]),
        (
            png(PALETTE, [b"\0", b"\1", b"\2"], before=chunk(b"PLTE", bytes(9)) + chunk(b"tRNS", b"\0\x80")),
            [WHITE, (127, 127, 127), (0, 0, 0)],
        ),
        (
            png(PALETTE, [b"\0", b"\1"], before=chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\xff\0")),
            [(0, 0, 0), WHITE],
        ),
        (saved(Image.new("RGBA", (16, 16), (*RED, 0)), "WEBP", lossless=True, exact=True), [WHITE]),
    ],
    ids=[
        "key", "key-with-high-bits", "16-bit-key", "grey-key", "16-bit-grey-key", "4-bit-grey-key", "2-bit-grey-key",
        "1-bit-key-black", "1-bit-key-white", "grey-alpha", "16-bit-grey-alpha", "alpha", "palette-alpha",
        "palette-key", "webp",
    ],
)  # fmt: skip
def test_transparent_parts_become_white(content, wanted):
    assert shows(content, *wanted)


def test_a_colour_key_is_compared_before_the_colours_are_converted():
    content = png(RGB, [bytes(GREEN), bytes(RED)], before=icc(ADOBE_PROFILE) + key(*GREEN))
    assert shows(content, WHITE, RED_OF_ADOBE)


def test_half_transparent_colours_are_converted_before_mixing_with_white():
    assert shows(png(RGBA, [bytes((64, 64, 64, 128))], before=LINEAR), ((LIGHT_64 + 255) // 2,) * 3)


# Orientation and metadata


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_is_applied_in_every_format(form, broken):
    image = Image.new("RGB", (32, 16), RED)
    image.paste(GREEN, (16, 0, 32, 16))
    image = decoded(saved(image, form, exif=b"Exif\0\0" + exif(6, broken=broken)))
    assert image.size == (16, 32)
    assert close(image.getpixel((8, 4)), RED, 12)
    assert close(image.getpixel((8, 28)), GREEN, 12)


NOISE = random.Random(1).randbytes(70_000)  # noqa: S311 -- noise, not a secret
LONG_TEXT = b"Comment\0\0" + zlib.compress(bytes(70_000_000))


@pytest.mark.parametrize("data", [b"", b"\0", NOISE, LONG_TEXT], ids=["empty", "zero", "noise", "long-text"])
@pytest.mark.parametrize(
    "kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"pHYs", b"tIME", b"acTL",
             b"fcTL", b"fdAT", b"bKGD", b"sBIT", b"prVt", b"tRNS"]
)  # fmt: skip
def test_an_extra_chunk_does_not_refuse_a_png(kind, data):
    before, after = chunk(kind, data), chunk(kind, data)[:-4] + b"oops"  # the second has a wrong checksum
    assert shows(png(RGBA, [bytes((*RED, 255))], after=after), RED)
    assert len(colours(png(RGB, [bytes(RED)], before=before, after=after))) == 1


@pytest.mark.parametrize(
    "opacity", [b"", chunk(b"tRNS", b"\0" * 3), chunk(b"tRNS", b"\0")[:-4] + b"oops"], ids=["none", "long", "damaged"]
)
def test_transparency_that_does_not_match_its_palette_is_ignored(opacity):
    content = png(PALETTE, [b"\0", b"\1"], before=chunk(b"PLTE", bytes((*RED, *GREEN))) + opacity)
    assert shows(content, RED, GREEN)


def test_a_damaged_colour_chunk_is_ignored():
    assert shows(png(RGB, [bytes(RED)], before=LINEAR[:-4] + b"oops"), RED)


@pytest.mark.parametrize("data", [b"", b"\0", NOISE[:60_000]], ids=["empty", "zero", "noise"])
@pytest.mark.parametrize(
    "beginning",
    [b"", b"JFIF\0", b"JFXX\0", b"Exif\0\0", b"Exif\0\0MM\0*", b"ICC_PROFILE\0", b"MPF\0", b"FPXR\0",
     b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0" b"8BIM", b"Ado"],
)  # fmt: skip
def test_an_extra_segment_does_not_refuse_a_jpeg(beginning, data):
    content = saved(plain(RED), "JPEG", quality=100, subsampling=0)
    for marker in (*range(0xE0, 0xF0), 0xFE):
        assert shows(with_segment(content, marker, beginning + data), RED, by=2)


@pytest.mark.parametrize("data", [b"", NOISE], ids=["nothing", "noise"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_data_after_the_image_does_not_refuse_it(form, data):
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {"lossless": True}
    assert shows(saved(plain(RED), form, **options) + data, RED, by=2)


def test_the_first_frame_of_an_animation_is_the_cover():
    frames = {"save_all": True, "append_images": [plain(RED)], "duration": 100}
    assert shows(saved(plain(), "PNG", **frames), GREEN)
    assert shows(saved(plain(), "WEBP", lossless=True, **frames), GREEN)


def noise(form: str) -> bytes:
    return saved(Image.frombytes("RGB", (90, 90), NOISE[: 90 * 90 * 3]), form)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_image_is_refused(form, share):
    content = noise(form)
    with pytest.raises(MediaError, match="not a complete JPEG, PNG or WebP image"):
        decoded(content[: int(len(content) * share)])


# Limits


@pytest.mark.parametrize(
    ("content", "bound"),
    [
        (large_png(GREY, 1, (20_000, 2_001), depth=1), r"more than 40 million pixels \(20000 x 2001\)"),
        (large_png(GREY, 1, (40_000_001, 1), depth=1), r"more than 40 million pixels \(40000001 x 1\)"),
        (jpeg_of_scans((64, 64), 101), "more than 100 scans"),
        (
            SIGNATURE + chunk(b"IHDR", bytes(13)) + chunk(b"tEXt", b"") * 100_001 + chunk(b"IEND", b""),
            "more than 100,000 parts",
        ),
        (with_segment(saved(plain(), "JPEG"), 0xFE, b"")[:6] + segment(0xFE, b"") * 100_001, "more than 100,000 parts"),
    ],
    ids=["pixels", "long-row", "scans", "chunks", "segments"],
)
def test_an_image_over_a_limit_is_refused_before_decoding(monkeypatch, content, bound):
    monkeypatch.setattr(Image, "open", lambda *_args, **_options: pytest.fail("It was opened."))
    with pytest.raises(MediaError, match=bound):
        decoded(content)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_the_size_of_any_webp_is_checked_before_it_is_opened(monkeypatch, lossless, alpha):
    image = Image.new("RGBA" if alpha else "RGB", (50, 40))
    content = saved(image, "WEBP", lossless=lossless)
    assert covers.picture_parts(content).size == (50, 40)
    monkeypatch.setattr(covers, "MAX_WEBP_PIXELS", 1_999)
    with pytest.raises(MediaError, match=r"\(50 x 40\)"):
        decoded(content)


def test_a_webp_with_too_many_chunks_is_refused():
    head, chunks = b"VP8X" + struct.pack("<I", 10) + bytes(10), (b"JUNK" + bytes(4)) * picture_parts.MAX_PARTS
    with pytest.raises(MediaError, match="more than 100,000 parts"):
        decoded(b"RIFF" + struct.pack("<I", 4 + len(head + chunks)) + b"WEBP" + head + chunks)


def test_a_jpeg_with_the_maximum_number_of_scans_is_read():
    assert decoded(jpeg_of_scans((64, 64), jpeg_parts.MAX_SCANS)).size == (64, 64)


@pytest.mark.parametrize("size", [(5_003, 2_999), (2_399, 1_203), (40_001, 400), (3, 9_001)])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_large_image_is_reduced_without_visible_seams(size, form):
    width, height = size
    ramp = Image.linear_gradient("L").resize(size)  # black above, white below
    image = decoded(saved(ramp, form, quality=95) if form == "JPEG" else saved(ramp, form))
    assert max(image.size) >= min(max(size), 2_400)
    assert abs(image.width / image.height / (width / height) - 1) < 0.2 or min(size) < 10
    column = [image.getpixel((image.width // 2, row))[0] for row in range(image.height)]
    assert all(one <= other + 2 for one, other in pairwise(column))
    assert column[0] < 30
    assert column[-1] > 225


@needs_cases
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("03a-adobe-rgb.jpg", GREEN_OF_ADOBE),
        ("03c-linear-gama.png", (LIGHT_64,) * 3),
        ("03d-colour-key-16-bit.png", WHITE),
        ("07a-long-text-chunk.png", None),
        ("07b-broken-exif.png", None),
        ("07c-odd-exif-tag.jpg", None),
    ],
)
def test_the_shared_sample_covers_are_decoded_correctly(name, wanted):
    image = decoded((CASES / name).read_bytes())
    assert wanted is None or close(image.getpixel((image.width * 3 // 5, image.height // 2)), wanted)
