"""Turns text into words for the search index, and queries into terms.

Words consist of lower-case ASCII letters and digits, which every full-text index stores unchanged. Latin letters lose
their accents, Hebrew and Arabic ones their vowel points, and other alphabets are transliterated. In scripts without
spaces between words, and in names made only of symbols, each character becomes a word of fixed length.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from string import punctuation

from slugify import slugify

MAX_QUERY = 200
# MariaDB's index leaves out words of more than 84 characters; it puts two before each.
MAX_WORD = 80
MAX_TERMS = 8
# A query term is a word, or a sequence of characters that are words. Characters beyond this number are ignored.
MAX_CHARACTERS = 16
# How many words after apostrophes are indexed; rock'n'roll has two.
MAX_APOSTROPHES = 4

# How many pieces of text between spaces are remembered: a catalogue repeats most of them.
CHUNKS_KEPT = 4_096

# The start of a word that stands for one character. A query that starts the same way does no harm.
CHARACTER = "qx"

_APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ee\u0384\u055a\u05f3\u1fbd\u1fbf\u1ffd\u1ffe"
    "\u2018\u2019\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07"
)
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)
# The compatibility form of some apostrophes, such as the acute accent, would begin with a space. Persian has a kaf of
# its own, and Egypt writes yeh without dots.
_ALIKE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | {"\u06a9": "\u0643", "\u0649": "\u064a"})
_AFTER_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]+")
_ASCII_WORDS = re.compile("[a-z0-9]+")
_THOUSANDS = re.compile("(?<=[0-9]),(?=[0-9])")
# The vowel points of Hebrew, Arabic and Syriac, which are seldom written, and the stroke that stretches Arabic words.
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08ca-\u08e1\u08e3-\u08ff]+"
)
# Thai, Lao, Tibetan, Burmese, Khmer and related scripts, without digits; kana, bopomofo and ideographs.
_UNSPACED = re.compile(
    "([\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0edc-\u0eff\u0f00\u0f40-\u0fbc\u1000-\u103f\u1050-\u108f"
    "\u1780-\u17d3\u1950-\u19cf\u1a20-\u1a7f\u1b00-\u1b4f\ua980-\ua9c0\uaa60-\uaa7f\uaa80-\uaadf"
    "\u3005-\u3007\u3031-\u3035\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\uf900-\ufaff\U00016fe0-\U00018fff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff]+)"
)


def fold(text: str) -> str:
    """Return lower-case ASCII words with single spaces, the form used for sorting and for slugs."""
    if text.isascii() and "&" not in text:  # slugify does the same in ten times the time; it also reads &amp;
        text = text.replace("'", "").replace("`", "").lower()
        return " ".join(_ASCII_WORDS.findall(_THOUSANDS.sub("", text) if "," in text else text))
    return slugify(text.translate(_WITHOUT_APOSTROPHES), separator=" ")


def index_words(names: Sequence[str]) -> str:
    """Return the words of the names in order, followed by other forms of the words that should be found.

    These are the words after an apostrophe (l'orage gives `lorage orage`), words without the punctuation between them
    (AC/DC gives `ac dc acdc`), transliterations and symbols.
    """
    main: list[str] = []
    more: dict[str, None] = {}
    for name in names:
        if name.isascii() and name.replace(" ", "").isalnum():
            main += name.lower().split()
        else:
            main += _words(name)
            more |= dict.fromkeys(chain.from_iterable(map(_more_forms, _chunks(name))))
    return " ".join([word[:MAX_WORD] for word in (*main, *more)])


def query_terms(query: str) -> list[str]:
    """Return the terms that an album must contain: words, or characters of a word separated by spaces.

    Symbols count only if the query has nothing else. MAX_QUERY, MAX_TERMS and MAX_CHARACTERS limit the work.
    """
    chunks = _chunks(query[:MAX_QUERY])
    words = (term for chunk in chunks for term in _terms(chunk))
    signs = (spelt for chunk in chunks if (spelt := _spelt(filter(_is_sign, chunk))))
    terms = list(islice(words, MAX_TERMS)) or list(islice(signs, MAX_TERMS))
    return [" ".join(word[:MAX_WORD] for word in term.split(" ")[:MAX_CHARACTERS]) for term in terms]


def has_term(words: str, term: str) -> bool:
    """Return whether indexed words contain a query term, which may be the start of a word."""
    return f" {term}" in f" {words}"


def search_key(text: str) -> str:
    """Return the words of a short text in a form for prefix searches; empty if nothing is visible."""
    return " ".join(_words(text)) or " ".join(
        filter(None, (_spelt(filter(_is_sign, chunk)) for chunk in _chunks(text)))
    )


def _chunks(text: str) -> list[str]:
    """Split at spaces, after replacing compatibility forms such as ligatures and full-width letters."""
    if text.isascii():
        return text.split()
    return _POINTS.sub("", unicodedata.normalize("NFKC", text.translate(_ALIKE))).casefold().split()


def _words(text: str) -> list[str]:
    if text.isascii():
        return fold(text).split()
    return list(chain.from_iterable(map(_words_of, _chunks(text))))


@lru_cache(CHUNKS_KEPT)
def _words_of(chunk: str) -> Sequence[str]:
    return tuple(word for term in _terms(chunk) for word in term.split(" "))


def _terms(chunk: str) -> Iterator[str]:
    """Yield the words of a chunk in order, each run of a script without spaces as one."""
    if not any(map(str.isalnum, chunk)):
        return
    for number, part in enumerate(_UNSPACED.split(chunk)):
        if number % 2:
            yield _spelt(part)
        elif words := fold(part):
            yield from words.split(" ")
        elif spelt := _spelt(filter(str.isalnum, part)):  # an alphabet that cannot be transliterated
            yield spelt


@lru_cache(CHUNKS_KEPT)
def _more_forms(chunk: str) -> Sequence[str]:
    return tuple(_made_forms(chunk))


def _made_forms(chunk: str) -> Iterator[str]:
    core = chunk.strip(punctuation)
    is_spaced = core.isascii() or not _UNSPACED.search(core)
    if core.isalnum() and is_spaced and not _AFTER_APOSTROPHE.search(core):
        return
    has_letters = any(map(str.isalnum, core))
    words = fold(chunk)
    if " " in words:
        yield words.replace(" ", "")
    if not (is_spaced and has_letters):
        yield from words.split()
    pieces = _AFTER_APOSTROPHE.split(chunk)
    for start in range(1, min(len(pieces), MAX_APOSTROPHES + 1)):
        rest = fold("".join(pieces[start:]))
        yield from rest.split(" ", 1)[:1] if rest else ()
        yield from (rest.replace(" ", ""),) if " " in rest else ()
    signs = filter(_is_picture, chunk) if has_letters else chunk
    if spelt := _spelt(filter(_is_sign, signs)):
        yield spelt


def _spelt(characters: Iterable[str]) -> str:
    return " ".join(f"{CHARACTER}{ord(char):06x}" for char in characters)


def _is_sign(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) == "So"
