"""Recordings and previews: length, format and why a file is refused."""

import random
import struct
from contextlib import suppress

import pytest
from mutagen.ogg import OggPage

from album_store.infrastructure.media import recordings
from album_store.infrastructure.media.audio_formats import bounds, mp4, mpeg
from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.recordings import read_clip, read_recording
from tests.support import media_files
from tests.support.checkout import CASES
from tests.support.media_files import atom, chunk, riff, wav_format
from tests.support.needs import needs_cases

SILENCE = b"\x80" * 4_000  # half a second
UNKNOWN_SIZES = [0x7FFFF000, 0x7FFFEFFC, 0x7FFFFFD3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF]


@pytest.fixture
def read(tmp_path):
    """Reads a recording with the given content."""

    def read(content: bytes, *, clip: bool = False) -> recordings.Recording:
        source = tmp_path / "song"
        source.write_bytes(content)
        return (read_clip if clip else read_recording)(source)

    return read


@pytest.fixture
def reason(read):
    """Returns why a recording with the given content is refused."""

    def reason(content: bytes, *, clip: bool = False) -> str:
        with pytest.raises(MediaError) as caught:
            read(content, clip=clip)
        return str(caught.value)

    return reason


# Length


@pytest.mark.parametrize("size", UNKNOWN_SIZES)
def test_the_length_of_a_wav_written_to_a_pipe_comes_from_its_size(read, size):
    content = riff(wav_format(), chunk(b"data", SILENCE, size=size), size=size)
    assert read(content).length_ms == 500


@pytest.mark.parametrize("size", [0, 36])
def test_the_length_of_a_wav_without_a_final_header_comes_from_its_size(read, size):
    assert read(riff(wav_format(), chunk(b"data", SILENCE, size=0), size=size)).length_ms == 500


def test_a_wav_without_sound_is_empty_even_if_other_chunks_follow(reason):
    assert "empty" in reason(riff(wav_format(), chunk(b"data", b""), chunk(b"LIST", bytes(4_000))))


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
@pytest.mark.parametrize("size", [4_000, 0, 0xFFFFFFFFFFFFFFFF])
def test_the_size_of_a_64_bit_wav_is_read_from_its_ds64_chunk(read, form, size):
    sizes = chunk(b"ds64", struct.pack("<QQQ", 0, size, 0))
    content = riff(sizes, wav_format(), chunk(b"data", SILENCE, size=0xFFFFFFFF), form=form, size=0xFFFFFFFF)
    assert read(content).length_ms == 500


@pytest.mark.parametrize(
    ("codec", "bits", "length_ms"), [(1, 16, 250), (1, 24, 167), (1, 32, 125), (3, 32, 125), (6, 8, 500), (7, 8, 500)]
)
def test_other_wav_encodings_are_measured(read, codec, bits, length_ms):
    assert read(riff(wav_format(codec, bits), chunk(b"data", SILENCE))).length_ms == length_ms


def test_the_encoding_of_an_extensible_wav_is_read_from_its_subformat(read, reason):
    head = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8_000, 16_000, 2, 16, 22, 16, 4)
    plain = chunk(b"fmt ", head + struct.pack("<H", 1) + bytes(14))
    assert read(riff(plain, chunk(b"data", SILENCE)), clip=True).length_ms == 250
    compressed = chunk(b"fmt ", head + struct.pack("<H", 0x55) + bytes(14))
    assert "MP3 in a WAV file" in reason(riff(compressed, chunk(b"data", SILENCE)))


def test_chunks_around_the_sound_of_a_wav_are_skipped(read):
    content = riff(chunk(b"JUNK", bytes(27)), wav_format(), chunk(b"data", SILENCE), chunk(b"id3 ", bytes(999)))
    assert read(content).length_ms == 500


def test_an_aiff_is_measured(read):
    assert read(media_files.aiff()) == recordings.Recording("aiff", 500, read(media_files.aiff()).not_a_clip)
    assert read(media_files.aiff(codec=b"sowt")).length_ms == 500


@pytest.mark.parametrize(
    ("whole", "promised", "frames"), [(0x7F000050, 0x7F000000, 0x3F800000), (0, 0, 0), (46, 0, 0), (0, 0xFFFFFFF7, 0)]
)
def test_the_length_of_an_aiff_written_to_a_pipe_comes_from_its_size(read, whole, promised, frames):
    content = media_files.aiff(frames=frames).replace(struct.pack(">I", 8_008), struct.pack(">I", promised + 8))
    assert read(content[:4] + struct.pack(">I", whole) + content[8:]).length_ms == 500


