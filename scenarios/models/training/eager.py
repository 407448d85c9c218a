"""Tokens per second of PyTorch itself: greedy decoding of a full batch in eager mode, with a key and value cache laid out beforehand.

    python3 eager.py --probe                                             what it would run on, as JSON
    python3 eager.py --layers 4 --width 128 --heads 4 --key-heads 4 --inner 512 --vocabulary 768 --batch 64 --prompt 8 --steps 200

The same kind of network as random_decoder.py writes, of random weights, because speed does not depend on what they are. All rows have one
length; the tokens stay on the device until the end, so nothing waits for the host. One JSON line on stdout: tokens_per_second counts the
steps after the prompt. f16 on a card; f32 on a CPU, which is only for trying the script.
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F


def probe(device):
    cuda = torch.cuda.is_available()
    return dict(torch=torch.__version__, cuda=torch.version.cuda, device=torch.cuda.get_device_name() if device == "cuda" and cuda else "cpu",
                has_cuda=cuda)


class Decoder:
    def __init__(self, args, device):
        kind = torch.float16 if device == "cuda" else torch.float32
        self.heads, self.key_heads, self.size = args.heads, args.key_heads, args.width // args.heads
        made = dict(device=device, dtype=kind)

        def matrix(rows, columns):
            return torch.randn(rows, columns, **made) / rows ** 0.5

        self.embedding, self.head = matrix(args.vocabulary, args.width), matrix(args.width, args.vocabulary)
        inside = args.width + 2 * args.key_heads * self.size
        self.layers = [(matrix(args.width, inside), matrix(args.width, args.width), matrix(args.width, args.inner), matrix(args.inner, args.width))
                       for _ in range(args.layers)]
        self.gain, self.offset = torch.ones(args.width, **made), torch.zeros(args.width, **made)
        length = args.prompt + args.steps
        self.cache = [tuple(torch.zeros(args.batch, args.key_heads, length, self.size, **made) for _ in range(2)) for _ in range(args.layers)]
        half = self.size // 2
        angle = torch.arange(length, device=device)[:, None] * 10000.0 ** (-torch.arange(half, device=device) / half)[None]
        self.cos, self.sin = angle.cos().to(kind)[None, None], angle.sin().to(kind)[None, None]

    def norm(self, x):
        return F.layer_norm(x, x.shape[-1:], self.gain, self.offset)

    def rotate(self, x, at):
        a, b = x.chunk(2, -1)
        cos, sin = self.cos[:, :, at:at + x.shape[2]], self.sin[:, :, at:at + x.shape[2]]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    def attend(self, query, key, value, causal):
        if self.heads != self.key_heads:
            key, value = (x.repeat_interleave(self.heads // self.key_heads, 1) for x in (key, value))
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        scores = query @ key.transpose(2, 3) / self.size ** 0.5
        if causal:
            hidden = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(hidden, float("-inf"))
        return scores.softmax(-1) @ value

    def step(self, ids, at):
        """ids [B,T] at positions at.. -> the next ids [B,1]."""
        batch, new = ids.shape
        x = self.embedding[ids]
        for (qkv, out, up, down), (keys, values) in zip(self.layers, self.cache):
            mixed = (self.norm(x) @ qkv).view(batch, new, -1, self.size).transpose(1, 2)
            query, key, value = mixed.split([self.heads, self.key_heads, self.key_heads], 1)
            keys[:, :, at:at + new], values[:, :, at:at + new] = self.rotate(key, at), value
            y = self.attend(self.rotate(query, at), keys[:, :, :at + new], values[:, :, :at + new], causal=new > 1)
            x = x + y.transpose(1, 2).reshape(batch, new, -1) @ out
            x = x + F.relu(self.norm(x) @ up) @ down
        return (self.norm(x[:, -1:]) @ self.head).argmax(-1)


@torch.no_grad()
def measure(args, device):
    def wait():
        if device == "cuda":
            torch.cuda.synchronize()

    model = Decoder(args, device)
    prompt = torch.full((args.batch, args.prompt), 100 % args.vocabulary, device=device)
    for _ in range(2):  # the first for kernels to be loaded
        ids = model.step(prompt, 0)
        wait()
        start = time.perf_counter()
        for at in range(args.prompt, args.prompt + args.steps):
            ids = model.step(ids, at)
        wait()
        seconds = time.perf_counter() - start
    return args.batch * args.steps / seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--probe", action="store_true")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    for name, value in dict(layers=24, width=896, heads=14, key_heads=2, inner=4864, vocabulary=151936, batch=64, prompt=8, steps=200).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    args = parser.parse_args()
    found = probe(args.device)
    if not args.probe:
        if args.device == "cuda" and not found["has_cuda"]:
            raise SystemExit("this PyTorch finds no CUDA device")
        found["tokens_per_second"] = measure(args, args.device)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
