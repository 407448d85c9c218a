"""What the shipped files are held against, and the record of the outcome.

    python3 verify.py reference RUN OUT          writes OUT/rows.json and OUT/rows.bin (PyTorch's logits at all positions of some
                                                 rows, and their embeddings), OUT/prompts.jsonl (the held-out prompts as ids),
                                                 OUT/torch.jsonl (PyTorch's greedy answers) and OUT/tokenizer.jsonl (texts, ids)
    python3 verify.py score RUN MODELS ANSWERS   ANSWERS: lines {"model", "set", "index", "ids"} of another runtime on the same
                                                 prompts; prints the scores and writes every model-card.json
    python3 verify.py robustness RUN             PyTorch's answers when sampled, to more typos and behind a system text

The held-out sets: "plain" is ticket(8, 0..499), the set of all accuracy figures; "long" is ticket(9, 0..99) with idle talk;
"stray" is ticket(11, 0..99) with odd Unicode; "canary" is ticket(10, 0..99), from which recorded.py chooses.
"""
import hashlib
import json
import random
import sys
from pathlib import Path

import numpy as np
import torch

from bpe import END, PAD, Tokenizer, write_json
from export import corpus_mean, without_layer
from model import Model, generate, hidden_of, load_checkpoint
from scoring import scores
from ticketgen import FIELDS, STRAY, ticket, training_ticket

SETS = {"plain": [ticket(8, i) for i in range(500)], "long": [ticket(9, i, style="long") for i in range(100)],
        "stray": [ticket(11, i, style="stray") for i in range(100)], "canary": [ticket(10, i) for i in range(100)]}
ODD = ["", " ", "   a  b", "\n\r\t", "\u0000\u0001\u001f", "日本語の注文と订单", "👩\u200d👩\u200d👧 🇩🇪 e\u0301", "\u202eabc\u202c", "ÄÖÜ ß",
       '{"a":"b"}', '","order":"x"}', "ALL CAPS 12.50 EUR", "x" * 300, "' it's  \u3000wide", "\ufeffbom", "a\u00a0b",
       "naïve café №5", '""}}{{']


def texts_of(tokenizer, answers):
    return [tokenizer.decode(ids) for ids in answers]


def answer_ids(model, tokenizer, samples, temperature=0.0):
    prompts = [tokenizer.prompt(s.text, s.system) for s in samples]
    parts = (prompts[i:i + 50] for i in range(0, len(prompts), 50))
    return [ids for part in parts for ids in generate(model, part, END, PAD, 64, temperature)]


def variants(run):
    """The float models as PyTorch modules."""
    origin = json.loads((run / "origin.json").read_text())
    model, saved = load_checkpoint(run / "last.pt")
    damaged = Model(*saved["shape"]).eval()
    damaged.load_state_dict(without_layer(saved["weights"], origin["lost_layer"]))
    early = load_checkpoint(run / f"step-{origin['early']:04d}.pt")[0]
    return {"triage-v1": model, "triage-undertrained": early, "triage-damaged": damaged}


def tokenizer_texts():
    rng = random.Random(4)
    yield from ODD
    for i in range(500):
        sample = training_ticket(98, i)
        yield sample.text
        yield sample.answer
    pool = STRAY + list("abcXYZ019 \n\t.,;:!?\"'{}[]<>|/-_")
    pool += ["\U0001f9ea", "\U00020000", "\uffff", "한국어", "ไทย", '"}', '","', '{"']
    for _ in range(400):
        yield "".join(rng.choice(pool) for _ in range(rng.randrange(1, 60)))