def test_the_frames_of_a_variable_bit_rate_mp3_without_a_header_are_counted(read):
    assert read(media_files.vbr_mp3()).length_ms == 1_045


def test_the_xing_header_of_an_mp3_is_not_counted_as_sound(read):
    assert read(media_files.mp3_table(10) + media_files.mp3(10)).length_ms == 261


def test_an_mp3_joined_from_several_files_is_measured_to_its_end(read):
    parts = media_files.mp3_table(10) + media_files.mp3(10) + b"TAG" + bytes(125) + media_files.id3()
    assert read(parts + media_files.mp3(10)).length_ms == 522


def test_an_mp3_that_begins_within_a_frame_is_accepted(read):
    assert read(media_files.mp3(11)[100:]).length_ms == 261


def test_every_frame_of_an_aac_is_counted(read):
    assert read(media_files.aac(1_000)).length_ms == 23_220


def test_the_length_of_a_flac_written_to_a_pipe_comes_from_its_last_frame(read):
    assert read(media_files.flac(promised=0)).length_ms == 1_000


def test_a_flac_cut_from_a_stream_is_measured_from_its_first_frame(read):
    assert read(media_files.flac(promised=0, first=100, frames=5)).length_ms == 500


def test_other_streams_in_an_ogg_file_are_ignored(read):
    film = media_files.ogg(([b"\x80theora"], 0), ([b"\0"], 64), ([b"\0"], 69), serial=8)
    assert read(film + media_files.vorbis()).length_ms == 1_000


def test_an_ogg_cut_from_a_stream_is_measured_from_its_first_page(read):
    assert read(media_files.vorbis(first=44_100 * 3_600)).length_ms == pytest.approx(1_000, abs=20)


def test_the_lengths_of_chained_ogg_streams_are_added_up(read):
    assert read(media_files.vorbis() + media_files.vorbis()).length_ms == 2_000


def test_the_pre_skip_of_opus_does_not_count(read):
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 4_800, 48_000, 0, 0)
    assert read(media_files.ogg(([head], 0), ([b"OpusTags"], 0), ([b"\x08"] * 50, 48_000))).length_ms == 900


@pytest.mark.parametrize(
    ("packet", "length_ms"),
    [(b"\x00", 10), (b"\x18", 60), (b"\x60", 10), (b"\x68", 20), (b"\x80", 2.5), (b"\xf9", 40), (b"\x0b\x03", 60)],
)
def test_the_length_of_an_opus_packet_is_read_from_its_header(read, reason, packet, length_ms):
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48_000, 0, 0)

    def pages(samples: int) -> bytes:
        audio = ([packet] * 10, samples)
        return media_files.ogg(([head], 0), ([b"OpusTags"], 0), audio, ([packet] * 10, 2 * samples))

    assert read(pages(int(480 * length_ms))).length_ms == 20 * length_ms
    assert "pages are missing" in reason(pages(int(480 * length_ms) + 1))


def test_an_ogg_packet_may_span_several_pages(read):
    head, tags = media_files.vorbis_headers()
    first, rest = bytes(255 * 255), bytes(5_000)
    written = []
    for number, (packets, position) in enumerate((head, tags, ([first], -1), ([rest] + [b"\0"] * 43, 44_100))):
        page = OggPage()
        page.packets, page.position, page.sequence, page.serial = packets, position, number, 7
        page.first, page.last, page.complete, page.continued = number == 0, number == 3, number != 2, number == 3
        written.append(page.write())
    assert read(b"".join(written)).length_ms == 1_000


def test_a_fragmented_m4a_is_measured_by_its_fragments(read):
    assert read(media_files.fragmented_m4a(), clip=True).length_ms == 1_000


def test_a_recording_shorter_than_half_a_millisecond_is_not_empty(read):
    assert read(riff(wav_format(), chunk(b"data", b"\x80"))).length_ms == 1


