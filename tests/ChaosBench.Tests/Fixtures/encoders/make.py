"""Makes the tiny encoders of this folder: random weights of a fixed seed, a BERT tokenizer, and what NumPy computes from them.

Debian 12: apt-get install python3-onnx; /usr/bin/python3 make.py
"""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] the order is late my parcel refund please want i a un ##happy ##want ##ed ##able ##s run ##ning
cafe resume hello world where ! ? . , ' - [ ] 1 2 3 4 ##1 ##2 ##3 ##4 # 中 文 ß ##ß α ##β σ ##σ naive q ##q""".split()
WIDTH = 8
LABELS = ["complaint", "question", "praise"]

rng = np.random.default_rng(20)


def weights(*shape):
    return (rng.standard_normal(shape) * 0.7).astype(np.float32)


W = {"word": weights(len(WORDS), WIDTH), "kind": weights(2, WIDTH), "own": weights(WIDTH, WIDTH), "mean": weights(WIDTH, WIDTH)}
W_LABELS, B_LABELS = weights(WIDTH, len(LABELS)), weights(len(LABELS))


def hidden(ids):
    """One row without padding: every token sees the mean of all."""
    e = W["word"][ids] + W["kind"][0]
    return np.tanh(e @ W["own"] + e.mean(axis=0) @ W["mean"])


def graph(name, head, outputs, constants):
    node = helper.make_node
    nodes = [
        node("Gather", ["word", "input_ids"], ["w"]),
        node("Gather", ["kind", "token_type_ids"], ["k"]),
        node("Add", ["w", "k"], ["e"]),
        node("Cast", ["attention_mask"], ["m"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["m", "two"], ["mask"]),
        node("Mul", ["e", "mask"], ["masked"]),
        node("ReduceSum", ["masked", "one"], ["sum"], keepdims=1),
        node("ReduceSum", ["mask", "one"], ["count"], keepdims=1),
        node("Div", ["sum", "count"], ["average"]),
        node("MatMul", ["e", "own"], ["a"]),
        node("MatMul", ["average", "mean"], ["b"]),
        node("Add", ["a", "b"], ["c"]),
        node("Tanh", ["c"], ["last_hidden_state"]),
        *head,
    ]
    constants = {**W, "one": np.array([1]), "two": np.array([2]), **constants}
    row = ["batch", "sequence"]
    made = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(n, TensorProto.INT64, row) for n in ("input_ids", "attention_mask", "token_type_ids")],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs],
        [numpy_helper.from_array(v, n) for n, v in constants.items()])
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], producer_name="make.py")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def tokenizer():
    special = [{"id": i, "content": WORDS[i], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
               for i in range(5)]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {n: {"id": n, "ids": [WORDS.index(n)], "tokens": [n]} for n in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                  "vocab": {w: i for i, w in enumerate(WORDS)}}}


CONFIG = {"model_type": "bert", "vocab_size": len(WORDS), "hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": 1,
          "max_position_embeddings": 64, "type_vocab_size": 2}


def write(folder, name, content):
    path = os.path.join(HERE, folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        if isinstance(content, str):
            file.write(content)
        else:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.write("\n")


def main():
    sentence, classify = "tiny-sentence", "tiny-classifier"
    for folder in (sentence, classify):
        os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    onnx.save(graph(sentence, [], [("last_hidden_state", ["batch", "sequence", WIDTH])], {}),
              os.path.join(HERE, sentence, "model.onnx"))
    head = [helper.make_node("Gather", ["last_hidden_state", "first"], ["cls"], axis=1),
            helper.make_node("Gemm", ["cls", "labels", "bias"], ["logits"])]
    onnx.save(graph(classify, head, [("logits", ["batch", len(LABELS)])],
                    {"first": np.array(0), "labels": W_LABELS, "bias": B_LABELS}),
              os.path.join(HERE, classify, "model.onnx"))
    write(sentence, "config.json", CONFIG)
    write(sentence, "tokenizer.json", tokenizer())
    write(sentence, "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    write(sentence, "1_Pooling/config.json", {
        "word_embedding_dimension": WIDTH, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    # The classifier has its words in the older form.
    write(classify, "config.json", {**CONFIG, "id2label": {str(i): n for i, n in enumerate(LABELS)}})
    write(classify, "vocab.txt", "".join(w + "\n" for w in WORDS))
    write(classify, "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})

    rows = [[2, 3], [2, 5, 6, 7, 8, 36, 3], [2, 11, 12, 3], [2, 9, 10, 3]]
    expected = []
    for ids in rows:
        h = hidden(np.array(ids))
        mean, logits = h.mean(axis=0), h[0] @ W_LABELS + B_LABELS
        p = np.exp(logits - logits.max())
        expected.append({"ids": ids, "mean": (mean / np.linalg.norm(mean)).tolist(), "first": (h[0] / np.linalg.norm(h[0])).tolist(),
                         "labels": (p / p.sum()).tolist()})
    write("", "expected.json", expected)


main()
