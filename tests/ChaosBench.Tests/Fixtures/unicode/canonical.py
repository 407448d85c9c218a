"""Writes harness/Server/Tokenization/CanonicalForms.txt from Python's Unicode tables, and cases for the tests beside this file.

Lines of three kinds, Hangul left out because it is computed:
  D decomposition, a tab, characters that decompose fully into it
  P pair of characters, a tab, the character they compose to
  C combining class, a tab, characters of it
"""

import json
import os
import random
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
full, pairs, classes = {}, {}, {}
for code in range(sys.maxunicode + 1):
    if 0xAC00 <= code <= 0xD7A3 or 0xD800 <= code <= 0xDFFF:
        continue
    character = chr(code)
    whole = unicodedata.normalize("NFD", character)
    if whole != character:
        full.setdefault(whole, []).append(character)
        step = unicodedata.decomposition(character).split()
        if len(step) == 2 and not step[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in step)
            if unicodedata.normalize("NFC", pair) == character:
                pairs[pair] = character
    if unicodedata.combining(character):
        classes.setdefault(unicodedata.combining(character), []).append(character)

with open(os.path.join(HERE, *[".."] * 4, "harness", "Server", "Tokenization", "CanonicalForms.txt"), "w", encoding="utf-8", newline="\n") as file:
    for whole, characters in sorted(full.items()):
        file.write(f"D{whole}\t{''.join(characters)}\n")
    for pair, character in sorted(pairs.items()):
        file.write(f"P{pair}\t{character}\n")
    for number, characters in sorted(classes.items()):
        file.write(f"C{number}\t{''.join(characters)}\n")

draw = random.Random(3)
bases = [c for cs in full.values() for c in cs] + list("aeiouAOCсиの가각힣\u1100\u1161\u11a8\U0001F600")
marks = [c for cs in classes.values() for c in cs]
texts = ["".join(draw.choice(bases if draw.random() < 0.4 else marks) for _ in range(6)) for _ in range(400)]
texts += ["e\u0301", "\u0301", "\u1112\u1161\u11ab", "\uac00\u11a8", "\u212b\u2126", "a\u0327\u0301\u0323", "\u0958", "\u0344", "\u09c7\u09be", "plain"]
with open(os.path.join(HERE, "canonical.json"), "w", encoding="ascii", newline="\n") as file:
    json.dump([[t, unicodedata.normalize("NFC", t), unicodedata.normalize("NFD", t)] for t in texts], file, separators=(",", ":"))
    file.write("\n")
print(unicodedata.unidata_version, len(full), len(pairs), len(classes))
