"""Text as people write it, the one home for cleaning and comparing it; server and client do the same with it.

What is kept and shown is NFC, without what cannot be seen or turns the text round it about. What is compared and
searched are keys (`fold`), never parts of another string: many letters change their length with their case.

    one_line     a name, a title: shown in one line among the words of the program
    paragraphs   a message: line ends and what its language needs stay
    fold         the same for all spellings of one text: for comparing and searching
    look, looks  the same for names that look alike
    find         where a text holds some words, in places of the text itself
    cut          the beginning of a text, by whole letters
    file_name    a name that every file system takes
    password     what is hashed of a password

Sources: Unicode 15, UAX #15 (normal forms), UAX #29 (letters as people see them), UAX #31 and RFC 5892 A.1, A.2 (where
joiners mean something), UTS #51 (emoji), RFC 8265 (passwords).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

#: As the wire's `Name`.
LONGEST_NAME = 50
#: Marks over and under one letter: languages need up to six or so; more are there to cover the lines around.
MOST_MARKS = 8
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI_STYLE = ("\ufe0e", "\ufe0f")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f")
#: Number signs of Arabic, Syriac and Kaithi are of the category Cf, but are seen.
_SEEN_FORMAT = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: What makes no difference between two texts: those, variation selectors, joiners, marks of direction, tags, and the
#: like. Source: Unicode, Default_Ignorable_Code_Point.
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffc\U00013430-\U0001345f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Embeddings, overrides and isolates reach as far as the paragraph; marks only tell the next letter's direction.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Scripts whose letters join, or are stacked: first and last letter of their blocks. Source: Unicode, Blocks.txt.
_JOINING = (
    (0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1700, 0x18AF), (0x1900, 0x1CFF), (0xA800, 0xABFF),
    (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x10A00, 0x10FFF), (0x11000, 0x11FFF), (0x1E900, 0x1E95F),
)  # fmt: skip
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD))
#: Emoji that this Python's Unicode does not know yet stand here. Source: Unicode, emoji-data.txt.
_PICTURES = ((0x1F000, 0x1FAFF),)
#: Capital and small letters of other alphabets that cannot be told from Latin ones. Source: UTS #39, confusables.txt.
_ALIKE = str.maketrans(
    # Cyrillic and Greek, Armenian, Cherokee, Lisu; small capitals and other Latin ones.
    "АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеорсухіјѕһԁԛԝӏьвкмнтгпѵοανρτυικχϲϳꞵɑɡıβεζημ"
    "ՕՍօսոհցᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏚᎢᏙᎳᏃꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɩǀǃ",
    "ABEKMHOPCTYXIJSABEZHIKMNOPTYXaeopcyxijshdqwlbbkmhtrnvoavptuikxcjbagibezhm"
    "OUounhgABCDEGHJKLMPSTVWZABCDEFGHIJKLMNOPRSTUVWXYZABCDEGHIJKLMNOPRSTUVWYZill",
)
#: In most typefaces these cannot be told from the capital I and O; "rn" is much like "m".
_THIN = str.maketrans("l1|0", "IIIO")
#: Windows opens devices by these names, whatever follows the first dot, and with spaces before it.
#: Source: Microsoft, "Naming Files, Paths".
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
#: Most file systems take 255 bytes; some room is for what systems put behind a name that is there already.
_LONGEST_FILE_NAME = 200
#: What tells a file's kind; anything else behind a dot belongs to its name.
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,16}){0,2}")


def normal(text: str) -> str:
    """The form in which text is kept and shown: NFC, which has one spelling for each letter with its accents."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """A name or title fit to stand in one line among other words.

    Line ends and tabs become spaces, spaces are single, none is at the ends. What cannot be seen goes: control
    characters, zero-width ones, those that change the direction, private ones, tags, marks without a letter. What a
    language or an emoji needs stays: joiners between letters of scripts that join and between emoji, variation
    selectors, flags; emoji that are newer than this program as well.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # What goes may bring two together that belong together; each time the text is shorter.
    while (again := _cleaned(text)) != text:
        text = again
    return text


def _cleaned(text: str) -> str:
    spaced = "".join(" " if char.isspace() or char == "\u2800" else char for char in normal(text))
    kept = _few_marks(_in_place("".join(_seen(spaced))))
    line = normal(" ".join(kept.split()).lstrip())
    while line and unicodedata.category(line[0])[0] == "M":
        line = line[1:].lstrip()
    return line


