"""Not a test: does what tests/bench/tokenizer does, with `tokenizers`.

    tokenizer.py TOKENIZER.json FILE.jsonl...

Once over all texts, one by one, on one thread.
"""
import json
import os
import sys
import time

os.environ.update(TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")
from tokenizers import Tokenizer  # noqa: E402 (after its environment)

tokenizer = Tokenizer.from_file(sys.argv[1])
texts = [json.loads(line)["text"] for name in sys.argv[2:]
         for line in open(name, encoding="utf-8")]
size = sum(len(text.encode()) for text in texts)
begin = time.perf_counter()
tokens = sum(len(tokenizer.encode(text, add_special_tokens=False).ids)
             for text in texts)
seconds = time.perf_counter() - begin
print(f"{size / seconds / 1e6:.2f} MB/s, {size} bytes, {tokens} tokens")