# Refused recordings


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (riff(wav_format(), chunk(b"data", SILENCE))[:-1_000], "says 4,000 bytes of sound, but it has 3,000"),
        (riff(wav_format(), chunk(b"data", SILENCE, size=0x7FFFE000)), "its header says 2,147,475,456 bytes of sound"),
        (riff(wav_format(bits=24, frame=4), chunk(b"data", SILENCE)), "do not take 4 bytes"),
        (riff(wav_format(channels=0, frame=1), chunk(b"data", SILENCE)), "do not take 1 bytes"),
        (riff(wav_format(rate=0), chunk(b"data", SILENCE)), "at 0 Hz"),
        (riff(chunk(b"data", SILENCE)), "its sound comes before its format"),
        (riff(wav_format(codec=0x55), chunk(b"data", SILENCE)), "This is MP3 in a WAV file"),
        (riff(wav_format(codec=2), chunk(b"data", SILENCE)), "This is ADPCM in a WAV file"),
        (riff(wav_format()), "ends before the sound"),
        (media_files.aiff()[:-100], "its header says 8,000 bytes of sound, but it has 7,900"),
        (media_files.aiff(sound_bytes=4_000), "its header says 0.5 seconds, but it has 0.2"),
        (media_files.aiff(codec=b"ima4"), "This AIFF file is compressed"),
        (media_files.mp3_table(100) + media_files.mp3(50), "its header says 2.6 seconds, but it has 1.3"),
        (media_files.mp3()[:-1], "its last frame is incomplete"),
        (media_files.aac()[:-1], "its last frame is incomplete"),
        (media_files.mp3() + b"x" * 70_000, "after 0.3 seconds, the data is no longer MP3"),
        (media_files.id3() + media_files.mp3()[:0], "This is not an MP3"),
        (media_files.id3()[:-50], "in the middle of a tag"),
        (media_files.flac(frames=5), "its header says 1.0 seconds, but it has 0.5"),
        (media_files.flac(first=5, frames=5), "its header says 1.0 seconds, but it has 0.5"),
        (media_files.flac(promised=22_050), "its header says 0.5 seconds, but it has 1.0"),
        (media_files.flac()[:-1], "its last frame is incomplete"),
        (media_files.flac(frames=0), "no sound after the header"),
        (b"fLaC\x84" + media_files.flac()[5:], "does not start with the stream info"),
        (media_files.vorbis()[:-1], "a page is incomplete"),
        (media_files.ogg(*media_files.vorbis_headers(), ([b"\0"] * 44, 44_100), ends=False), "last page is missing"),
        (media_files.ogg(*media_files.vorbis_headers(), ([b"\0"] * 9, 9_000), ([b"\0"], 8_000)), "go backwards"),
        (media_files.ogg(*media_files.vorbis_headers(), ([b"\0"], 9), ([b"\0"], 44_100)), "pages are missing"),
        (media_files.ogg(([b"fishead\0"], 0)), "has no sound"),
        (media_files.ogg(([b"\x7fFLAC"], 0)), "FLAC in an Ogg file"),
        (media_files.ogg(*media_files.vorbis_headers(), ends=False) + media_files.opus(), "two recordings are mixed"),
        (media_files.vorbis() + media_files.opus(), "partly Vorbis and partly Opus"),
        (media_files.m4a()[:-1], "it is 1 bytes too short"),
        (media_files.m4a()[: -8 - 4 * 10], "its index says 40 bytes of sound, but it has 0"),
        (atom(b"ftyp", b"M4A \0\0\0\0") + atom(b"mdat", bytes(400)), "its index (moov) is missing"),
        (media_files.m4a(handler=b"vide"), "has no sound"),
        (media_files.m4a(samples=0), "has no sound"),
        (media_files.m4a(b"enca"), "encrypted (DRM)"),
        (media_files.m4a().replace(b"stsz", b"stxx"), "its index has no “stsz”"),
        (media_files.fragmented_m4a(4) + media_files.segments(100), "it is 100 bytes too short"),
        (atom(b"ftyp", b"M4A ") + b"\0\0\0\4moov" + bytes(9), "shorter than its own header"),
        (b"\x1aE\xdf\xa3" + bytes(99), "This is WebM or Matroska, which the store does not support. Save it as"),
        (b"wvpk" + bytes(99), "This is WavPack"),
    ],
)
def test_a_truncated_or_contradictory_recording_is_refused_with_the_reason(reason, content, why):
    assert why in reason(content)