def paragraphs(text: str) -> str:
    """A message as it is kept and shown: one kind of line end, and nothing that reaches beyond its own letters.

    Spaces and tabs stay as they are, and so do the marks that tell a direction (LRM, RLM, ALM), joiners and places to
    break a line: languages need them. Overrides, embeddings, isolates, control characters and halves of letters go.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = normal(_LINE_ENDS.sub("\n", text))
    flags = _flags(text)
    kept = []
    for place, char in enumerate(text):
        is_stray = 0xE0000 <= ord(char) <= 0xE007F and place not in flags
        is_harmful = char in _TURNING or char in "\ufeff\ufff9\ufffa\ufffb\ufffc" or _is_no_character(char)
        if char in "\n\t" or not (is_stray or is_harmful or unicodedata.category(char) in ("Cc", "Cs")):
            kept.append(char)
    return normal(_few_marks("".join(kept)))


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen."""
    return not one_line(text)


def fold(text: str) -> str:
    """A key that is the same for all spellings of one text: for comparing names and for searching, never for showing.

    Composed or decomposed, large or small, wide or narrow, with or without joiners. ß is ss, and the letters I, İ, ı
    and i are one: people type what their keyboard has.
    """
    if text.isascii():
        return text.lower()
    text = _casefold(text)
    if text.casefold() != text:  # once is not enough for a few Greek letters
        text = _casefold(text)
    kept = _IGNORED.sub("", text).replace("i\u0307", "i").replace("\u0131", "i")
    return unicodedata.normalize("NFKC", kept)


def _casefold(text: str) -> str:
    """Source: Unicode, toNFKC_Casefold."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())


def look(name: str) -> str:
    """A key that is the same for names that look alike, also where the letters are of another alphabet."""
    return fold(fold(normal(name).translate(_ALIKE)).translate(_ALIKE))


def looks(name: str) -> frozenset[str]:
    """Keys of which two names have one in common that can be taken for each other.

    One is their `look`. The other is for names as they are drawn: a small l for a capital I, "rn" for "m".
    """
    drawn = unicodedata.normalize("NFKC", normal(name).translate(_ALIKE))
    return frozenset((look(name), look(drawn.translate(_THIN).replace("rn", "m"))))


def find(text: str, words: str) -> tuple[int, int] | None:
    """Where a text holds some words first, whatever their spelling: start and end as places of the text itself."""
    wanted = fold(words)
    if not wanted or wanted not in fold(text):
        return None
    if text.isascii():
        at = text.lower().find(wanted)
        return at, at + len(wanted)
    key, places = "", []
    for start, end in _spans(text):
        piece = fold(text[start:end])
        key += piece
        places += [(start, end)] * len(piece)
    at = key.find(wanted)
    return None if at < 0 else (places[at][0], places[at + len(wanted) - 1][1])


def cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many characters, that ends between two letters as people see them."""
    if len(text) <= most:
        return text
    ends = itertools.takewhile(lambda end: end <= most, (end for _, end in _spans(text)))
    return text[: max(ends, default=most)].rstrip()


def letters(text: str) -> list[str]:
    """A text in letters as people see them: with their accents, emoji and flags whole."""
    return [text[start:end] for start, end in _spans(text)]


def file_name(stem: str, suffix: str = "", *, otherwise: str = "file") -> str:
    """A name for a file that every system takes and that stays in its folder.

    Args:
        stem: what it should be called, such as a title.
        suffix: of the name, with its dot; what is none, as what a stranger says may be, is taken as part of the stem.
        otherwise: what it is called when nothing is left of the stem.
    """
    if not _SUFFIX.fullmatch(suffix):
        stem, suffix = stem + suffix, ""
    kept = re.sub(r'-?[/\\:*?"<>|\x00-\x1f]+-?', "-", one_line(stem))
    # Windows drops dots and spaces at the end; those at the beginning hide a file elsewhere.
    kept = cut(kept.strip(" .-~"), _LONGEST_FILE_NAME).rstrip(" .-~") or otherwise
    if _DEVICES.match(kept + suffix):
        kept = f"{otherwise}-{kept}"
    while len(f"{kept}{suffix}".encode()) > _LONGEST_FILE_NAME:
        kept = (cut(kept, len(kept) - 1) or otherwise).rstrip(" .-~")
    return f"{kept}{suffix}"


def password(text: str) -> str:
    """What is hashed of a password: every keyboard's way to write it gives the same. Source: RFC 8265, section 4.2."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(" " if unicodedata.category(c) == "Zs" else c for c in text))


def _is_in(char: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    code = ord(char)
    return any(first <= code <= last for first, last in blocks)


def _flags(text: str) -> frozenset[int]:
    """The places of flags that are spelt in tags, such as Scotland's."""
    return frozenset(place for found in _FLAG.finditer(text) for place in range(*found.span()))


