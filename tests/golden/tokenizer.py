"""What Hugging Face's `tokenizers` says: small tokenizers of each kind, and ids.

    pip install tokenizers
    python3 tokenizer.py train tokenizers              # tokenizers/NAME.json
    python3 tokenizer.py encode 80 tokenizers/*.json   # tokenizers/NAME.jsonl
    python3 tokenizer.py split 100 tokenizers          # tokenizers/split.jsonl
    python3 tokenizer.py encode 3000 FILE.json... --to DIR
    python3 tokenizer.py split 3000 DIR

Tests read the files; they never run this.  The first three lines made what is
kept here, with tokenizers 0.23.3; the others make more to try,

    tests/io/test_tokenizer_golden TOKENIZER.json VECTORS.jsonl ...
    tests/io/test_split DIR/split.jsonl

Characters are those that Python's Unicode assigns (14.0), and noncharacters.
"""
import argparse
import json
import os
import random
import unicodedata

from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models,
                        normalizers, pre_tokenizers, trainers)

TIKTOKEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s"
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3, QWEN2 = TIKTOKEN % r"\p{N}{1,3}", TIKTOKEN % r"\p{N}"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
MERGES = 330


def training_text():
    """Words of a few letters, so that there is much to merge."""
    draw = random.Random(1)
    alphabets = ["etaoinshrdlu", "etaoinshrdlu", "оеаинтсрвл", "éèàçôtesran",
                 "αεηικτνσρ", "的一是不了人我在有他这", "אבגדהול", "かなはのにを",
                 "가나다라마", "0123456789", "()[]{}<>=+-*/&|;:'\".,"]
    words = ["".join(draw.choice(a) for _ in range(draw.randint(1, 6)))
             for a in alphabets for _ in range(60)]
    glue = [" "] * 20 + ["  ", "\n", "\n\n", "\t", ", ", ". ", "'s ", "'ll ",
                         "    ", "\r\n", " 😀", "ﬁ"]
    for _ in range(800):
        yield "".join(draw.choice(words) + draw.choice(glue)
                      for _ in range(draw.randint(1, 40)))


def byte_level(normalizer, *before, **options):
    t = Tokenizer(models.BPE())
    t.normalizer = normalizer
    last = pre_tokenizers.ByteLevel(**options)
    t.pre_tokenizer = pre_tokenizers.Sequence([*before, last]) if before else last
    t.decoder = decoders.ByteLevel()
    return t, pre_tokenizers.ByteLevel.alphabet()


def split(regex):
    return pre_tokenizers.Split(Regex(regex), "isolated")


def sentencepiece(pre_tokenizer, **options):
    t = Tokenizer(models.BPE(unk_token="<unk>", **options))
    t.pre_tokenizer = pre_tokenizer
    return t, [c for c in "etaoinshrdlu,.'▁▂0123456789\n"]


def untrained(name):
    """A tokenizer without merges, its alphabet and what is added to it."""
    special = [AddedToken("<|endoftext|>", special=True, normalized=False)]
    if name == "gpt2":
        return *byte_level(None, add_prefix_space=False), special
    if name == "neox":
        runs = [AddedToken(" " * n, normalized=True) for n in range(24, 1, -1)]
        return *byte_level(normalizers.NFC(), add_prefix_space=False), special + runs
    if name == "llama3":
        marks = [AddedToken(f"<|{n}|>", special=True, normalized=False) for n in
                 ("begin_of_text", "end_of_text", "eot", "eot_id")]
        return *byte_level(None, split(LLAMA3), add_prefix_space=False,
                           use_regex=False), marks
    if name == "qwen2":
        return *byte_level(normalizers.NFC(), split(QWEN2), add_prefix_space=False,
                           use_regex=False), special
    if name == "added":
        kinds = [AddedToken("<mask>", lstrip=True), AddedToken("<sep>", rstrip=True),
                 AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
                 AddedToken("word", single_word=True), AddedToken("   "),
                 AddedToken("wor", single_word=True, normalized=False),
                 AddedToken("ё"), AddedToken("и\u0306т", normalized=False),
                 AddedToken("<mask", normalized=True),
                 AddedToken("\v", lstrip=True, rstrip=True, normalized=False)]
        return *byte_level(normalizers.NFC(), pre_tokenizers.Digits(True),
                           add_prefix_space=True), kinds
    if name == "llama2":
        t, alphabet = sentencepiece(None, fuse_unk=True, byte_fallback=True)
        t.normalizer = normalizers.Sequence(
            [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        t.decoder = decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
             decoders.Strip(" ", 1, 0)])
        return t, alphabet, [AddedToken(s, special=True, normalized=False)
                             for s in ("<s>", "</s>")] + [AddedToken("<pad>")]
    if name == "metaspace":
        t, alphabet = sentencepiece(
            pre_tokenizers.Metaspace(prepend_scheme="first", split=True))
        t.decoder = decoders.Metaspace(prepend_scheme="first")
        return t, alphabet, [AddedToken("<s>", special=True, normalized=False)]
    raise SystemExit(f"no tokenizer {name}")


