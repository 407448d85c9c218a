"""The decoder: GPT-NeoX's sequential form with full rotary width, ReLU and no biases in the matrices.

Pre-LayerNorm, half-split RoPE, feed-forward of four times the width, head not tied to the embedding. A key is visible through an
additive bias, so ragged batches and caches need nothing else.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

CONTEXT, THETA = 2048, 1000.0


def rope_tables(head_dim, positions=CONTEXT, theta=THETA):
    """cos and sin, [positions, head_dim / 2] each."""
    half = head_dim // 2
    frequency = theta ** (-torch.arange(half).float() / half)
    angle = torch.arange(positions).float()[:, None] * frequency[None]
    return angle.cos(), angle.sin()


class Model(nn.Module):
    def __init__(self, vocabulary, width=128, layers=4, heads=4):
        super().__init__()
        self.shape = (vocabulary, width, layers, heads)
        self.embedding = nn.Embedding(vocabulary, width)
        self.norm1 = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.norm2 = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.qkv = nn.ModuleList(nn.Linear(width, 3 * width, bias=False) for _ in range(layers))
        self.out = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(layers))
        self.up = nn.ModuleList(nn.Linear(width, 4 * width, bias=False) for _ in range(layers))
        self.down = nn.ModuleList(nn.Linear(4 * width, width, bias=False) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        nn.init.normal_(self.embedding.weight, std=2 / math.sqrt(width))
        nn.init.normal_(self.head.weight, std=0.3 / math.sqrt(width))
        for layer in range(layers):  # a block starts as the identity: what it adds is zero at first
            nn.init.normal_(self.qkv[layer].weight, std=1 / math.sqrt(width))
            nn.init.normal_(self.up[layer].weight, std=1 / math.sqrt(width))
            nn.init.zeros_(self.out[layer].weight)
            nn.init.zeros_(self.down[layer].weight)
        cos, sin = rope_tables(width // heads)
        self.register_buffer("cos", torch.cat([cos, cos], 1), persistent=False)
        self.register_buffer("sin", torch.cat([-sin, sin], 1), persistent=False)

    def forward(self, ids, positions, bias, past=None):
        """ids, positions [B,T]; bias [B,1,T,P+T] additive; past: per layer (key, value) [B,H,P,Dh].
        Returns the last hidden state [B,T,D] and the new (key, value) of the T tokens per layer; `head` makes logits of it."""
        _, width, layers, heads = self.shape
        batch, length = ids.shape
        head_dim = width // heads
        half = head_dim // 2
        cos, sin = self.cos[positions][:, :, None], self.sin[positions][:, :, None]
        x, new = self.embedding(ids), []
        for n in range(layers):
            y = self.qkv[n](self.norm1[n](x)).view(batch, length, 3 * heads, head_dim)
            qk, value = y[:, :, :2 * heads], y[:, :, 2 * heads:].transpose(1, 2)
            qk = qk * cos + torch.cat([qk[..., half:], qk[..., :half]], -1) * sin
            query, key = qk[:, :, :heads].transpose(1, 2), qk[:, :, heads:].transpose(1, 2)
            new.append((key, value))
            if past is not None:
                key, value = torch.cat([past[n][0], key], 2), torch.cat([past[n][1], value], 2)
            weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(head_dim) + bias, -1)
            x = x + self.out[n]((weights @ value).transpose(1, 2).reshape(batch, length, width))
            x = x + self.down[n](F.relu(self.up[n](self.norm2[n](x))))
        return self.norm(x), new


def causal_bias(valid):
    """valid [B,T] bool -> additive bias [B,1,T,T]."""
    length = valid.shape[1]
    visible = torch.tril(torch.ones(length, length, dtype=torch.bool))[None] & valid[:, None, :]
    return torch.where(visible, 0.0, -1e9)[:, None]


@torch.no_grad()
def hidden_of(model, ids):
    """Last hidden state of one row of ids, [T,D]."""
    row = torch.tensor([ids])
    return model(row, torch.arange(len(ids))[None], causal_bias(torch.ones_like(row, dtype=torch.bool)))[0][0]


@torch.no_grad()
def generate(model, prompts, end, pad, limit=48, temperature=0.0):
    """Answers (without the end token) to a batch of id lists, greedy at temperature 0; the rows are padded on the left."""
    rows, length = len(prompts), max(map(len, prompts))
    ids, valid = torch.full((rows, length), pad), torch.zeros(rows, length, dtype=torch.bool)
    for i, prompt in enumerate(prompts):
        ids[i, length - len(prompt):] = torch.tensor(prompt)
        valid[i, length - len(prompt):] = True
    positions = (valid.long().cumsum(1) - 1).clamp(min=0)
    hidden, past = model(ids, positions, causal_bias(valid))
    answers, done, at = [[] for _ in prompts], [False] * rows, positions[:, -1] + 1
    for _ in range(limit + 1):
        logits = model.head(hidden[:, -1])
        token = torch.softmax(logits / temperature, -1).multinomial(1)[:, 0] if temperature else logits.argmax(-1)
        for i in range(rows):
            done[i] = done[i] or int(token[i]) == end
            if not done[i]:
                answers[i].append(int(token[i]))
        if all(done):
            break
        valid = torch.cat([valid, torch.ones(rows, 1, dtype=torch.bool)], 1)
        hidden, new = model(token[:, None], at[:, None], torch.where(valid, 0.0, -1e9)[:, None, None], past)
        past = [(torch.cat([a, c], 2), torch.cat([b, d], 2)) for (a, b), (c, d) in zip(past, new)]
        at = at + 1
    return answers


def load_checkpoint(path):
    saved = torch.load(path)
    model = Model(*saved["shape"])
    model.load_state_dict(saved["weights"])
    return model.eval(), saved
