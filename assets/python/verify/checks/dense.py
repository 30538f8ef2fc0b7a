"""Products of dense matrices, in every type."""

from ..registry import EXACT, Case, Skip, check


def laid_out(c, dtype, size):
    """Two matrices that are A and B laid side by side r x r times, every tile with a factor of its own.

    kron(S, A) @ kron(T, B) = kron(S @ T, A @ B): so the large product that is timed is also the one that is judged,
    on every 61st row, while the reference costs no more than the small one. Returns left, right, reference.
    """
    torch = c.torch
    n, r = (512, size // 512) if c.cuda else (256, 2)
    a, b, s, t = c.normal(n, n, dtype=dtype), c.normal(n, n, dtype=dtype), c.factors(r, r), c.factors(r, r)
    left = torch.kron(c.put(s.to(dtype)), c.put(a))
    right = torch.kron(c.put(t.to(dtype)), c.put(b))
    rows = torch.arange(0, n * r, 61)

    def reference():
        tiles = (s.double() @ t.double())[rows // n]
        small = (a.double() @ b.double())[rows % n]
        return ((tiles.unsqueeze(2) * small.unsqueeze(1)).flatten(1),)

    return left, right, reference


def matmul(c, dtype, size, tolerance):
    left, right, reference = laid_out(c, dtype, size)
    return Case(
        lambda: (c.torch.matmul(left, right),), reference, tolerance,
        operations=2 * len(left) ** 3, pick=lambda out: (out[::61],),
    )


@check("matmul-fp32")
def matmul_fp32(c):
    # sqrt(4096) u = 4e-6, five times that for other orders of summing; TF32 in its place would show as 3e-4.
    return matmul(c, c.torch.float32, 4096, 2e-5)


@check("matmul-tf32", since=(8, 0), what="TF32", card_only="TF32 is a mode of NVIDIA's tensor cores")
def matmul_tf32(c):
    # Both factors are rounded (some cards cut instead: 2 u) to 11 bits: 4e-4 to 1e-3 in the norm; 4 u.
    # Smaller than float16's, so that four matrices stay below 1 GB.
    return matmul(c, c.torch.float32, 6144, 2e-3)


@check("matmul-fp16")
def matmul_fp16(c):
    # Products are summed in float32, the result is rounded to 11 bits (u = 5e-4) once or, in parts, a few times: 4 u.
    return matmul(c, c.torch.float16, 8192, 2e-3)


@check("matmul-bf16", since=(8, 0), what="bfloat16 in hardware")
def matmul_bf16(c):
    # As float16 with 8 bits, u = 3.9e-3: two roundings at worst, 2 u, stays below an error of one percent.
    return matmul(c, c.torch.bfloat16, 8192, 7.8e-3)


@check("matmul-fp8", since=(8, 9), what="float8")
def matmul_fp8(c):
    """float8 (e4m3) with a scale of 1 for either side; the result is bfloat16."""
    torch = c.torch
    if not hasattr(torch, "float8_e4m3fn") or not hasattr(torch, "_scaled_mm"):
        raise Skip("this torch is older than products of float8 (2.1)")
    n, r = (512, 16) if c.cuda else (64, 2)  # the processor counts it out one by one
    # Rounded to 4 bits. A factor out of 1, 2, 4 keeps that exact, and below the largest number, 448.
    a, b = (c.normal(n, n).to(torch.float8_e4m3fn).float() for _ in range(2))
    s, t = c.factors(r, r), c.factors(r, r)
    left = torch.kron(c.put(s), c.put(a)).to(torch.float8_e4m3fn)
    # The right side is wanted column by column.
    right = torch.kron(c.put(t), c.put(b)).t().contiguous().to(torch.float8_e4m3fn).t()
    rows, one = torch.arange(0, n * r, 61), c.put(torch.tensor(1.0))

    def run():
        out = torch._scaled_mm(left, right, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
        # Up to torch 2.4 with the largest element beside it.
        return (out[0] if isinstance(out, tuple) else out,)

    def reference():
        tiles, small = (s.double() @ t.double())[rows // n], (a.double() @ b.double())[rows % n]
        return ((tiles.unsqueeze(2) * small.unsqueeze(1)).flatten(1),)

    # The numbers are exact. Some cards keep 14 bits of a sum on the way and cut the rest: 256 times 6e-5 at worst, each
    # to its own side of zero. The result is rounded to 8 bits, u = 3.9e-3.
    return Case(available(run, "_scaled_mm"), reference, 2e-2, 2 * (n * r) ** 3, pick=lambda out: (out[::61],))


@check("int8", level="full", since=(7, 5), what="int8 in tensor cores")
def int8(c):
    """Product of whole numbers of 8 bits with sums of 32."""
    torch = c.torch
    if not hasattr(torch, "_int_mm"):
        raise Skip("this torch is older than products of int8 (2.1)")
    n = 2048 if c.cuda else 256
    a, b = c.whole(-127, 128, n, n), c.whole(-127, 128, n, n)
    # The right side column by column: the order that every card's cores for int8 take.
    left, right = c.put(a.to(torch.int8)), c.put(b.to(torch.int8).t().contiguous()).t()

    # Sums stay below 2048 * 127^2 = 3e7: exact in 32 bits, and in float64.
    return Case(
        available(lambda: (torch._int_mm(left, right),), "_int_mm"), lambda: (a[::61].double() @ b.double(),), EXACT,
        2 * n**3, pick=lambda out: (out[::61],),
    )


def available(run, operation):
    """A run that says it where this torch was built without the operation for this platform."""

    def tried():
        try:
            return run()
        except (RuntimeError, NotImplementedError) as error:
            words = str(error)
            if "not compiled for this platform" in words or f"Could not run 'aten::{operation}'" in words:
                raise Skip(f"this torch was built without {operation} here") from error
            raise

    return tried