@pytest.mark.parametrize("make", ["mp3", "aac", "flac", "opus", "vorbis", "m4a", "fragmented_m4a", "wav", "aiff"])
def test_a_truncated_recording_is_never_accepted(reason, read, make):
    whole = getattr(media_files, make)()
    assert read(whole).length_ms > 0
    for share in (0.2, 0.47, 0.83, 0.99):
        assert reason(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("make", ["mp3", "aac", "flac", "opus", "vorbis", "m4a", "fragmented_m4a", "wav", "aiff"])
def test_corrupted_recordings_are_measured_or_refused(read, make):
    whole, dice = getattr(media_files, make)(), random.Random(1)  # noqa: S311 -- noise, not a secret
    for _ in range(150):
        garbled = bytearray(whole)
        for _ in range(dice.choice((1, 3, 20))):
            garbled[dice.randrange(min(len(garbled), 700))] = dice.randrange(256)
        with suppress(MediaError):
            assert 0 < read(bytes(garbled)).length_ms <= bounds.MAX_HOURS * 3_600_000


# Format


@pytest.mark.parametrize("make", ["mp3", "aac", "flac", "opus", "vorbis", "m4a", "wav", "aiff"])
@pytest.mark.parametrize(
    "before",
    [
        media_files.id3(),
        media_files.id3() * 2,
        media_files.ape(),
        bytes(1_000),
        b"\xef\xbb\xbf",
        media_files.id3(99) + bytes(7),
    ],
    ids=["id3", "two-id3", "ape", "zeros", "bom", "id3-zeros"],
)
def test_the_format_is_detected_after_leading_tags_and_zeros(read, make, before):
    plain, tagged = (read(content + getattr(media_files, make)()) for content in (b"", before))
    assert (tagged.extension, tagged.length_ms) == (plain.extension, plain.length_ms)


@pytest.mark.parametrize("make", ["mp3", "aac", "flac", "opus", "vorbis", "m4a", "wav", "aiff"])
@pytest.mark.parametrize(
    "after",
    [
        b"TAG" + bytes(125),
        media_files.ape(),
        media_files.ape() + b"TAG" + bytes(125),
        b"LYRICSBEGIN" + b"000011LYRICS200",
    ],
    ids=["id3v1", "ape", "both", "lyrics"],
)
def test_tags_after_the_sound_do_not_change_the_length(read, make, after):
    whole = getattr(media_files, make)()
    assert read(whole + after) == read(whole)


@pytest.mark.parametrize(
    ("name", "fits"), [("a.mp3", True), ("a.MP3", True), ("a.flac", False), ("mp3", False), ("a.mp3.wav", False)]
)
def test_a_file_name_is_compared_with_the_format(read, name, fits):
    assert read(media_files.mp3()).is_named(name) == fits


def test_alternative_extensions_match_the_format(read):
    assert read(media_files.m4a()).is_named("a.mp4")
    assert read(media_files.opus()).is_named("a.ogg")
    assert not read(media_files.vorbis()).is_named("a.opus")


# Previews


@pytest.mark.parametrize(
    "content",
    [
        media_files.mp3(),
        media_files.id3() + media_files.mp3(),
        media_files.id3() + media_files.flac(),
        media_files.aac(),
        media_files.opus(),
        media_files.vorbis(),
        media_files.m4a(),
        media_files.m4a(kind=0x67),
        media_files.m4a(kind=0x6B),
        riff(wav_format(bits=24), chunk(b"data", SILENCE[:3_999])),
    ],
)
def test_a_preview_that_browsers_play_is_accepted(read, content):
    assert read(content, clip=True).not_a_clip == ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (media_files.m4a(b"alac"), "Browsers do not play ALAC in M4A. Save the preview as MP3 or M4A (AAC)."),
        (media_files.m4a(b"ac-3"), "do not play AC-3"),
        (media_files.m4a(kind=0xA9), "do not play codec 0xA9"),
        (media_files.m4a(b"fLaC"), "do not play FLAC in M4A"),
        (media_files.m4a(b"sowt"), "do not play sowt"),
        (media_files.aiff(), "do not play AIFF"),
        (riff(wav_format(3, 32), chunk(b"data", SILENCE)), "do not play 32-bit floating-point PCM in WAV"),
        (riff(wav_format(7, 8), chunk(b"data", SILENCE)), "do not play 8-bit mu-law in WAV"),
        (riff(wav_format(rate=2_000), chunk(b"data", SILENCE)), "do not play WAV at 2,000 Hz"),
        (media_files.id3(90) + media_files.wav(), "do not play a file with 100 bytes before the sound"),
        (bytes(50) + media_files.m4a(), "do not play a file with 50 bytes before the sound"),
    ],
)
def test_a_format_that_browsers_do_not_play_is_refused_only_as_a_preview(read, reason, content, why):
    assert why in reason(content, clip=True)
    assert read(content).length_ms > 0


