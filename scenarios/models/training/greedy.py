"""PyTorch's greedy answers to the held-out tickets, with the weights that are shipped.

    python3 greedy.py ../triage-v1 FIXTURE.jsonl.gz

The weights come out of model.onnx, so no checkpoint is needed. One line per ticket(8, 0..499): {"prompt": text, "ids": [...]}, the ids of
the answer without the end token. Every row is computed alone. The margin printed at the end is the least distance of the chosen
logit to the next one at any position: how far another runtime may round before an answer can change.
"""
import gzip
import hashlib
import json
import sys
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from bpe import END, Tokenizer
from model import Model, causal_bias
from ticketgen import ticket

TICKETS, LIMIT = 500, 100


def load(folder):
    """The shipped graph's initializers as the module: matrices are [in, out] there and [out, in] here."""
    weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in onnx.load(str(folder / "model.onnx")).graph.initializer}
    vocabulary, width = weights["embedding.weight"].shape
    layers = sum(name.startswith("qkv.") for name in weights)
    model = Model(vocabulary, width, layers, heads=4)
    state = {}
    for name in model.state_dict():
        plain = name.removesuffix(".weight")
        state[name] = weights[name] if name in weights else weights[plain].T
    model.load_state_dict(state)
    return model.eval()


@torch.no_grad()
def answer(model, prompt):
    """Ids of a greedy answer, and the least margin of a choice."""
    row, past, ids, margin = torch.tensor([prompt]), None, [], float("inf")
    positions, bias = torch.arange(len(prompt))[None], causal_bias(torch.ones_like(row, dtype=torch.bool))
    for _ in range(LIMIT + 1):
        hidden, new = model(row, positions, bias, past)
        past = new if past is None else [(torch.cat([a, c], 2), torch.cat([b, d], 2)) for (a, b), (c, d) in zip(past, new)]
        best = model.head(hidden[0, -1]).topk(2)
        token, margin = int(best.indices[0]), min(margin, float(best.values[0] - best.values[1]))
        if token == END:
            return ids, margin
        ids.append(token)
        row, positions, bias = torch.tensor([[token]]), positions[:, -1:] + 1, torch.zeros(1, 1, 1, past[0][0].shape[2] + 1)
    raise SystemExit(f"an answer did not end within {LIMIT} tokens")


def main(folder, target):
    model, tokenizer = load(folder), Tokenizer.load(folder)
    margins, exact, lines = [], 0, []
    for i in range(TICKETS):
        sample = ticket(8, i)
        ids, margin = answer(model, tokenizer.prompt(sample.text))
        margins.append(margin)
        exact += tokenizer.decode(ids) == sample.answer
        lines.append(json.dumps(dict(prompt=sample.text, ids=ids), ensure_ascii=False, separators=(",", ":")) + "\n")
    # No time and no name in the header: the same answers are the same file.
    data = gzip.compress("".join(lines).encode(), 9, mtime=0)
    target.write_bytes(data)
    print(f"{len(lines)} answers, {exact} exact, least margins {sorted(margins)[:3]}, {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*map(Path, sys.argv[1:]))
