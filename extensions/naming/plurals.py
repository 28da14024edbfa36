"""English plurals: the rules, and the words that follow none."""

from __future__ import annotations

import re
from typing import Final

from .cases import WORD, set_of

# English words whose plural follows no rule below; a plural found here stays as it is.
IRREGULAR_PLURALS: Final[dict[str, str]] = {
    "a": "aes",  # "as" and "is" are keywords of Python and SQL
    "i": "ies",
    "addendum": "addenda",
    "alga": "algae",
    "alias": "aliases",
    "alibi": "alibis",
    "alumna": "alumnae",
    "alumnus": "alumni",
    "api": "apis",
    "appendix": "appendices",
    "atlas": "atlases",
    "automaton": "automata",
    "bacterium": "bacteria",
    "bias": "biases",
    "caiman": "caimans",
    "canvas": "canvases",
    "christmas": "christmases",
    "corpus": "corpora",
    "cosmos": "cosmoses",
    "criterion": "criteria",
    "curriculum": "curricula",
    "datum": "data",
    "die": "dice",
    "emu": "emus",
    "epoch": "epochs",
    "erratum": "errata",
    "fungus": "fungi",
    "gas": "gases",
    "genus": "genera",
    "german": "germans",
    "guru": "gurus",
    "human": "humans",
    "iris": "irises",
    "larva": "larvae",
    "lens": "lenses",
    "loch": "lochs",
    "matrix": "matrices",
    "medium": "media",
    "memorandum": "memoranda",
    "menu": "menus",
    "mongoose": "mongooses",
    "monarch": "monarchs",
    "nucleus": "nuclei",
    "ottoman": "ottomans",
    "ovum": "ova",
    "ox": "oxen",
    "patriarch": "patriarchs",
    "pelvis": "pelvises",
    "phenomenon": "phenomena",
    "quiz": "quizzes",
    "radius": "radii",
    "rhinoceros": "rhinoceroses",
    "roman": "romans",
    "shaman": "shamans",
    "stimulus": "stimuli",
    "stomach": "stomachs",
    "stratum": "strata",
    "talisman": "talismans",
    "taxi": "taxis",
    "tech": "techs",
    "trellis": "trellises",
    "vertebra": "vertebrae",
    "vertex": "vertices",
    "vortex": "vortices",
    "yes": "yeses",
}

# The same for the end of a word: salesperson, grandchild, bookshelf, fireman.
IRREGULAR_ENDINGS: Final[dict[str, str]] = {
    "calf": "calves",
    "child": "children",
    "dwarf": "dwarves",
    "elf": "elves",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "mouse": "mice",
    "person": "people",
    "polis": "polises",
    "scarf": "scarves",
    "sheaf": "sheaves",
    "thief": "thieves",
    "tooth": "teeth",
    "wharf": "wharves",
    "wife": "wives",
    "wolf": "wolves",
}

# Words with one form for one and for many.
UNCOUNTABLE: Final = set_of("""
    advice aircraft baggage bison cash cattle chaos chassis clothing debris deer electricity
    equipment evidence feedback furniture headquarters health homework hovercraft information
    jewellery jewelry knowledge legislation livestock logistics luggage machinery mail means
    merchandise money moose music news offspring personnel police research rice salmon series
    sheep software spacecraft species staff swine tennis traffic trout watercraft weather
    wildlife
""")

UNCOUNTABLE_ENDINGS: Final = ("data", "fish", "media", "sheep", "ware")

# A plural is its own plural; of the endings not -men, which specimen and regimen share.
_SELF_PLURAL: Final = UNCOUNTABLE | set(IRREGULAR_PLURALS.values()) | {"men", "women"}

_SELF_PLURAL_ENDINGS: Final = UNCOUNTABLE_ENDINGS + tuple(many for many in IRREGULAR_ENDINGS.values() if many != "men")

# Words in -o that take -es; all others take -s (photo, video, logo).
OES: Final = set_of("""
    buffalo domino echo embargo hero mango mosquito potato tomato tornado torpedo veto volcano
""")


def plural(name: str) -> str:
    """Put the last word of a name into the plural and keep the name's case style."""
    found = list(WORD.finditer(name))
    if not found:
        return name
    last = found[-1]
    return name[: last.start()] + _plural_like(last.group()) + name[last.end() :]


def _plural_like(word: str) -> str:
    """Give the plural of one word, written as the word is: order, Order, URL."""
    many = _plural_word(word.lower())
    if len(word) > 1 and word.isupper():
        return word + "s" if many == word.lower() + "s" else many.upper()
    if many == word.lower():
        return word
    return many.capitalize() if word[0].isupper() else many


def _plural_word(word: str) -> str:
    """Give the plural of one lower-case word."""
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if _has_one_form(word):
        return word
    for ending, many in IRREGULAR_ENDINGS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + many
    if re.search(r"(?:[^aeiou]|qu)y$", word):
        return word[:-1] + "ies"
    if re.search(r"[sx]is$", word):
        return word[:-2] + "es"
    if word in OES or re.search(r"(?:ss|us|x|z|ch|sh)$", word):
        return word + "es"
    if word.endswith("s"):
        return word  # lenses, days, schemas, photos: many already
    return word + "s"


def _has_one_form(word: str) -> bool:
    """Return whether a lower-case word is its own plural."""
    return word in _SELF_PLURAL or word.endswith(_SELF_PLURAL_ENDINGS)