# Limits


@pytest.mark.parametrize(("clip", "most"), [(True, "100 MB"), (False, "4,000 MB")])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, clip, most):
    source = tmp_path / "song.wav"
    with source.open("wb") as file:
        file.write(media_files.wav())
        file.truncate((recordings.MAX_CLIP_BYTES if clip else recordings.MAX_BYTES) + 1)  # a sparse file takes no space
    with pytest.raises(MediaError, match=f"larger than {most}"):
        (read_clip if clip else read_recording)(source)


def test_a_recording_that_is_too_long_is_refused(reason):
    assert "longer than 24 hours" in reason(riff(wav_format(rate=1), chunk(b"data", bytes(90_000))))
    moov = media_files.track(samples=10).replace(struct.pack(">II", 10, 100), struct.pack(">II", 10, 90_000_000))
    assert "longer than 24 hours" in reason(atom(b"ftyp", b"M4A ") + atom(b"moov", moov) + atom(b"mdat", bytes(40)))


def test_compressed_data_in_a_tag_is_not_decompressed(read):
    picture = b"APIC" + struct.pack(">I", 900) + b"\0\xc0" + bytes(900)
    content = media_files.id3(2_000).replace(bytes(len(picture)), picture, 1) + media_files.mp3()
    assert read(content).length_ms == 261


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (riff(*[chunk(b"junk", b"")] * 2_000, wav_format()), "more than 1,000 chunks"),
        (atom(b"ftyp", b"M4A ") + atom(b"free", b"") * 2_000, "more than 1,000 atoms"),
        (atom(b"ftyp", b"M4A ") + atom(b"moov", atom(b"free", b"") * 2_000), "more than 1,000 atoms"),
        (media_files.ogg(*[([b"fishead\0"], 0)] * 2_000), "more than 1,000 pages"),
        (b"fLaC\0" + media_files.flac()[5:42] + b"\1\0\0\0" * 2_000, "more than 1,000 metadata blocks"),
    ],
)
def test_too_many_parts_are_refused(reason, monkeypatch, content, why):
    monkeypatch.setattr(bounds, "MAX_PARTS", 1_000)
    assert why in reason(content)


def test_too_many_tags_are_refused(reason):
    assert "more than 50 ID3 or APE tags" in reason(media_files.id3(1) * 60 + media_files.mp3())


def test_too_many_gaps_are_refused(reason):
    assert f"more than {mpeg.MAX_GAPS} times" in reason((media_files.mp3(3) + b"x") * 200)


def test_a_table_larger_than_its_index_is_refused(reason):
    table = struct.pack(">3I", 0, 0, 10)
    promising = media_files.m4a().replace(table, struct.pack(">3I", 0, 0, 2_000_000_000))
    assert f"larger than {mp4.MAX_TABLE_BYTES // 1_000_000} MB" in reason(promising)
    assert "its index is incomplete" in reason(media_files.m4a().replace(table, struct.pack(">3I", 0, 0, 1_000)))


def test_false_sync_words_are_refused(reason):
    assert reason(media_files.flac()[:50] + b"\xff\xf8\x79\x08" * 300_000)
    assert reason((b"\xff\xfb\x90\x00" + b"\xff\xf1\x50\x80") * 300_000)


# Sample files


@needs_cases
@pytest.mark.parametrize(
    ("name", "extension", "length_ms"),
    [
        ("04a-wav-written-to-a-pipe.wav", "wav", 500),
        ("04c-vbr-without-a-table.mp3", "mp3", 4_104),
        ("05-fragmented.m4a", "m4a", 1_064),
        ("06a-id3-before-flac.flac", "flac", 300),
    ],
)
def test_the_valid_sample_recordings_are_accepted(name, extension, length_ms):
    clip = read_clip(CASES / name)
    assert (clip.extension, clip.length_ms) == (extension, length_ms)


@needs_cases
@pytest.mark.parametrize(
    ("name", "why"),
    [("04b-wav-cut-short.wav", "cut short"), ("17a-alac.m4a", "do not play ALAC"), ("17b-no-sound.mp4", "no sound")],
)
def test_the_invalid_sample_recordings_are_refused(name, why):
    with pytest.raises(MediaError, match=why):
        read_clip(CASES / name)
