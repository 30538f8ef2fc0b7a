"""Fourier transforms, linear algebra, sparse matrices: each from a library of its own."""

import math

from ..registry import Case, check


def waves(torch, n):
    """The matrix of the discrete Fourier transform of length n, by sines and cosines."""
    turns = torch.outer(torch.arange(n), torch.arange(n)) % n
    angle = turns.double() * (-2 * math.pi / n)
    return torch.complex(angle.cos(), angle.sin())


@check("fft", level="full")
def fft(c):
    """Lengths that are a power of two and that are not; one and two dimensions; back again."""
    torch = c.torch
    rows, n, odd = (1024, 1024, 1000) if c.cuda else (64, 512, 500)
    x, y, picture = c.normal(rows, n), c.normal(rows, odd), c.normal(4, 96, 128)
    device_x, device_y, device_picture = c.put(x), c.put(y), c.put(picture)

    def run():
        real = torch.fft.rfft(device_x)
        parts = (real, torch.fft.fft(device_y.to(torch.complex64)), torch.fft.fft2(device_picture))
        return *(torch.view_as_real(part).flatten(-2) for part in parts), torch.fft.irfft(real, n=n)

    def reference():
        complex_x, complex_y, complex_picture = (part.to(torch.complex128) for part in (x, y, picture))
        two = waves(torch, 96) @ complex_picture @ waves(torch, 128)
        parts = ((complex_x @ waves(torch, n))[:, : n // 2 + 1], complex_y @ waves(torch, odd), two)
        return *(torch.view_as_real(part).flatten(-2) for part in parts), x.double()

    # log2(n) = 10 layers, each a few u: 1e-6; lengths with other factors a little more.
    return Case(run, reference, 1e-5)


@check("linalg", level="full", limit=120)
def linalg(c):
    """Solving, Cholesky, eigenvalues, singular values: put together again in float64 they give what was taken apart."""
    torch = c.torch
    n, wide = (512, 384) if c.cuda else (192, 128)
    # Far from singular: the condition of the first is about 3, of the second 5 (Marchenko-Pastur).
    a = c.normal(n, n, scale=0.5 * n**-0.5) + torch.eye(n)
    b, m = c.normal(n, 16), c.normal(n, wide)
    s = (m.double() @ m.double().T / n).float() + torch.eye(n)
    s = (s + s.T) / 2
    device_a, device_b, device_s, device_m = (c.put(value) for value in (a, b, s, m))

    def run():
        values, vectors = torch.linalg.eigh(device_s)
        u, singular, v = torch.linalg.svd(device_m, full_matrices=False)
        return (
            torch.linalg.solve(device_a, device_b), torch.linalg.cholesky(device_s), values, vectors, u, singular, v,
            torch.linalg.inv(device_a),
        )

    def pick(*results):
        x, l, values, vectors, u, singular, v, inverse = (part.cpu().double() for part in results)
        return (
            x, l @ l.T, vectors * values @ vectors.T, vectors.T @ vectors, u * singular @ v, u.T @ u, v @ v.T,
            a.double() @ inverse, l.triu(1),
        )

    def reference():
        # Solved by refining an approximation in float64: it does not matter how good the first was.
        exact, right = a.double(), b.double()
        nearly = torch.linalg.inv(exact)
        x = nearly @ right
        for _ in range(3):
            x = x + nearly @ (right - exact @ x)
        one, slim = torch.eye(n, dtype=torch.float64), torch.eye(wide, dtype=torch.float64)
        return (
            x, s.double(), s.double(), one, m.double(), slim, slim, one, torch.zeros(n, n, dtype=torch.float64),
        )

    # Backward stable methods err by a modest multiple of sqrt(n) u = 1.4e-6 times the condition; rotations of Jacobi's
    # method, which cards use, add up a few sweeps.
    return Case(run, reference, 1e-4, pick=pick)


@check("sparse", level="full")
def sparse(c):
    """A sparse matrix in both forms times a dense one."""
    torch = c.torch
    n, width, count = (4096, 256, 1 << 17) if c.cuda else (512, 64, 1 << 12)
    # Each place once.
    places, dense = c.whole(0, n * n, count).unique(), c.normal(n, width)
    values = c.normal(len(places))
    matrix = torch.sparse_coo_tensor(torch.stack((places // n, places % n)), values, (n, n)).coalesce()
    coo, csr, device_dense = c.put(matrix), c.put(matrix.to_sparse_csr()), c.put(dense)

    def reference():
        full = torch.zeros(n * n, dtype=torch.float64)
        full[places] = values.double()
        product = full.view(n, n) @ dense.double()
        return product, product

    # Sums of some 32 products, in whatever order threads come.
    return Case(
        lambda: (torch.sparse.mm(coo, device_dense), csr @ device_dense), reference, 1e-5,
        2 * 2 * len(places) * width, repeatable=False,
    )

