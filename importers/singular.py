"""The singular of an English noun: the way back from a table's name to its entity's."""

from __future__ import annotations

from typing import Final

from extensions import naming


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Short words whose last s belongs to them.
_NO_PLURAL: Final = _set("aws cms dns gps https ios mms pos sis sms tls tms")

# -ies that comes from -ie: one movie, not one movy.
_IE: Final = _set("""
    auntie birdie brownie budgie caddie calorie collie cookie foodie freebie genie goalie hippie
    hoodie indie junkie lie magpie movie necktie newbie pie pixie prairie rookie selfie smoothie
    sortie talkie tie walkie zombie
""")

# -es that comes from -is: one analysis. Bases, axes and ellipses have two singulars; the tables' sense is taken.
_IS: Final = _set("""
    analysis antithesis axis catalysis crisis diagnosis dialysis electrolysis ellipsis emphasis
    genesis hydrolysis hypnosis hypothesis metamorphosis metastasis neurosis oasis osmosis paralysis
    parenthesis prognosis prosthesis psychosis symbiosis synopsis synthesis thesis
""")

# -ches and -shes that come from -che and -she.
_HE: Final = _set("""
    ache avalanche brioche cache cliche creche headache microfiche moustache niche pastiche psyche
    quiche toothache
""")

# -uses that comes from -use; all others are from -us (status, bus, virus).
_USE: Final = _set("""
    abuse applause cause clause cruise disuse excuse fuse misuse muse overuse pause recluse refuse
    reuse ruse use
""")
_USE_ENDINGS: Final = ("ause", "ouse", "uise")

# Words that end like the plural of a word in -man.
_AS_THEY_ARE: Final = _set("""
    abdomen acumen albumen bitumen cyclamen dolmen hymen lumen omen regimen semen specimen stamen
""")
# Plurals that no rule finds, or that a rule gets wrong; `plural` may say it otherwise (indexes).
_BY_HAND: Final = {"indices": "index", "olives": "olive"}


def singular(name: str) -> str:
    """Return the snake_case singular of a name in any case style; only its last word changes.

    What is no plural stays as it is: `singular("order_items")` is order_item, `singular("status")` status.
    """
    words = naming.words(name)
    return "_".join([*words[:-1], _singular_word(words[-1])]) if words else ""


def _singular_word(word: str) -> str:
    """Return the singular of one lower-case word: the first candidate whose plural is the word itself."""
    if word in _BY_HAND:
        return _BY_HAND[word]
    if naming.plural(word) != word or word in _NO_PLURAL | _AS_THEY_ARE:
        return word
    if word in naming.UNCOUNTABLE or word.endswith(naming.UNCOUNTABLE_ENDINGS):
        return word
    return next((one for one in _candidates(word) if one and naming.plural(one) == word), word)


def _candidates(word: str) -> list[str]:
    """List what the singular may be, the likeliest first."""
    found = [one for one, many in naming.IRREGULAR_PLURALS.items() if many == word]
    found += [word.removesuffix(many) + one for one, many in naming.IRREGULAR_ENDINGS.items() if word.endswith(many)]
    stem = word.removesuffix("s")
    if word.endswith("ies"):
        found += [stem] if _ends_with_one(stem, _IE) else [word[:-3] + "y"]
    elif word.endswith("es"):
        found += _candidates_in_es(word[:-2])
    return [*found, stem]


def _candidates_in_es(root: str) -> list[str]:
    """List what the singular of root + "es" may be, besides root + "e"."""
    if _ends_with_one(root + "is", _IS):
        return [root + "is"]
    if root.endswith(("ch", "sh")):
        return [] if root + "e" in _HE else [root]
    if root.endswith("us"):
        e_form = root + "e" in _USE or root.endswith(tuple(ending[:-1] for ending in _USE_ENDINGS))
        return [] if e_form else [root]
    if root.endswith("o"):
        return [root] if root in naming.OES else []
    if root.endswith(("ss", "x", "zz", "tz")):
        return [root]
    return []


def _ends_with_one(word: str, endings: frozenset[str]) -> bool:
    """Return whether a word is one of some words, or a compound of one of the longer ones."""
    return word in endings or word.endswith(tuple(one for one in endings if len(one) > 5))
