"""Writes harness/Server/Tokenization/BaseCharacters.txt: what canonical decomposition without nonspacing marks makes of a character.

One line for each result: the result, a tab, the characters that become it. Hangul is left out, it is computed.
"""

import os
import sys
import unicodedata

groups = {}
for code in range(sys.maxunicode + 1):
    character = chr(code)
    if 0xAC00 <= code <= 0xD7A3 or 0xD800 <= code <= 0xDFFF:
        continue
    whole = unicodedata.normalize("NFD", character)
    base = "".join(c for c in whole if unicodedata.category(c) != "Mn")
    if whole != character and base:
        groups.setdefault(base, []).append(character)
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, *[".."] * 4, "harness", "Server", "Tokenization", "BaseCharacters.txt")
with open(path, "w", encoding="utf-8", newline="\n") as file:
    for base, characters in sorted(groups.items()):
        file.write(f"{base}\t{''.join(characters)}\n")
print(unicodedata.unidata_version, len(groups), sum(map(len, groups.values())))
