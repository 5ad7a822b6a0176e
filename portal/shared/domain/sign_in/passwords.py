"""Which passwords are taken: long ones that are not among the first that somebody would guess.

No rule about capitals or signs: length and surprise are what counts (NIST SP 800-63B, OWASP ASVS 5.0, 6.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

SHORTEST, LONGEST = 12, 128
# What is left of a password without the person's own words has to be worth this much.
_LEFT = 8
_WORTH_A_LOOK = 3
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
# Words that stand behind most of the passwords that leaked, in the languages our pages speak.
_COMMON = frozenset(
    """
    password passwort senha contrasena motdepasse parola clave secret segredo geheim secreto segreto
    qwerty qwertz azerty asdf asdfgh zxcvbn zxcvbnm qwertyuiop asdfghjkl qazwsx wsx edc
    admin administrator root user guest login welcome bienvenue bienvenido bemvindo benvenuto willkommen
    letmein iloveyou teamo teamo tequiero eutamo euteamo jetaime ichliebedich tiamo loveyou love amor amour liebe amore
    football futebol futbol fussball calcio soccer baseball basketball hockey superman batman spiderman pokemon
    dragon monkey shadow master princess princesa prinzessin principessa sunshine flower charlie jordan michael
    jennifer ashley daniel thomas jessica michelle hunter killer freedom whatever trustno trustnoone computer internet
    summer winter spring autumn sommer verao inverno verano invierno ete hiver estate january september october
    december november monday friday brasil brazil portugal espana france germany deutschland italia
    corinthians flamengo palmeiras benfica barcelona realmadrid juventus liverpool chelsea arsenal
    changeme default test testing demo example starwars jesus jesuscristo deus dios gott family familia
    mypassword newpassword passw pass word one two three abc abcd abcde company billing account google
    """.split()
)
_KEYBOARD = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)


class PasswordProblem(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    ABOUT_YOU = "about_you"
    ABOUT_US = "about_us"
    LEAKED = "leaked"


def problem_of(
    password: str,
    about: Iterable[str] = (),
    *,
    ours: Iterable[str] = (),
    is_leaked: Callable[[str], bool] = lambda _: False,
) -> PasswordProblem | None:
    """Why this password is not taken; nothing when it is.

    `about` are names and addresses of the person, `ours` the names of the seller and of what is sold.
    """
    if len(password) < SHORTEST:
        return PasswordProblem.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordProblem.TOO_LONG
    if is_common(password):
        return PasswordProblem.COMMON
    about = tuple(about)
    if _is_about(password, about):
        return PasswordProblem.ABOUT_YOU
    if _is_about(password, (*about, *ours)):
        return PasswordProblem.ABOUT_US
    return PasswordProblem.LEAKED if is_leaked(password) else None


def is_common(password: str) -> bool:
    """Whether it is a pattern, a run of keys, or nothing but common words with figures and signs around them."""
    plain = password.casefold()
    return _is_pattern(plain) or _is_run(plain) or any(_is_made_of_common(one) for one in _readings(plain))


def _is_pattern(text: str) -> bool:
    """One to four signs again and again."""
    return len(set(text)) < 3 or any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _is_run(text: str) -> bool:
    """Keys in their order, forward or backward, round and round."""
    for row in _KEYBOARD:
        whole = row * (len(text) // len(row) + 2)
        if text in whole or text[::-1] in whole:
            return True
    return False


def _readings(text: str) -> tuple[str, str]:
    """The letters of a text as they stand, and with figures and signs read as the letters they stand for."""
    return re.sub(r"[\W\d_]+", "", text), re.sub(r"[\W\d_]+", "", text.translate(_LEET).rstrip("oieastbl"))


def _is_made_of_common(letters: str) -> bool:
    """Whether common words alone make it up; what only figures are left of is judged by its pattern."""
    if not letters:
        return False
    made = [True] + [False] * len(letters)
    for end in range(1, len(letters) + 1):
        made[end] = any(made[start] and letters[start:end] in _COMMON for start in range(end))
    return made[-1]


def _is_about(password: str, about: Iterable[str]) -> bool:
    rest = password.casefold()
    words = {word for text in about for word in re.split(r"[\W_]+", text.casefold())}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _WORTH_A_LOOK:
            rest = rest.replace(word, "")
    return rest != password.casefold() and len(re.sub(r"[\W_]+", "", rest)) < _LEFT
