// Writes wordpiece.json: texts and their tokens by the reference implementation for JavaScript.
// In a folder beside this one: npm i --ignore-scripts @huggingface/tokenizers@0.2.0; node wordpiece.mjs FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { Tokenizer } = await import(pathToFileURL(`${process.argv[2]}/node_modules/@huggingface/tokenizers/dist/tokenizers.mjs`));
const here = new URL(".", import.meta.url);
const file = JSON.parse(readFileSync(new URL("tiny-sentence/tokenizer.json", here)));
const texts = [
  "The order is late!", "  my\tparcel\n\nrefund\u3000please ", "unwanted runnning running runs", "I want a CAF\u00c9 r\u00e9sum\u00e9",
  "cafe\u0301 na\u00efve", "12 1234 4321 5", "hello-world, hello.world?", "\u4e2d\u6587 x\u4e2d\u6587y \u4e2d", "un\u200bhappy", "un\u00adhappy",
  "\u0000order\u0007\ufffd", "hello\ud83d\ude00world \ud83d\ude00", "[hello]", "#1 ##1", "q".repeat(100), "q".repeat(101),
  "\u00dfs \u00df\u00df", "\u03b1\u03b2 \u0391\u0392", "\u00abhello\u00bb \u2014 world\u2026", "a$b^c`d~e", "unhappyx", "\u0130", " ", "",
  "\u00a0hello\u2028world\u0085", "\ue000order", "\u20acorder",
];
const lowercase = [true, false];
const cases = lowercase.flatMap(lower => {
  file.normalizer.lowercase = lower;
  const tokenizer = new Tokenizer(file, { tokenizer_class: "BertTokenizer", clean_up_tokenization_spaces: false });
  return texts.map(text => ({ text, lower, ids: [...tokenizer.encode(text).ids].map(Number) }));
});
writeFileSync(new URL("wordpiece.json", here), "[\n" + cases.map(one => JSON.stringify(one)).join(",\n") + "\n]\n");
