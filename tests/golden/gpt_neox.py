"""Prints gpt_neox.h: what Transformers and PyTorch say about two tiny models.

    pip install torch transformers
    python3 gpt_neox.py >gpt_neox.h

Tests read the header; they never run this.  The weights are a closed formula
of a parameter's place in our table and of the element's place in our layout.
Its constants are exact in binary, so that the argument of the sine is too, and
tests/model/test_golden.c computes the same weights to the bit.
"""
import contextlib
import math
from unittest import mock

import torch
import transformers
from torch.nn import functional
from transformers.models.gpt_neox import modeling_gpt_neox as gpt_neox

LAYERS, HIDDEN, HEADS, INTERMEDIATE, VOCABULARY = 2, 16, 4, 24, 19
LENGTH, SEQUENCES, STEPS = 7, 2, 10
CLIP = 0.25
# Row by row, one id more than the sequence: tokens and, one further, targets.
IDS = [[(3 + 5 * b + 7 * t + t * t) % VOCABULARY for t in range(LENGTH + 1)]
       for b in range(SEQUENCES)]
MODELS = {
    "parallel": dict(use_parallel_residual=True, rotary_pct=0.5,
                     tie_word_embeddings=False, hidden_act="gelu"),
    "sequential": dict(use_parallel_residual=False, rotary_pct=1.0,
                       tie_word_embeddings=True, hidden_act="gelu_new"),
}


@contextlib.contextmanager
def all_in_double():
    """Transformers computes the softmax, the rotary angles and the loss of any
    model in float32; under this patch its own code does so in double."""
    with mock.patch.multiple(torch, float=torch.double, float32=torch.double), \
            mock.patch.object(torch.Tensor, "float", torch.Tensor.double):
        yield


def make_model(choice):
    config = transformers.GPTNeoXConfig(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=INTERMEDIATE,
        max_position_embeddings=LENGTH + 1, layer_norm_eps=1e-5,
        rotary_emb_base=10000, attention_dropout=0.0, hidden_dropout=0.0,
        attn_implementation="eager", **choice)
    model = transformers.GPTNeoXForCausalLM(config).double()
    # Its buffers were made in float32.
    model.gpt_neox.rotary_emb = gpt_neox.GPTNeoXRotaryEmbedding(config)
    assert model.gpt_neox.layers[0].attention.rotary_ndims == \
        int(choice["rotary_pct"] * HIDDEN / HEADS)
    assert choice["tie_word_embeddings"] == \
        (model.lm_head.weight is model.gpt_neox.embed_in.weight)
    return model


