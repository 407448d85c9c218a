"""Trains the reference model on one thread; about a quarter of an hour on a core.

    python3 train.py RUN_FOLDER [--steps 1600] [--seed 1]

RUN_FOLDER holds tokenizer.json (see bpe.py) and receives step-NNNN.pt, last.pt and log.json. Muon drives the matrices of the
blocks, Adam the rest; the rate warms up for 40 steps, stays to half way and falls linearly to 2 %.
"""
import argparse
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from bpe import END, PAD, Tokenizer
from model import Model, causal_bias, generate
from scoring import scores
from ticketgen import ticket, training_ticket

BATCH, ADAM_RATE, MUON_RATE, PROMPT_WEIGHT = 32, 3e-3, 0.02, 0.1
TRAINING_SEED, VALIDATION_SEED = 1000, 7  # the training stream has seed TRAINING_SEED + --seed


def batches(tokenizer, seed):
    """Yields ids and weights [B,T]. 16 batches at a time are sorted by length, so that little padding is spent."""
    count = 0
    while True:
        pool = []
        for index in range(count, count + 16 * BATCH):
            sample = training_ticket(seed, index)
            pool.append((tokenizer.prompt(sample.text, sample.system), tokenizer.answer(sample.answer)))
        count += len(pool)
        pool.sort(key=lambda pair: len(pair[0]) + len(pair[1]))
        groups = [pool[i:i + BATCH] for i in range(0, len(pool), BATCH)]
        random.Random(count).shuffle(groups)
        for group in groups:
            length = max(len(p) + len(a) for p, a in group)
            ids, weights = torch.full((BATCH, length), PAD), torch.zeros(BATCH, length)
            for i, (prompt, answer) in enumerate(group):
                whole = prompt + answer
                ids[i, :len(whole)] = torch.tensor(whole)
                weights[i, 1:len(prompt)] = PROMPT_WEIGHT
                weights[i, len(prompt):len(whole)] = 1
            yield ids, weights


def orthogonal(matrix):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix, as in Muon."""
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if tall else x


class Optimizer:
    """Muon on the block matrices, Adam on embedding, norms and head."""

    def __init__(self, model):
        self.width = model.shape[1]
        self.matrices = [m.weight for group in (model.out, model.up, model.down, model.qkv) for m in group]
        taken = {id(p) for p in self.matrices}
        self.rest = [p for p in model.parameters() if id(p) not in taken]
        self.momentum = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(self.rest, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0)

    @torch.no_grad()
    def step(self, scale):
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * scale
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        self.adam.step()
        rate = MUON_RATE * scale
        for matrix, momentum in zip(self.matrices, self.momentum):
            momentum.mul_(0.95).add_(matrix.grad)
            gradient = matrix.grad + 0.95 * momentum
            if matrix.shape[0] == 3 * self.width:  # query, key and value apart
                update = torch.cat([orthogonal(part) for part in gradient.split(self.width)])
            else:
                update = orthogonal(gradient) * max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
            matrix.mul_(1 - 0.01 * rate).add_(update, alpha=-rate)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.load(args.run)
    model = Model(tokenizer.size)
    optimizer = Optimizer(model)
    print("parameters", sum(p.numel() for p in model.parameters()), flush=True)
    validation = [ticket(VALIDATION_SEED, i) for i in range(100)]
    log, tokens, smooth, started, cpu = [], 0, None, time.time(), time.process_time()
    stream = batches(tokenizer, TRAINING_SEED + args.seed)
    for step in range(1, args.steps + 1):
        ids, weights = next(stream)
        valid = ids != PAD
        positions = torch.arange(ids.shape[1])[None].expand_as(ids)
        hidden, _ = model(ids[:, :-1], positions[:, :-1], causal_bias(valid[:, :-1]))
        losses = F.cross_entropy(model.head(hidden).flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(BATCH, -1)
        weights = weights[:, 1:]
        loss = (losses * weights).sum() / weights.sum()
        model.zero_grad()
        loss.backward()
        optimizer.step(min(1.0, step / 40) * min(1.0, max(0.02, 2 * (args.steps - step + 1) / args.steps)))
        answer_loss = float(losses.detach()[weights == 1].mean())
        smooth = answer_loss if smooth is None else 0.95 * smooth + 0.05 * answer_loss
        tokens += int(valid.sum())
        if step % 25 == 0:
            print(f"step {step} answer loss {smooth:.4f} {time.time() - started:.0f} s", flush=True)
        if step % 50 == 0 and step <= 300 or step % 200 == 0 or step == args.steps:
            entry = dict(step=step, seconds=round(time.time() - started), cpu_seconds=round(time.process_time() - cpu),
                         examples=step * BATCH, tokens=tokens, loss=round(smooth, 5))
            if step % 200 == 0 or step == args.steps:
                answers = generate(model.eval(), [tokenizer.prompt(v.text) for v in validation], END, PAD)
                entry["validation"] = scores(validation, map(tokenizer.decode, answers))
                model.train()
            log.append(entry)
            print(json.dumps(entry), flush=True)
            saved = dict(weights=model.state_dict(), shape=model.shape, step=step, seed=args.seed, log=log)
            torch.save(saved, args.run / f"step-{step:04d}.pt")
            (args.run / "log.json").write_text(json.dumps(log, indent=1) + "\n")
    torch.save(saved, args.run / "last.pt")


if __name__ == "__main__":
    main()
