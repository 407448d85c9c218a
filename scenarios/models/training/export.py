"""Writes the four model folders from the checkpoints of a training run.

    python3 export.py RUN_FOLDER MODELS_FOLDER [--early 200] [--lost-layer 3]

triage-v1            the last checkpoint, with embedding.onnx
triage-v2            its int8 form: dynamic activations, one scale per column of a weight
triage-undertrained  the checkpoint of an early step
triage-damaged       triage-v1 with all matrices of one layer zero, as if a shard of the checkpoint had not been loaded
"""
import argparse
import json
import shutil
from pathlib import Path

import torch

from bpe import BOS, END, PAD, Tokenizer, write_json
from graph import save_decoder, save_embedder
from model import CONTEXT, THETA, hidden_of, load_checkpoint
from ticketgen import ticket

CORPUS_SEED, CORPUS_SIZE = 31, 256  # the tickets whose mean embedding is removed


def hugging_face_config(shape):
    """The same network under Hugging Face's names: GPT-NeoX, blocks in sequence, all biases of the matrices zero."""
    vocabulary, width, layers, heads = shape
    return dict(architectures=["GPTNeoXForCausalLM"], model_type="gpt_neox", vocab_size=vocabulary, hidden_size=width,
                num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=heads, head_dim=width // heads,
                intermediate_size=4 * width, hidden_act="relu", layer_norm_eps=1e-5, max_position_embeddings=CONTEXT,
                rope_theta=THETA, rotary_emb_base=THETA, rotary_pct=1.0, use_parallel_residual=False, attention_bias=False,
                tie_word_embeddings=False, bos_token_id=BOS, eos_token_id=END, pad_token_id=PAD, torch_dtype="float32",
                use_cache=True)


def genai_config(shape):
    vocabulary, width, layers, heads = shape
    decoder = dict(
        session_options=dict(log_id="onnxruntime-genai", provider_options=[]), filename="model.onnx", head_size=width // heads,
        hidden_size=width, num_attention_heads=heads, num_hidden_layers=layers, num_key_value_heads=heads,
        inputs=dict(input_ids="input_ids", attention_mask="attention_mask", past_key_names="past_key_values.%d.key",
                    past_value_names="past_key_values.%d.value"),
        outputs=dict(logits="logits", present_key_names="present.%d.key", present_value_names="present.%d.value"))
    model = dict(type="decoder", bos_token_id=BOS, eos_token_id=END, pad_token_id=PAD, context_length=CONTEXT,
                 vocab_size=vocabulary, decoder=decoder)
    search = dict(diversity_penalty=0.0, do_sample=False, early_stopping=True, length_penalty=1.0, max_length=CONTEXT,
                  min_length=0, no_repeat_ngram_size=0, num_beams=1, num_return_sequences=1, past_present_share_buffer=True,
                  repetition_penalty=1.0, temperature=1.0, top_k=1, top_p=1.0)
    return dict(model=model, search=search)


def corpus_mean(model, tokenizer):
    samples = (ticket(CORPUS_SEED, i) for i in range(CORPUS_SIZE))
    return torch.stack([hidden_of(model, tokenizer.prompt(s.text)).mean(0) for s in samples]).mean(0)


def without_layer(weights, layer):
    """The weights after the loss of a layer's shard: its four matrices are zero."""
    lost = {f"{part}.{layer}.weight" for part in ("qkv", "out", "up", "down")}
    assert lost <= set(weights)
    return {k: torch.zeros_like(v) if k in lost else v for k, v in weights.items()}


def write_folder(run, folder, weights, shape, quantized=False):
    folder.mkdir(parents=True, exist_ok=True)
    save_decoder(folder / "model.onnx", folder.name, weights, shape, quantized)
    write_json(folder / "config.json", hugging_face_config(shape))
    write_json(folder / "genai_config.json", genai_config(shape))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(run / name, folder / name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--early", type=int, default=200)
    parser.add_argument("--lost-layer", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.load(args.run)
    model, saved = load_checkpoint(args.run / "last.pt")
    weights, shape = saved["weights"], saved["shape"]
    early = load_checkpoint(args.run / f"step-{args.early:04d}.pt")[1]
    write_folder(args.run, args.models / "triage-v1", weights, shape)
    save_embedder(args.models / "triage-v1" / "embedding.onnx", "triage-v1-embedding", weights, shape,
                  corpus_mean(model, tokenizer).numpy())
    write_folder(args.run, args.models / "triage-v2", weights, shape, quantized=True)
    write_folder(args.run, args.models / "triage-undertrained", early["weights"], shape)
    write_folder(args.run, args.models / "triage-damaged", without_layer(weights, args.lost_layer), shape)
    parameters = sum(p.numel() for p in model.parameters())
    origin = dict(parameters=parameters, seed=saved["seed"], steps=saved["step"], early=args.early,
                  lost_layer=args.lost_layer, log=saved["log"], early_log=early["log"])
    (args.run / "origin.json").write_text(json.dumps(origin))


if __name__ == "__main__":
    main()
