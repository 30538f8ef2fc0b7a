"""Memory: how fast it is, and whether it keeps what is written."""

from ..registry import EXACT, Case, Skip, check


def numbers(c, mebibytes):
    """MiB of float32 on the device, a few numbers times factors; and a function for the rows that are judged."""
    rows = mebibytes * 256
    row, factors = c.normal(1, 1024), c.factors(rows, 1)

    def judged():
        return factors[::61].double() * row.double()

    return c.put(factors) * c.put(row), judged


@check("memory-copy")
def memory_copy(c):
    """A copy and a sum within the device's memory, beyond the size of its caches."""
    torch = c.torch
    # Three of them stay below 1 GB.
    x, judged = numbers(c, 256 if c.cuda else 16)
    y, z = torch.zeros_like(x), torch.zeros_like(x)

    def run():
        y.copy_(x)
        torch.add(x, y, out=z)
        return y, z

    # Doubling a float32 is exact. Two bytes moved for each of the copy, three for the sum. The results are the same
    # memory each time: two runs cannot be compared.
    return Case(
        run, lambda: (judged(), 2 * judged()), EXACT, bytes=5 * x.numel() * 4,
        pick=lambda y, z: (y[::61], z[::61]), repeatable=False,
    )


@check("pinned-copy", level="full", card_only="copies between the processor's memory and a card's")
def pinned_copy(c):
    """From the processor's memory to the card's and back, through pages that the system may not move."""
    torch = c.torch
    x, judged = numbers(c, 128)
    up = torch.empty(x.shape, pin_memory=True)
    up.copy_(x)
    down = torch.zeros(x.shape).pin_memory()

    def run():
        there = up.to(c.device, non_blocking=True)
        down.copy_(there, non_blocking=True)
        return (there,)

    return Case(
        run, lambda: (judged(), judged()), EXACT, bytes=2 * x.numel() * 4,
        pick=lambda there: (there[::61], down[::61]), repeatable=False, watched=False,
    )


def piece_of_pattern(torch, device, number, count):
    """`count` numbers of 32 bits that no other piece and no shifted piece has: an address line that is stuck shows."""
    pattern = torch.arange(count, device=device, dtype=torch.int32)
    # Odd factors (of Knuth and of xxHash); what is beyond 32 bits is dropped.
    pattern.mul_(-1640531535).add_((number * 374761393 + 668265263) % (1 << 31))
    return pattern.bitwise_xor_(pattern >> 15)


@check("memory-pattern", level="full", isolated=True, limit=120, once=True, stands=True)
def memory_pattern(c):
    """Fills over nine tenths of the free memory with a pattern and reads it back; then with its opposite."""
    torch = c.torch
    count = (256 if c.cuda else 16) << 18  # 256 MiB a piece
    # On the processor only so much that the program is tried: its memory belongs to others too.
    wanted = 8 * count * 4
    if c.cuda:
        torch.cuda.empty_cache()
        free, _ = torch.cuda.mem_get_info(c.device)
        # Three pieces stay free for the pattern that is compared with.
        wanted = free - free // 20 - 3 * count * 4
        if wanted < 4 * count * 4:
            raise Skip(f"only {free / 1e9:.2f} GB of the card's memory are free", absent=False)
    found = {}

    def run():
        try:
            return write_and_read()
        except RuntimeError as error:
            if "out of memory" not in str(error).lower():
                raise
            raise Skip("another program took the memory meanwhile", absent=False) from error

    def write_and_read():
        pieces = []
        try:
            while (len(pieces) + 1) * count * 4 <= wanted:
                pieces.append(piece_of_pattern(torch, c.device, len(pieces), count))
        except RuntimeError as error:
            # Somebody else took memory meanwhile.
            if "out of memory" not in str(error).lower() or len(pieces) < 4:
                raise
            del pieces[-3:]
        wrong, total = [], 2 * len(pieces) * count * 4
        for turn in range(2):
            for number, piece in enumerate(pieces):
                right = piece_of_pattern(torch, c.device, number, count)
                wrong.append((piece != (~right if turn else right)).sum())
                piece.bitwise_not_()
                if c.cuda and number % 8 == 0:
                    torch.cuda.synchronize(c.device)
                c.progress((turn * len(pieces) + number + 1) * count * 4, total, "bytes")
        found["bytes"] = total // 2
        return (torch.stack(wrong),)

    def words():
        of = f" of {free / 1e9:.1f} GB free" if c.cuda else ""
        return f"wrote and read {found['bytes'] / 1e9:.1f} GB{of}, twice"

    # One wrong number is one too many.
    return Case(
        run, lambda: (c.ones(2 * found["bytes"] // (count * 4)),), 1.0,
        pick=lambda wrong: (c.in_units(wrong, 0, 0.5),), repeatable=False, watched=False, timed=False, words=words,
    )
