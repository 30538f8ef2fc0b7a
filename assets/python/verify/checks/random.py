"""Random numbers made on the device."""

from ..registry import Case, check


def distance(torch, sample, distribution):
    """Kolmogorov's: the largest difference between the share of numbers below x and its probability, by sqrt(n)."""
    n = len(sample)
    share, below = torch.arange(1, n + 1, dtype=torch.float64) / n, distribution(sample.sort().values)
    return float(torch.maximum((share - below).abs(), (share - 1 / n - below).abs()).max()) * n**0.5


@check("random")
def random(c):
    """Moments, distribution and independence of neighbours; the same seed gives the same, another one other numbers."""
    torch = c.torch
    n, faces = (1 << 20, 64) if c.cuda else (1 << 16, 64)

    def numbers(seed):
        generator = torch.Generator(device=c.device).manual_seed(seed)
        named = dict(generator=generator, device=c.device)
        return torch.rand(n, **named), torch.randn(n, **named), torch.randint(0, faces, (n,), **named)

    def run():
        return *numbers(c.seed), *numbers(c.seed), *numbers(c.seed + 1)

    def pick(*results):
        uniform, normal, dice, *others = (tensor.detach().cpu().double() for tensor in results)
        root = n**0.5
        found, expected, allowed = zip(
            # Moments, each within 5 standard deviations of its estimate.
            (uniform.mean(), 1 / 2, 5 * (1 / 12) ** 0.5 / root), (uniform.var(), 1 / 12, 5 * (1 / 180) ** 0.5 / root),
            (normal.mean(), 0, 5 / root), (normal.var(), 1, 5 * 2**0.5 / root),
            (normal.pow(4).mean(), 3, 5 * 96**0.5 / root),
            # Beyond 2.5 with a chance of 7e-6.
            (distance(torch, uniform, lambda x: x), 0, 2.5),
            (distance(torch, normal, lambda x: torch.special.ndtr(x)), 0, 2.5),
            # Chi-square with 63 degrees of freedom: mean 63, variance 126.
            (torch.bincount(dice.long(), minlength=faces).sub(n / faces).square().sum() * faces / n, 63, 6 * 126**0.5),
            # Neighbours know nothing of each other.
            ((normal[1:] * normal[:-1]).mean(), 0, 5 / root),
            (((uniform[1:] - 0.5) * (uniform[:-1] - 0.5)).mean(), 0, 5 / 12 / root),
            # Inside of [0, 1).
            (float((uniform < 0).sum() + (uniform >= 1).sum()), 0, 0.5),
            # The same seed: no number differs. Another seed: hardly one agrees.
            (float((others[0] != uniform).sum() + (others[1] != normal).sum() + (others[2] != dice).sum()), 0, 0.5),
            (float((others[3] == uniform).sum() + (others[4] == normal).sum()), 0, n / 1000),
        )
        return (c.in_units([float(value) for value in found], list(expected), list(allowed)),)

    # In units of what is allowed. The seed is fixed: a torch that passes once passes always.
    return Case(run, lambda: (c.ones(13),), 1.0, pick=pick)