def fused(which):
    """Rows of query_key_value are [heads, 3, head size]."""
    return lambda t: t.view(HEADS, 3, HIDDEN // HEADS, -1)[:, which]


def table(model):
    """Our parameters in our order: name, theirs, the view that is ours."""
    whole, turned = (lambda t: t), (lambda t: t.T)

    def pair(name, module, view=whole):
        yield f"{name}.weight", module.weight, view
        yield f"{name}.bias", module.bias, whole

    yield "embed.weight", model.gpt_neox.embed_in.weight, whole
    for i, layer in enumerate(model.gpt_neox.layers):
        at, qkv = f"blocks.{i}", layer.attention.query_key_value
        yield from pair(f"{at}.norm1", layer.input_layernorm)
        for kind in "weight", "bias":
            for which, name in enumerate(("query", "key", "value")):
                yield f"{at}.attention.{name}.{kind}", getattr(qkv, kind), \
                    fused(which)
        yield from pair(f"{at}.attention.output", layer.attention.dense, turned)
        yield from pair(f"{at}.norm2", layer.post_attention_layernorm)
        yield from pair(f"{at}.mlp.up", layer.mlp.dense_h_to_4h)
        yield from pair(f"{at}.mlp.down", layer.mlp.dense_4h_to_h, turned)
    yield from pair("norm", model.gpt_neox.final_layer_norm)
    if model.lm_head.weight is not model.gpt_neox.embed_in.weight:
        yield "head.weight", model.lm_head.weight, whole


@torch.no_grad()
def set_weights(model):
    for i, (name, theirs, view) in enumerate(table(model)):
        mean = "norm" in name and name.endswith("weight")
        part = view(theirs)
        values = [mean + 0.3 * math.sin(1.75 * (i + 1) + 0.875 * j)
                  for j in range(part.numel())]
        part.copy_(torch.tensor(values, dtype=torch.double).view(part.shape))


def token_losses(model):
    ids = torch.tensor(IDS)
    logits = model(input_ids=ids[:, :-1]).logits
    assert logits.dtype == torch.double
    return functional.cross_entropy(logits.reshape(-1, VOCABULARY),
                                    ids[:, 1:].reshape(-1), reduction="none")


def gradients(model):
    """Two numbers a parameter.  The plain sum is none of them: behind a norm it
    is zero."""
    model.zero_grad()
    token_losses(model).mean().backward()
    for name, theirs, view in table(model):
        part = view(theirs.grad).reshape(-1)
        angle = 0.3 * torch.arange(len(part), dtype=torch.double)
        yield name, torch.dot(part, angle.cos()).item(), \
            torch.dot(part, angle.sin()).item()


def clip_exactly(model):
    """clip_grad_norm_ without the 1e-6 that it adds to the norm."""
    norm = math.sqrt(sum(p.grad.square().sum().item()
                         for p in model.parameters()))
    assert norm > 1.5 * CLIP, norm
    for p in model.parameters():
        p.grad *= CLIP / norm


def losses_after_steps(model, clip):
    """The mean loss after each of the steps."""
    set_weights(model)
    decayed = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim < 2]
    optimiser = torch.optim.AdamW(
        [dict(params=decayed, weight_decay=0.01),
         dict(params=others, weight_decay=0.0)],
        lr=1e-2, betas=(0.9, 0.999), eps=1e-8)
    for _ in range(STEPS):
        model.zero_grad()
        token_losses(model).mean().backward()
        if clip:
            clip_exactly(model)
        optimiser.step()
        yield token_losses(model).mean().item()


def check_against_plain(choice, losses):
    """The patch changes digits beyond float32 alone, and their loss is ours."""
    model = make_model(choice)
    set_weights(model)
    assert torch.allclose(token_losses(model), losses, rtol=1e-5)
    ids = torch.tensor(IDS)
    assert torch.allclose(model(input_ids=ids, labels=ids).loss.double(),
                          losses.mean(), rtol=1e-5)


def text(values):
    lines, line = [], "   "
    for value in values:
        item = f" {value:.17g},"
        if len(line + item) > 80:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join(lines + [line])


def main():
    versions = transformers.__version__, torch.__version__.split("+")[0]
    print("/* Made by gpt_neox.py with Transformers %s and PyTorch %s. */"
          % versions)
    print(f"""\
/* clang-format off */
#ifndef TESTS_GOLDEN_GPT_NEOX_H
#define TESTS_GOLDEN_GPT_NEOX_H

/* Sums of the gradient's elements j times cos(0.3 j), and times sin(0.3 j). */
struct gpt_neox_gradient {{
    const char *name;
    double cosine, sine;
}};

/* Losses of the tokens, and their mean after each step of AdamW, without
 * clipping and with. */
struct gpt_neox {{
    double losses[{SEQUENCES * LENGTH}], after[{STEPS}], \
after_clipped[{STEPS}], clip;
    int parameters;
    struct gpt_neox_gradient gradients[36];
}};

static const int gpt_neox_ids[{SEQUENCES}][{LENGTH + 1}] = {{""")
    print(",\n".join("    {" + ", ".join(map(str, row)) + "}" for row in IDS))
    print("};")
    for name, choice in MODELS.items():
        with all_in_double():
            model = make_model(choice)
            set_weights(model)
            losses = token_losses(model).detach()
            sums = list(gradients(model))
            after = list(losses_after_steps(model, clip=False))
            clipped = list(losses_after_steps(model, clip=True))
        check_against_plain(choice, losses)
        print(f"\nstatic const struct gpt_neox gpt_neox_{name} = {{{{")
        print(text(losses.tolist()), text(after), text(clipped),
              sep="\n}, {\n")
        print(f"}}, {CLIP}, {len(sums)}, {{")
        for row in sums:
            print('    {"%s", %.17g, %.17g},' % row)
        print("}};")
    print("\n#endif")


if __name__ == "__main__":
    main()
