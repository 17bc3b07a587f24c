"""The words that assert certainty in each language, and the honest phrases they may stand in.

The search knows only these words: a person must read every new sentence.
"""

from __future__ import annotations

import re

ASSERTS = {
    "en": r"confirm|verified|certain(?!ty)",
    "uk": r"підтвердж|перевірено",
    "ru": r"подтвержд|проверено",
    "fr": r"confirm|vérifié",
    "ar": r"مؤكَّد|يُؤكَّد|تأكد|تم التحقق|يؤكده|تؤكد|تأكيد",
}

HONEST = {
    "en": [
        "no corridor is confirmed open",
        "not confirmed",
        "no second source confirms it yet",
        "neither confirms nor denies",
        "neither confirmed nor denied",
        "have not verified",
    ],
    "uk": [
        "жоден коридор не підтверджено як відкритий",
        "не підтверджено",
        "друге джерело його ще не підтверджує",
        "не підтверджується і не заперечується",
        "не підтверджують і не заперечують",
        "не підтверджує і не заперечує",
        "сторони підтвердили отримання",
    ],
    "ru": [
        "ни один коридор не подтверждён как открытый",
        "не подтверждён ни один",
        "не подтверждено",
        "второй источник его ещё не подтверждает",
        "не подтверждается и не отрицается",
        "не подтверждают и не отрицают",
        "не подтверждает и не отрицает",
        "стороны подтвердили получение",
    ],
    "fr": [
        "aucun couloir n’est confirmé ouvert",
        "non confirmé",
        "aucune autre source ne le confirme encore",
        "ni confirmation ni démenti",
        "ne confirment ni ne démentent",
        "ne confirme ni ne dément",
        "ne l’avons pas vérifié",
    ],
    "ar": [
        "لم يُؤكَّد",
        "لا يؤكده مصدر ثانٍ بعد",
        "لا تؤكد ولا تنفي",
        "لا تأكيد ولا نفي",
    ],
}

UNKNOWN = {
    "en": [
        "contradict", "do not know", "not know", "not clear", "know of no", "may have changed",
        "may no longer be true", "last word", "cannot", "not mean", "as far as we know",
        "not been able", "not show", "do not rely", "no corridor", "differ",
    ],
    "uk": [
        "суперечать", "не знаємо", "невідомо", "не відомо", "могла змінитися", "може вже не",
        "останнє повідомлення", "неможливо", "не означає", "наскільки нам відомо", "не змогли",
        "не показуємо", "не покладайтеся", "жодного коридору", "жоден коридор",
    ],
    "ru": [
        "противоречат", "не знаем", "неизвестно", "не известно", "могла измениться", "может уже не",
        "последнее сообщение", "нельзя", "не означает", "насколько нам известно", "не смогли",
        "не показываем", "не полагайтесь", "ни один коридор",
    ],
    "fr": [
        "se contredisent", "ne savons pas", "ne sait pas", "n’avons connaissance", "a pu changer",
        "peut-être plus vrai", "dernière information", "ne permet pas", "ne veut pas dire",
        "à notre connaissance", "n’avons pas pu", "ne montrons pas", "ne vous y fiez pas",
        "aucun couloir",
    ],
    "ar": [
        "تتضارب", "لا نعرف", "ليس من الواضح", "لا علم لنا", "ربما تغيّر", "قد لا يكون", "آخر خبر",
        "لا يمكن", "لا يعني", "على حد علمنا", "لم نتمكن", "لا نعرض", "فلا تعتمدوا", "أي ممر",
    ],
}  # fmt: skip

# Words that take a side; "says" is the word for what a party claims.
SIDES = (
    "якобы", "нібито", "زعم", "يزعم", "prétend", "soi-disant", "beneficiar", "terrorist", "оккуп",
    "окуп", "liberat", "освобожд", "визвол", "régime de", "so-called", "victor", "enemy", "ворог",
    "враг", "ennemi",
)  # fmt: skip


def assertions(text: str, language: str) -> list[str]:
    """Return the words of certainty in text that stand outside an honest phrase."""
    left = text.lower()
    for phrase in HONEST[language]:
        left = left.replace(phrase, "")
    return re.findall(ASSERTS[language], left)


def admits_not_knowing(text: str, language: str) -> bool:
    return any(phrase in text.lower() for phrase in UNKNOWN[language])
