"""Writes a decoder of random weights in f16, to measure with: nobody need train or fetch one of that size.

    python3 random_decoder.py ../triage-v1 FOLDER [--layers 24 --width 896 --heads 14 --key-heads 2 --inner 4864 --vocabulary 151936]

The defaults make 0.52 billion parameters (1 GB, about half a minute): the shape of a small open model of 2024, with layer norms and ReLU
as the reference has them. Tokenizer and template are the reference's; no token ends an answer, because the end token is one that the
vocabulary does not have. The same arguments give the same bytes. Needs python3-onnx and python3-numpy, no PyTorch.
"""
import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto

from growing import Decoder

THETA = 10000.0
GRAPH = "model.f16.onnx"


def weights_of(args):
    rng = np.random.default_rng(args.seed)
    size = args.width // args.heads

    def matrix(rows, columns):
        values = rng.standard_normal((rows, columns), dtype=np.float32)
        return (values / np.float32(np.sqrt(rows))).astype(np.float16)

    angle = np.arange(args.context)[:, None] * (THETA ** (-np.arange(size // 2) / (size // 2)))[None]
    weights = {"embedding.weight": matrix(args.vocabulary, args.width), "head": matrix(args.width, args.vocabulary),
               "cos_cache": np.cos(angle).astype(np.float16), "sin_cache": np.sin(angle).astype(np.float16)}
    norms = ["norm"]
    for n in range(args.layers):
        weights |= {f"qkv.{n}": matrix(args.width, args.width + 2 * args.key_heads * size), f"out.{n}": matrix(args.width, args.width),
                    f"up.{n}": matrix(args.width, args.inner), f"down.{n}": matrix(args.inner, args.width)}
        norms += [f"norm1.{n}", f"norm2.{n}"]
    for norm in norms:
        weights |= {norm + ".weight": np.ones(args.width, np.float16), norm + ".bias": np.zeros(args.width, np.float16)}
    return weights


def config(args):
    return dict(architectures=["GPTNeoXForCausalLM"], model_type="gpt_neox", vocab_size=args.vocabulary, hidden_size=args.width,
                num_hidden_layers=args.layers, num_attention_heads=args.heads, num_key_value_heads=args.key_heads,
                head_dim=args.width // args.heads, intermediate_size=args.inner, max_position_embeddings=args.context,
                bos_token_id=1, eos_token_id=args.vocabulary, torch_dtype="float16")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference", type=Path)
    parser.add_argument("folder", type=Path)
    for name, value in dict(layers=24, width=896, heads=14, key_heads=2, inner=4864, vocabulary=151936, context=2048, seed=3).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    args = parser.parse_args()
    weights = weights_of(args)
    parameters = sum(array.size for name, array in weights.items() if not name.endswith("_cache"))
    shape = (args.vocabulary, args.width, args.layers, args.heads, args.key_heads)
    model = Decoder(weights, shape, cache=TensorProto.FLOAT16, inside=TensorProto.FLOAT16).build("random", grouped=True)
    args.folder.mkdir(parents=True, exist_ok=True)
    for old in args.folder.glob(GRAPH + "*"):
        old.unlink()  # external data is appended to
    onnx.save_model(model, str(args.folder / GRAPH), save_as_external_data=True, location=GRAPH + ".data", size_threshold=1024)
    (args.folder / "config.json").write_text(json.dumps(config(args), indent=2) + "\n")
    genai = dict(model=dict(eos_token_id=args.vocabulary), search=dict(past_present_share_buffer=True))
    (args.folder / "genai_config.json").write_text(json.dumps(genai, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(args.reference / name, args.folder / name)
    print(f"{parameters:,} parameters, {sum(f.stat().st_size for f in args.folder.iterdir()):,} bytes in {args.folder}")


if __name__ == "__main__":
    main()
