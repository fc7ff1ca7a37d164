"""When two written answers are the same answer."""

import unicodedata


def normal(answer: str) -> str:
    """An answer without what does not matter: width, case and white space.

    Full-width and other compatibility forms become the plain ones (NFKC of
    Unicode), case is folded, and all white space goes: `Ｌｏｎｇ　march` is
    `longmarch`, and `知 行 合 一` is `知行合一`.
    """
    # Folding may bring back what NFKC had taken away, and taking white space out
    # may bring together what combines: https://www.unicode.org/reports/tr31/#NFKC_Modifications
    while True:
        plain = "".join(unicodedata.normalize("NFKC", answer).casefold().split())
        if plain == answer:
            return plain
        answer = plain