NAMES = ["gpt2", "neox", "llama3", "qwen2", "added", "llama2", "metaspace"]


def train(name):
    t, alphabet, added = untrained(name)
    pieces = t.pre_tokenizer
    if name == "llama2":  # else a whole text is one word to the trainer
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    first = ["<unk>"] if name in ("llama2", "metaspace") else []
    if name == "llama2":
        first += [f"<0x{b:02X}>" for b in range(256)]
    t.train_from_iterator(training_text(), trainers.BpeTrainer(
        vocab_size=len(first) + len(alphabet) + MERGES, show_progress=False,
        initial_alphabet=alphabet, special_tokens=first,
        limit_alphabet=len(alphabet)))
    j = json.loads(t.to_str())
    j["added_tokens"] = [x for x in j["added_tokens"] if not
                         x["content"].startswith("<0x")]
    t = Tokenizer.from_str(json.dumps(j))
    if pieces:
        t.pre_tokenizer = pieces
    j = json.loads(t.to_str())
    if not pieces:
        j["pre_tokenizer"] = None
    t = Tokenizer.from_str(json.dumps(j))
    t.add_tokens(added)
    j = json.loads(t.to_str())
    if name == "llama3":  # words that no merge leads to
        j["model"]["ignore_merges"] = True
        del j["model"]["merges"][5::9]
    elif name != "qwen2":  # as older files have it
        j["model"]["merges"] = [" ".join(m) for m in j["model"]["merges"]]
    if name == "qwen2":  # what says nothing, as some files have it
        j["model"] |= {"dropout": 0.0, "unk_token": ""}
        for kind in ("normalizer", "pre_tokenizer"):
            key = kind.replace("_", "") + "s"
            j[kind] = {"type": "Sequence", key: [
                {"type": "Sequence", key: [x]} for x in j[kind].get(key, [j[kind]])]}
    return j


ASSIGNED = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in
            ("Cn", "Cs", "Co")]
MARKS = [c for c in ASSIGNED if unicodedata.combining(chr(c))]
PICKED = {
    "latin": lambda d: chr(d.randint(0x20, 0x24f)),
    "low": lambda d: chr(d.choice(ASSIGNED[:3000])),
    "any": lambda d: chr(d.choice(ASSIGNED)),
    "high": lambda d: chr(d.choice(ASSIGNED[-20000:])),
    "private": lambda d: chr(d.choice([0xe000, 0xf8ff, 0xffff, 0xfdd0, 0x10ffff,
                                       0xf0000, 0xfffd, 0x1fffe])),
    "mark": lambda d: d.choice("aeo=中가") + "".join(
        chr(d.choice(MARKS)) for _ in range(d.randint(1, 5))),
    "jamo": lambda d: chr(d.randint(0x1100, 0x1112)) + chr(d.randint(0x1161, 0x1175))
    + d.choice(["", chr(d.randint(0x11a8, 0x11c2))]),
    "control": lambda d: chr(d.choice([*range(32), *range(0x7f, 0xa0)])),
    "newline": lambda d: d.choice(["\n", "\r\n", "\r", "\n\n\n", "\v", "\u2028",
                                   " \n ", "\t\n\t"]),
    "space": lambda d: d.choice([" ", "\t", "\u00a0", "\u3000", "\u2003", "\u200b",
                                 "\u1680"]) * d.randint(1, 4),
    "blanks": lambda d: " " * d.randint(1, 30),
    "digits": lambda d: "".join(d.choice("0123456789") for _ in
                                range(d.randint(1, 9))),
    "number": lambda d: d.choice("٣੩½Ⅷ①𝟗九〇") * d.randint(1, 4),
    "zero": lambda d: "\0" * d.randint(1, 3),
    "contraction": lambda d: d.choice("'’") + d.choice(
        ["s", "t", "re", "ve", "m", "ll", "d", "S", "LL", "Re", "vE", "ſ", "l", "r",
         "x", "K", "ß"]),
    "emoji": lambda d: d.choice(["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪🇫🇷", "1️⃣", "☺️", "😀😀"]),
    "added": lambda d: d.choice(
        ["<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eot", "<s>", "</s>",
         "<unk>", "<mask>", "<mask", "<sep>", "<both>", "word", "wor", "words", "▁",
         "▁▁", "<0x41>", "ё", "е\u0308", "и\u0306т", "Å", "\u2126", "ﬁ", "e\u0301\u0323"]),
    "code": lambda d: d.choice(["if (x)\n        return;", "a->b", "\t\t}", "!!", "://",
                                "#include <", "x=1", "/* */", "$%^", "...", "—"]),
    "words": lambda d: " ".join("".join(d.choice("etaoinshrdlu") for _ in
                                        range(d.randint(1, 7)))
                                for _ in range(d.randint(1, 4))),
    "han": lambda d: "".join(d.choice("的一是不了人我在有他这") for _ in
                             range(d.randint(1, 9))),
}


