"""Packages that work closely with torch, where they are installed."""

from ..registry import Case, check

# The sixteen values of NF4 (QLoRA, arXiv:2305.14314, appendix E).
NF4 = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
)


@check("nf4", level="full", package="bitsandbytes", limit=120, isolated=True)
def nf4(c):
    """To 4 bits and back, in blocks of 64 numbers with a scale each."""
    torch = c.torch
    import bitsandbytes
    import bitsandbytes.functional as functional

    x, block = c.normal(256, 1024), 64
    device_x = c.put(x)

    def run():
        packed, state = functional.quantize_4bit(device_x, blocksize=block, quant_type="nf4")
        return (functional.dequantize_4bit(packed, state, quant_type="nf4"),)

    def reference():
        blocks = x.double().view(-1, block)
        scale = blocks.abs().amax(dim=1, keepdim=True)
        values = torch.tensor(NF4, dtype=torch.float64)
        middles = (values[1:] + values[:-1]) / 2
        return ((values[torch.bucketize(blocks / scale, middles)] * scale).view_as(x),)

    # The 16 values and the scale are float32. A number between two values may go either way by rounding: one such is
    # up to 0.14 of its block's largest, 0.01 of a row; the seed is fixed, and with it none is there. The next worse,
    # a wrong table or scale, shows as 0.1.
    # Its tables may lie anywhere.
    return Case(run, reference, 2e-2, watched=False, words=lambda: f"bitsandbytes {bitsandbytes.__version__}")


@check(
    "xformers", level="full", package="xformers", limit=120, isolated=True,
    card_only="xformers has kernels only for cards",
)
def xformers(c):
    torch = c.torch
    import xformers
    import xformers.ops

    batch, length, heads, width = 2, 1024, 8, 64
    q, k, v = (c.normal(batch, length, heads, width, dtype=torch.float16) for _ in range(3))
    device_q, device_k, device_v = c.put(q), c.put(k), c.put(v)

    def reference():
        some = q[:, ::31].double()
        scores = torch.einsum("bqhd,bkhd->bhqk", some, k.double()) / 8
        weights = (scores - scores.amax(dim=3, keepdim=True)).exp()
        return (torch.einsum("bhqk,bkhd->bqhd", weights / weights.sum(dim=3, keepdim=True), v.double()),)

    # As torch's own attention.
    return Case(
        lambda: (xformers.ops.memory_efficient_attention(device_q, device_k, device_v),), reference, 4e-3,
        4 * batch * heads * length * length * width, pick=lambda out: (out[:, ::31],),
        watched=False, words=lambda: f"xformers {xformers.__version__}",
    )