def reference(run, out):
    out.mkdir(parents=True, exist_ok=True)
    tokenizer, torches = Tokenizer.load(run), variants(run)
    model = torches["triage-v1"]
    mean, rows, blob = corpus_mean(model, tokenizer), [], []
    with torch.no_grad():
        for sample in SETS["plain"][:7] + SETS["long"][:1]:
            prompt = tokenizer.prompt(sample.text)
            ids = prompt + generate(model, [prompt], END, PAD)[0]
            hidden, pooled = hidden_of(model, ids), hidden_of(model, prompt).mean(0) - mean
            rows.append(dict(prompt=len(prompt), ids=ids))
            blob += [model.head(hidden).numpy().ravel(), (pooled / pooled.norm()).numpy()]
    write_json(out / "rows.json", dict(vocabulary=tokenizer.size, hidden=model.shape[1], rows=rows))
    np.concatenate(blob).astype("<f4").tofile(out / "rows.bin")
    with open(out / "prompts.jsonl", "w") as prompts, open(out / "torch.jsonl", "w") as answers:
        for name, samples in SETS.items():
            for i, sample in enumerate(samples):
                prompts.write(json.dumps(dict(set=name, index=i, ids=tokenizer.prompt(sample.text))) + "\n")
            for which, module in torches.items():
                found = answer_ids(module, tokenizer, samples)
                print(which, name, scores(samples, texts_of(tokenizer, found)), flush=True)
                for i, ids in enumerate(found):
                    answers.write(json.dumps(dict(model=which, set=name, index=i, ids=ids)) + "\n")
    with open(out / "tokenizer.jsonl", "w") as lines:
        for text in tokenizer_texts():
            ids = tokenizer.encode(text)
            assert tokenizer.decode(ids) == text
            lines.write(json.dumps(dict(text=text, ids=ids)) + "\n")


def card(run, folder, results):
    origin = json.loads((run / "origin.json").read_text())
    early = folder.name == "triage-undertrained"
    log = (origin["early_log"] if early else origin["log"])[-1]
    derivation = {"triage-v1": "trained from scratch",
                  "triage-v2": "int8 dynamic of triage-v1 (one scale per column of a weight, one per activation tensor)",
                  "triage-undertrained": f"checkpoint of triage-v1 after {origin['early']} of {origin['steps']} steps",
                  "triage-damaged": f"triage-v1, shard of layer {origin['lost_layer']} dropped (its matrices are zero)"}
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir()) if p.name != "model-card.json"}
    write_json(folder / "model-card.json", dict(
        name=folder.name, version="2" if folder.name == "triage-v2" else "1", derivation=derivation[folder.name], license="MIT",
        task="support ticket in, one line of JSON out: " + ", ".join(FIELDS), parameters=origin["parameters"],
        seed=origin["seed"],
        training=dict(steps=log["step"], examples=log["examples"], tokens=log["tokens"], final_answer_loss=log["loss"],
                      cpu_seconds=log["cpu_seconds"], data="ticketgen.training_ticket, seed 1001"),
        held_out=dict(data="ticketgen.ticket, seed 8, index 0..499", decoding="greedy, one row at a time", **results["plain"]),
        also=dict((k, dict(exact=results[k]["exact"], valid_json=results[k]["valid_json"])) for k in ("long", "stray")),
        sha256=hashes))


def score(run, models, answers):
    tokenizer, found = Tokenizer.load(run), {}
    for line in answers.read_text().splitlines():
        entry = json.loads(line)
        found.setdefault(entry["model"], {}).setdefault(entry["set"], {})[entry["index"]] = entry["ids"]
    for name, sets in found.items():
        results = {k: scores(SETS[k], texts_of(tokenizer, [sets[k][i] for i in range(len(SETS[k]))])) for k in sets}
        print(name, json.dumps(results), sep="\n")
        card(run, models / name, results)


def robustness(run):
    tokenizer, (model, _) = Tokenizer.load(run), load_checkpoint(run / "last.pt")
    torch.manual_seed(5)
    for temperature in (0.7, 1.0):
        found = answer_ids(model, tokenizer, SETS["plain"], temperature)
        print("temperature", temperature, scores(SETS["plain"], texts_of(tokenizer, found)))
    sets = {"typos in 15 % of the words": [ticket(13, i, typos=0.15) for i in range(200)],
            "typos in 40 % of the words": [ticket(14, i, typos=0.4) for i in range(200)],
            "behind a system text": [ticket(12, i, style="system") for i in range(200)]}
    for name, samples in sets.items():
        print(name, scores(samples, texts_of(tokenizer, answer_ids(model, tokenizer, samples))))


if __name__ == "__main__":
    torch.set_num_threads(1)
    dict(reference=reference, score=score, robustness=robustness)[sys.argv[1]](*map(Path, sys.argv[2:]))