def _is_no_character(char: str) -> bool:
    """Places that will never hold a character; text that holds them came from something else."""
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _is_selector(char: str) -> bool:
    code = ord(char)
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or char in "\u180b\u180c\u180d\u180f"


def _seen(text: str) -> Iterator[str]:
    """The characters of a text but those that never show anything in one line; joiners are looked at later."""
    flags = _flags(text)
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if place in flags or char in (_ZWJ, _ZWNJ) or _is_selector(char):
            yield char
        elif kind in ("Cc", "Cs", "Co") or _is_no_character(char) or _IGNORED.match(char):
            continue
        else:
            yield char


def _in_place(text: str) -> str:
    """Without the joiners and variation selectors that mean nothing where they stand."""
    kept: list[str] = []
    for place, char in enumerate(text):
        before, after = kept[-1] if kept else "", text[place + 1 : place + 2]
        if char in (_ZWJ, _ZWNJ):
            if not _joins(char, before, after):
                continue
        elif _is_selector(char) and not _selects(char, before):
            continue
        kept.append(char)
    return "".join(kept)


def _joins(joiner: str, before: str, after: str) -> bool:
    if not before:
        return False
    if unicodedata.combining(before) == 9:  # a virama
        return True
    if joiner == _ZWJ and _is_picture_end(before) and after and _is_picture(after):
        return True
    return bool(after) and all(_is_in(char, _JOINING) and char.isprintable() for char in (before, after))


def _selects(selector: str, before: str) -> bool:
    if not before or before.isspace():
        return False
    if selector in _EMOJI_STYLE:
        return not (before.isalpha() or _is_selector(before) or before in (_ZWJ, _ZWNJ)) or before in "\u2139\u24c2"
    if selector in "\u180b\u180c\u180d\u180f":
        return 0x1800 <= ord(before) <= 0x18AF and before.isalpha()
    return _is_in(before, _IDEOGRAPHS) or (ord(selector) == 0xFE00 and unicodedata.category(before) == "Sm")


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sm") or _is_in(char, _PICTURES) or char in "\u2139\u303d\u3030"


def _is_picture_end(char: str) -> bool:
    return _is_picture(char) or char == "\ufe0f" or char == "\U000e007f"


def _few_marks(text: str) -> str:
    """At most `MOST_MARKS` marks on one letter."""
    if text.isascii():
        return text
    kept, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") and not _is_selector(char) else 0
        if run <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each letter as people see it."""
    if text.isascii():
        yield from ((place, place + 1) for place in range(len(text)))
        return
    start = 0
    for place in range(1, len(text)):
        if not _belongs(text, start, place):
            yield start, place
            start = place
    yield start, len(text)


def _belongs(text: str, start: int, place: int) -> bool:
    """Whether a character belongs to the letter that begins at `start`. Source: UAX #29, table 3 and GB9c."""
    before, char = text[place - 1], text[place]
    kind = unicodedata.category(char)
    if kind[0] == "M" or char in (_ZWJ, _ZWNJ) or 0x1F3FB <= ord(char) <= 0x1F3FF or 0xE0020 <= ord(char) <= 0xE007F:
        return before not in "\r\n"
    if before in _SEEN_FORMAT or before + char == "\r\n":
        return True
    if before == _ZWJ and _is_picture(char):
        return _is_picture(text[start])
    if before == _ZWJ:
        before = text[place - 2]
    if unicodedata.combining(before) == 9 and kind == "Lo" and _is_in(char, _JOINING):
        return True
    if _is_indicator(char) and _is_indicator(text[place - 1]):
        return (place - start) % 2 == 1 and _is_indicator(text[start])
    return _is_syllable(text[place - 1], char)


def _is_indicator(char: str) -> bool:
    """A half of a flag."""
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _is_syllable(before: str, char: str) -> bool:
    """Whether two parts of Hangul make one syllable."""
    one, two = ord(before), ord(char)
    is_lead, is_vowel = 0x1100 <= one <= 0x115F, 0x1160 <= one <= 0x11A7
    is_whole = 0xAC00 <= one <= 0xD7A3
    is_open = is_whole and (one - 0xAC00) % 28 == 0
    if 0x1160 <= two <= 0x11A7:
        return is_lead or is_vowel or is_open
    if 0x11A8 <= two <= 0x11FF:
        return is_vowel or is_whole or 0x11A8 <= one <= 0x11FF
    return is_lead and (0x1100 <= two <= 0x115F or 0xAC00 <= two <= 0xD7A3)
