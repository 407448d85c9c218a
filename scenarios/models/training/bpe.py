"""Byte-level BPE: trains the vocabulary, encodes, decodes and writes `tokenizer.json` in the format of Hugging Face tokenizers.

The split pattern keeps copying easy for the model: every digit stands alone, a blank never joins a capital, and so an id or a
name has the same tokens in the ticket and in the answer. The first two alternatives let a key of the answer with its quotes
become one token. Only ASCII classes are used, so that Oniguruma, JavaScript, .NET and Python agree on every text.

    python3 bpe.py OUT_FOLDER [VOCABULARY_SIZE]
"""
import collections
import json
import re
import sys
from pathlib import Path

from ticketgen import training_ticket, ticket

SPLIT = r'''(?:\{"|",")[a-z]+":"|"\}|[0-9]|[A-Z][a-z]*| ?[a-z]+| |[^A-Za-z0-9 ]+'''
SPECIALS = ["<|pad|>", "<|bos|>", "<|user|>", "<|assistant|>", "<|end|>"]
PAD, BOS, USER, ASSISTANT, END = range(5)
CHAT_TEMPLATE = ("{{ bos_token }}{% for message in messages %}"
                 "{% if message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}"
                 "{% else %}{{ '<|user|>' + message['content'] }}{% endif %}"
                 "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")


def byte_alphabet():
    """GPT-2's mapping of the 256 byte values to printable characters."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    alphabet, extra = {b: chr(b) for b in printable}, 256
    for b in range(256):
        if b not in alphabet:
            alphabet[b] = chr(extra)
            extra += 1
    return alphabet


ALPHABET = byte_alphabet()
BYTES = {c: b for b, c in ALPHABET.items()}
CAPITAL = re.compile("[A-Z]")


def to_alphabet(text):
    return "".join(ALPHABET[b] for b in text.encode("utf-8"))


def merge_pair(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(size=768, examples=5000, seed=99):
    """Learns merges from tickets and answers. Pieces of capitalised words stay at three letters, so that names are spelled in
    syllables that the model sees often."""
    counts = collections.Counter()
    for i in range(examples):
        sample = ticket(seed, i, typos=0.0, style="long" if i % 20 == 0 else "plain")
        counts.update(re.findall(SPLIT, sample.text))
        counts.update(re.findall(SPLIT, sample.answer))
    words = {to_alphabet(w): n for w, n in counts.items()}
    symbols = {w: list(w) for w in words}
    merges = []
    while len(merges) < size - len(SPECIALS) - 256:
        pairs = collections.Counter()
        for word, parts in symbols.items():
            short = CAPITAL.match(word) is not None
            for a, b in zip(parts, parts[1:]):
                if not (short and len(a) + len(b) > 3):
                    pairs[a, b] += words[word]
        if not pairs:
            break
        best = max(pairs.items(), key=lambda item: (item[1], item[0]))[0]
        merges.append(best)
        symbols = {w: merge_pair(s, best) if best[0] in s else s for w, s in symbols.items()}
    return merges


class Tokenizer:
    """Merge-order BPE over the byte alphabet; ids: specials, 256 bytes, merges in order."""

    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        tokens = SPECIALS + [ALPHABET[b] for b in range(256)] + [a + b for a, b in self.merges]
        self.vocabulary = {t: i for i, t in enumerate(tokens)}
        assert len(self.vocabulary) == len(tokens), "two merges make the same token"
        self.tokens = tokens
        self.ranks = {m: i for i, m in enumerate(self.merges)}
        self.cache = {}

    @property
    def size(self):
        return len(self.tokens)

    def _word(self, word):
        if word not in self.cache:
            symbols = list(to_alphabet(word))
            while len(symbols) > 1:
                pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                if pair not in self.ranks:
                    break
                symbols = merge_pair(symbols, pair)
            self.cache[word] = [self.vocabulary[s] for s in symbols]
        return self.cache[word]

    def encode(self, text):
        """Ids of plain text; the names of special tokens inside it are not looked for."""
        return [i for word in re.findall(SPLIT, text) for i in self._word(word)]

    def decode(self, ids):
        data = bytes(BYTES[c] for i in ids if i >= len(SPECIALS) for c in self.tokens[i])
        return data.decode("utf-8", "replace")

    def prompt(self, text, system=""):
        """What the chat template renders for an optional system text and one user message, with the generation prompt."""
        head = [BOS] + ([USER] + self.encode(system) if system else [])
        return head + [USER] + self.encode(text) + [ASSISTANT]

    def answer(self, text):
        return self.encode(text) + [END]

    def save(self, folder):
        added = [dict(id=i, content=s, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
                 for i, s in enumerate(SPECIALS)]
        level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False)
        split = dict(type="Split", pattern=dict(Regex=SPLIT), behavior="Isolated", invert=False)
        model = dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
                     fuse_unk=False, byte_fallback=False, ignore_merges=False, vocab=self.vocabulary,
                     merges=[f"{a} {b}" for a, b in self.merges])
        tokenizer = dict(version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=None,
                         pre_tokenizer=dict(type="Sequence", pretokenizers=[split, level]), post_processor=None,
                         decoder=level, model=model)
        config = dict(tokenizer_class="PreTrainedTokenizerFast", model_max_length=2048, clean_up_tokenization_spaces=False,
                      add_bos_token=False, add_eos_token=False, bos_token="<|bos|>", eos_token="<|end|>", pad_token="<|pad|>",
                      chat_template=CHAT_TEMPLATE)
        write_json(Path(folder) / "tokenizer.json", tokenizer)
        write_json(Path(folder) / "tokenizer_config.json", config)

    @staticmethod
    def load(folder):
        model = json.loads((Path(folder) / "tokenizer.json").read_text("utf-8"))["model"]
        return Tokenizer([m.split(" ") for m in model["merges"]])


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(train(int(sys.argv[2]) if len(sys.argv) > 2 else 768))
    tokenizer.save(target)
    lengths, answers = [], []
    for n in range(1000):
        sample = training_ticket(98, n)
        assert tokenizer.decode(tokenizer.encode(sample.text)) == sample.text
        lengths.append(len(tokenizer.prompt(sample.text, sample.system)))
        answers.append(len(tokenizer.answer(sample.answer)))
    lengths.sort(), answers.sort()
    print("vocabulary", tokenizer.size, "prompt median/p99/max", lengths[500], lengths[990], lengths[-1], "answer min/median/max",
          answers[0], answers[500], answers[-1])
    for part in (ticket(5, 3).text, ticket(5, 3).answer):
        print([tokenizer.decode([i]) for i in tokenizer.encode(part)])