# What is there to go wrong, one thing a text.
FIRST = [
    "", " ", "\n", "\0", "\0\0", "'", "e\u0301", "\u0301", "é", "a\u05ad\U0001183a\u0bcd",
    "\U00011935\U00011930\u0334", "e\u0323\u0302 \u1100\u1161\u11a8 \uac00\u11a8", "\u2126\u212b",
    "don't we'LL I'ſ x'Ve 'r 'll x'ſt y'Ste z'dre \n'll", "one\ntwo\r\nthree \n four\t\tfive\u2028six", "  two", "tail  ",
    "a   b \u00a0 c\u3000\u3000d", "12345678 1 23 ½٣", "!!\n\nx ?!\r\n\r\n", "a.b ,c (d) -e",
    "a  <mask>  b<mask><mask>c <mask", "a  <sep>  b <sep>   <sep>c", " <both>  <both> \u3000x",
    "word words sword word. word_ é", "wor wor2 <wor>", "иёй и\u0306т е\u0308", "x<|endoftext|> y",
    "<|eot|><|eot_id|><|eot_i", "<s> x</s> <unk>", "x<s>b<s>", "<0x41>▁▁x ▁", "的一 a的 ☃☃ a☃b", "ab ☃ \U0001f600",
    "a <pad> b<pad>", "\v\v\va\v\vb <sep> \v\v <mask>\v c", "heee thththe" + " the" * 40 + "e" * 70]


def texts(n, seed):
    draw = random.Random(seed)
    kinds = list(PICKED)
    yield from FIRST[:n]
    for _ in range(n - len(FIRST)):
        some = draw.sample(kinds, draw.randint(1, 5))
        yield "".join(draw.choice(["", "", " "]) + PICKED[draw.choice(some)](draw)
                      for _ in range(draw.randint(1, 12 if n > 100 else 7)))


def vectors(path, n):
    t = Tokenizer.from_file(path)
    for text in texts(n, n):
        ids = t.encode(text, add_special_tokens=False).ids
        line = {"text": text, "ids": ids}
        decoded = t.decode(ids, skip_special_tokens=False)
        if decoded != text:
            line["decoded"] = decoded
        yield json.dumps(line, separators=(",", ":"))


def pieces(n):
    """How each regular expression cuts a text: lengths in bytes."""
    for text in texts(n, n + 1):
        yield json.dumps({"text": text, **{
            name: [len(piece.encode()) for piece, _ in
                   split(regex).pre_tokenize_str(text)]
            for name, regex in (("gpt2", GPT2), ("llama3", LLAMA3),
                                ("qwen2", QWEN2))}}, separators=(",", ":"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["train", "encode", "split"])
    parser.add_argument("what", nargs="+")
    parser.add_argument("--to")
    a = parser.parse_intermixed_args()
    if a.task == "train":
        for name in NAMES:
            with open(os.path.join(a.what[0], name + ".json"), "w") as f:
                json.dump(train(name), f, ensure_ascii=False, separators=(",", ":"))
        return
    if a.task == "split":
        with open(os.path.join(a.what[1], "split.jsonl"), "w") as f:
            for line in pieces(int(a.what[0])):
                f.write(line + "\n")
        return
    for path in a.what[1:]:
        name = os.path.splitext(os.path.basename(path))[0] + ".jsonl"
        with open(os.path.join(a.to or os.path.dirname(path), name), "w") as f:
            for line in vectors(path, int(a.what[0])):
                f.write(line + "\n")


main()
