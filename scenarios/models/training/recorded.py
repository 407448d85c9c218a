"""Writes scenarios/recorded: 600 tickets with their expected answers and 20 canaries.

    python3 recorded.py RUN_FOLDER RECORDED_FOLDER ANSWERS

ANSWERS are the greedy answers of the shipped models (see verify.py). A canary is a ticket that triage-v1 and triage-v2 both
answer exactly; all eight intents and all three urgencies occur among them.
"""
import json
import sys
from pathlib import Path

from bpe import Tokenizer
from ticketgen import INTENTS
from verify import SETS

CANARIES = 20


def entry(tokenizer, name, sample, **tags):
    tokens = len(tokenizer.encode(sample.text))
    length = "short" if tokens <= 60 else "medium" if tokens <= 110 else "long"
    tags = dict(intent=sample.fields["intent"], length=length, **tags)
    return dict(id=name, prompt=sample.text, expected=sample.answer, tags=tags)


def write_lines(path, entries):
    path.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries), "utf-8")


def reliable(tokenizer, answers):
    """Indices of the canary set that both good models answer exactly."""
    right = {}
    for line in answers.read_text().splitlines():
        found = json.loads(line)
        if found["set"] == "canary" and tokenizer.decode(found["ids"]) == SETS["canary"][found["index"]].answer:
            right.setdefault(found["model"], set()).add(found["index"])
    return sorted(right["triage-v1"] & right["triage-v2"])


def choose(indices):
    """Twenty of them, the intents in turn."""
    by_intent = {intent: [i for i in indices if SETS["canary"][i].fields["intent"] == intent] for intent in INTENTS}
    chosen = []
    while len(chosen) < CANARIES:
        for waiting in by_intent.values():
            if waiting and len(chosen) < CANARIES:
                chosen.append(waiting.pop(0))
    return chosen


def main(run, folder, answers):
    tokenizer = Tokenizer.load(run)
    folder.mkdir(parents=True, exist_ok=True)
    samples = SETS["plain"] + SETS["long"]
    write_lines(folder / "tickets.jsonl", [entry(tokenizer, f"t{i + 1:04d}", s) for i, s in enumerate(samples)])
    chosen = [SETS["canary"][i] for i in choose(reliable(tokenizer, answers))]
    assert {s.fields["intent"] for s in chosen} == set(INTENTS) and len({s.fields["urgency"] for s in chosen}) == 3
    write_lines(folder / "canaries.jsonl", [entry(tokenizer, f"c{i + 1:02d}", s, role="canary") for i, s in enumerate(chosen)])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
