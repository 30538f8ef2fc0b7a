"""Sums, sorting and indexing: what is not arithmetic of matrices."""

from ..registry import EXACT, Case, check


@check("reductions")
def reductions(c):
    torch = c.torch
    rows, width = (1024, 2048) if c.cuda else (256, 1024)
    x, ranks = c.normal(rows, width), c.order(rows, width)
    device_x, device_ranks = c.put(x), c.put(ranks.float())

    def run():
        return (
            torch.sum(device_x, dim=1), torch.sum(device_x, dim=0), torch.mean(device_x, dim=1),
            torch.var(device_x, dim=1), torch.amax(device_x, dim=1), torch.argmax(device_ranks, dim=1),
            torch.cumsum(device_ranks, dim=1), torch.sum(device_x.abs()),
        )

    def reference():
        # Products with a vector or a triangle of ones, and no reduction of torch's.
        exact, ones = x.double(), torch.ones(width, dtype=torch.float64)
        mean = exact @ ones / width
        centred = exact - mean.unsqueeze(1)
        largest = torch.tensor([max(row) for row in exact.tolist()], dtype=torch.float64)
        place = (ranks == width - 1).double() @ torch.arange(width, dtype=torch.float64)
        triangle = torch.ones(width, width, dtype=torch.float64).triu()
        total = (exact.abs() @ ones) @ torch.ones(rows, dtype=torch.float64)
        return (
            exact @ ones, torch.ones(rows, dtype=torch.float64) @ exact, mean,
            (centred * centred) @ ones / (width - 1), largest, place, ranks.double() @ triangle, total,
        )

    # At worst one after another: sqrt(2048) u = 3e-6 of a sum that cancels in part. Running sums are of whole numbers
    # (below 2^24): on a card their order is left to chance, and rounding with it.
    return Case(run, reference, 1e-5)


@check("sort")
def sort(c):
    """Numbers in a mixed order, long ones and rows; the largest of each row; equal ones in their old order."""
    torch = c.torch
    # Below 2^24 every whole number is a float32.
    count, rows, width, k = (1 << 20, 512, 4096, 32) if c.cuda else (1 << 15, 64, 512, 8)
    long, wide, twins = c.order(count), c.order(rows, width), c.whole(0, 16, count // 16)
    device_long, device_wide, device_twins = c.put(long.float()), c.put(wide.float()), c.put(twins)

    def run():
        values, places = torch.sort(device_long)
        row_values, row_places = torch.sort(device_wide, dim=1, descending=True)
        top, top_places = torch.topk(device_wide, k, dim=1)
        _, kept = torch.sort(device_twins, stable=True)
        return values, places, row_values, row_places, top, top_places, kept

    def reference():
        def places_of(order):
            """Where 0, 1, 2 ... stand in each row."""
            places = torch.zeros_like(order)
            return places.scatter_(-1, order, torch.arange(order.shape[-1]).expand_as(order)).double()

        down = torch.arange(width - 1, -1, -1, dtype=torch.float64).expand(rows, width)
        wide_places = places_of(wide).flip(1)
        kept = torch.cat([(twins == key).nonzero().flatten() for key in range(16)])
        return (
            torch.arange(count, dtype=torch.float64), places_of(long), down, wide_places, down[:, :k],
            wide_places[:, :k], kept.double(),
        )

    return Case(run, reference, EXACT)


@check("indexing")
def indexing(c):
    """gather, scatter_add, masked_select, index_put; whole numbers, so that sums are exact in any order."""
    torch = c.torch
    rows, width, count = (2048, 1024, 1 << 20) if c.cuda else (256, 256, 1 << 14)
    x = c.whole(-1000, 1000, rows, width)
    index, mask = c.whole(0, width, rows, 256), c.whole(0, 3, rows, width) == 0
    # Every place at most once for setting, many times for adding.
    single, many, added = c.order(rows * width)[: count // 4], c.whole(0, rows * 7, count), c.whole(-99, 99, count)
    device_x, device_index, device_mask = c.put(x.float()), c.put(index), c.put(mask)
    device_single, device_many, device_added = c.put(single), c.put(many), c.put(added.float())

    def run():
        # Not nonzero, whose size the processor asks for: masked_select does that by itself.
        places = (device_single // width, device_single % width)
        put = torch.index_put(device_x, places, device_added[: count // 4])
        more = torch.index_put(device_x[:, 0], (device_many % rows,), device_added, accumulate=True)
        return (
            torch.gather(device_x, 1, device_index),
            torch.scatter_add(torch.zeros(rows * 7, device=c.device), 0, device_many, device_added),
            torch.masked_select(device_x, device_mask), put, more,
        )

    def reference():
        # By counting and by places in the flat tensor: other kernels than those that are judged.
        flat = x.flatten().double()
        values, size = added.double(), rows * width
        taken = torch.bincount(single, minlength=size).double()
        put = flat * (1 - taken) + torch.bincount(single, values[: count // 4], minlength=size)
        return (
            flat[(torch.arange(rows) * width).unsqueeze(1) + index],
            torch.bincount(many, values, minlength=rows * 7),
            flat[mask.flatten().nonzero().flatten()], put.view(rows, width),
            x[:, 0].double() + torch.bincount(many % rows, values, minlength=rows),
        )

    return Case(run, reference, EXACT)
