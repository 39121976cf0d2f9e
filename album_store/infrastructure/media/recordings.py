"""Recordings: which formats are accepted, detected from the content and never from the file name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mutagen.aac import AAC
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from album_store.infrastructure.media.media_error import MediaError


@dataclass(frozen=True)
class Recording:
    """The format and length of an audio file."""

    extension: str
    length_ms: int


@dataclass(frozen=True)
class _Format:
    extension: str
    beginning: re.Pattern[bytes]
    read: Callable[[Path], MP3 | FLAC | OggVorbis | OggOpus | MP4 | AAC | WAVE]


_FORMATS = (
    _Format("flac", re.compile(rb"fLaC"), FLAC),
    _Format("wav", re.compile(rb"RIFF....WAVE", re.DOTALL), WAVE),
    _Format("opus", re.compile(rb"OggS.{24}OpusHead", re.DOTALL), OggOpus),
    _Format("ogg", re.compile(rb"OggS.{24}\x01vorbis", re.DOTALL), OggVorbis),
    _Format("m4a", re.compile(rb"....ftyp", re.DOTALL), MP4),
    _Format("mp3", re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), MP3),
    _Format("aac", re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), AAC),
)

CONTENT_TYPES = {
    "flac": "audio/flac",
    "wav": "audio/wav",
    "opus": "audio/ogg",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
}


def read_recording(source: Path) -> Recording:
    """Return the format and length of a file. Raises MediaError if it is invalid, OSError if it cannot be read."""
    with source.open("rb") as file:
        beginning = file.read(64)
    for form in _FORMATS:
        if form.beginning.match(beginning):
            return Recording(form.extension, _length_ms(form, source))
    raise MediaError("This is not a recording in MP3, FLAC, Ogg Vorbis, Opus, M4A, AAC or WAV.")


def _length_ms(form: _Format, source: Path) -> int:
    try:
        info = form.read(source).info
    except Exception as error:  # what a parser raises on broken data is not documented and varies
        raise MediaError(f"The file begins like {form.extension.upper()} but cannot be read as such.") from error
    if getattr(info, "sketchy", False):  # mutagen's flag for a file that may not be an MP3
        raise MediaError("The file begins like MP3 but cannot be read as such.")
    if not (info.length > 0):
        raise MediaError("The recording is empty.")
    return round(info.length * 1000)
