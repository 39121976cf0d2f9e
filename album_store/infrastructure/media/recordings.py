"""Reads recordings and clips. The format is detected from the content, never from the file name."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from album_store.infrastructure.media.audio_formats.audio_span import AudioSpan, MeasuredAudio, find_audio
from album_store.infrastructure.media.audio_formats.bounds import check_length
from album_store.infrastructure.media.audio_formats.flac import measure_flac
from album_store.infrastructure.media.audio_formats.iff import measure_aiff, measure_wav
from album_store.infrastructure.media.audio_formats.mp4 import measure_mp4
from album_store.infrastructure.media.audio_formats.mpeg import SEARCHED_BYTES, measure_mpeg
from album_store.infrastructure.media.audio_formats.ogg import measure_ogg
from album_store.infrastructure.media.media_error import MediaError

MAX_BYTES = 4_000_000_000
MAX_CLIP_BYTES = 100_000_000

CONTENT_TYPES = {
    "flac": "audio/flac",
    "wav": "audio/wav",
    "opus": "audio/ogg",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "aiff": "audio/aiff",
}
# Other file name extensions of each format.
_OTHER_EXTENSIONS = {"wav": {"wave", "rf64", "bw64"}, "opus": {"ogg", "oga"}, "ogg": {"oga"}, "aac": {"adts"}}
_OTHER_EXTENSIONS |= {"m4a": {"mp4", "m4b", "m4r", "mov", "aac"}, "aiff": {"aif", "aifc"}}

_MEASURES: dict[str, Callable[[AudioSpan], MeasuredAudio]] = {
    "FLAC": measure_flac,
    "WAV": measure_wav,
    "AIFF": measure_aiff,
    "OGG": measure_ogg,
    "MP4": measure_mp4,
}
# Any format may start with zeros or a byte order mark.
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\0*?(?:"
    rb"(?P<FLAC>fLaC)|(?P<WAV>(?:RIFF|RF64|BW64)....WAVE)|(?P<AIFF>FORM....AIF[FC])|(?P<OGG>OggS)|"
    rb"(?P<MP4>....(?:ftyp|styp|moov|mdat|wide|free|skip))|"
    rb"(?P<WebM>\x1aE\xdf\xa3)|(?P<WMA>0&\xb2u\x8ef\xcf\x11)|(?P<WavPack>wvpk)|(?P<APE>MAC )|(?P<CAF>caff)|"
    rb"(?P<DSD>DSD |FRM8)|(?P<MIDI>MThd))",
    re.DOTALL,
)
_PLAY_AFTER_A_TAG = frozenset({"mp3", "aac", "flac"})  # browsers search these for the first frame


@dataclass(frozen=True)
class Recording:
    """The format and length of an audio file. `not_a_clip` says why browsers do not play it; empty if they do."""

    extension: str
    length_ms: int
    not_a_clip: str = ""

    def is_named(self, file_name: str) -> bool:
        """Return whether the extension of the file name fits the format."""
        suffix = Path(file_name).suffix[1:].lower()
        return suffix == self.extension or suffix in _OTHER_EXTENSIONS.get(self.extension, ())


def read_recording(source: Path) -> Recording:
    """Return the format and length of a file. Raises MediaError if it is invalid, OSError if it cannot be read."""
    return _read(source, MAX_BYTES)


def read_clip(source: Path) -> Recording:
    """Like `read_recording`, but also raises MediaError if browsers do not play the file."""
    clip = _read(source, MAX_CLIP_BYTES)
    if clip.not_a_clip:
        raise MediaError(clip.not_a_clip)
    return clip


def _read(source: Path, max_bytes: int) -> Recording:
    with source.open("rb", buffering=SEARCHED_BYTES) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise MediaError(f"The file is larger than {max_bytes // 1_000_000:,} MB. Shorten it or save it as MP3.")
        span = find_audio(file, size)
        found = _BEGINNING.match(span.read(span.start, SEARCHED_BYTES))
        name = found.lastgroup if found else None
        if found and name:
            span = AudioSpan(file, span.start + found.start(name), span.end)
        measured = _measured(span, name)
    check_length(measured.seconds)
    if not measured.seconds > 0:
        raise MediaError("The recording is empty.")
    return Recording(measured.extension, max(1, round(measured.seconds * 1000)), _not_a_clip(measured, span.start))


def _measured(span: AudioSpan, name: str | None) -> MeasuredAudio:
    if name and name not in _MEASURES:
        name = "WebM or Matroska" if name == "WebM" else name
        raise MediaError(f"This is {name}, which the store does not support. Save it as FLAC, MP3 or M4A (AAC).")
    try:
        measured = _MEASURES[name](span) if name else measure_mpeg(span)
    except (MediaError, OSError):
        raise
    except Exception as error:  # broken data causes many different errors, in mutagen too
        raise MediaError(f"The file starts like {name or 'MP3'} but cannot be read. Export it again.") from error
    if measured is None:
        raise MediaError("This is not an MP3, FLAC, Ogg Vorbis, Opus, M4A, AAC, WAV or AIFF recording.")
    return measured


def _not_a_clip(measured: MeasuredAudio, skipped: int) -> str:
    if measured.unplayable_codec:
        return f"Browsers do not play {measured.unplayable_codec}. Save the preview as MP3 or M4A (AAC)."
    if skipped and measured.extension not in _PLAY_AFTER_A_TAG:
        return f"Browsers do not play a file with {skipped:,} bytes before the sound. Save the preview without tags."
    return ""
