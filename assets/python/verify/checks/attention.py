"""Attention, in each of its implementations: which one a user gets is torch's choice, so each must be right."""

import sys

from ..registry import Case, Skip, check

# torch's words where no implementation that is allowed takes the case (up to 2.5, and since).
NOT_TAKEN = ("No available kernel", "No viable backend")


def only(torch, name):
    """A context in which torch uses this implementation alone."""
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:
        # torch 2.0 to 2.2
        words = dict(FLASH_ATTENTION="flash", EFFICIENT_ATTENTION="mem_efficient", MATH="math")
        allowed = {f"enable_{word}": known == name for known, word in words.items()}
        return lambda: torch.backends.cuda.sdp_kernel(**allowed)
    return lambda: sdpa_kernel([getattr(SDPBackend, name)])


def without_flash(torch):
    """Whether this build lacks flash attention on a card, as far as it tells: wheels for Windows long did."""
    told = getattr(torch.backends.cuda, "is_flash_attention_available", None)
    if told is not None:
        return not told()
    return sys.platform == "win32"


def attention(c, name, length):
    torch = c.torch
    if not hasattr(torch.nn.functional, "scaled_dot_product_attention"):
        raise Skip("this torch is older than scaled_dot_product_attention (2.0)")
    # float16 is what the fused kernels of a card are for.
    dtype, batch, heads, length = (torch.float16, 2, 8, length) if c.cuda else (torch.float32, 1, 4, 256)
    q, k, v = (c.normal(batch, heads, length, 64, dtype=dtype) for _ in range(3))
    device_q, device_k, device_v = c.put(q), c.put(k), c.put(v)
    alone = only(torch, name)

    def run():
        try:
            with alone():
                return (torch.nn.functional.scaled_dot_product_attention(device_q, device_k, device_v),)
        except RuntimeError as error:
            # On a card that has it, this is a failure.
            if not any(words in str(error) for words in NOT_TAKEN):
                raise
            if not c.cuda:
                raise Skip("this torch has no such attention for the processor") from error
            if name == "FLASH_ATTENTION" and without_flash(torch):
                raise Skip("this torch was built without flash attention") from error
            raise

    def reference():
        scores = q[:, :, ::31].double() @ k.double().transpose(2, 3) / 8
        weights = (scores - scores.amax(dim=3, keepdim=True)).exp()
        return (weights / weights.sum(dim=3, keepdim=True) @ v.double(),)

    # float16: scores and weights may be rounded on the way (kernels without fusion do), each by u = 5e-4 of values up
    # to 6: 8 u. float32: two sums of at most 256.
    return Case(
        run, reference, 4e-3 if c.cuda else 1e-5, 4 * batch * heads * length * length * 64,
        pick=lambda out: (out[:, :, ::31],),
    )


@check("attention-flash", since=(8, 0), what="flash attention")
def attention_flash(c):
    return attention(c, "FLASH_ATTENTION", 2048)


@check("attention-efficient", card_only="memory-efficient attention exists only on cards")
def attention_efficient(c):
    return attention(c, "EFFICIENT_ATTENTION", 2048)


@check("attention-math")
def attention_math(c):
    # Half as long: it holds all scores, in float32, several times.
    return attention(c, "MATH", 1024)
