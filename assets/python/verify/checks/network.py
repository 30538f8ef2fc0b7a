"""Layers of neural networks, forward; the embedding also backward."""

from ..registry import Case, check


@check("conv2d")
def conv2d(c):
    """3 x 3 convolution; the batch is a few pictures repeated, each time with a factor of its own."""
    torch = c.torch
    channels, side, distinct, r = (64, 56, 2, 32) if c.cuda else (32, 28, 2, 2)
    x, weight, s = c.normal(distinct, channels, side, side), c.normal(channels, channels, 3, 3), c.factors(r)
    batch = (c.put(s).view(r, 1, 1, 1, 1) * c.put(x)).flatten(0, 1)
    device_weight = c.put(weight)

    def reference():
        padded, kernel = torch.zeros(distinct, channels, side + 2, side + 2, dtype=torch.float64), weight.double()
        padded[:, :, 1:-1, 1:-1] = x.double()
        total = torch.zeros(distinct, channels, side, side, dtype=torch.float64)
        for i in range(3):
            for j in range(3):
                shifted = padded[:, :, i : i + side, j : j + side]
                total += torch.einsum("oc,bcyx->boyx", kernel[:, :, i, j], shifted)
        return ((s.double().view(r, 1, 1, 1, 1) * total).flatten(0, 1)[::3],)

    operations = 2 * r * distinct * side * side * 9 * channels * channels
    # Winograd's algorithm, which cuDNN may choose, errs some 10 times more than summing (sqrt(576) u = 1.4e-6).
    return Case(
        lambda: (torch.nn.functional.conv2d(batch, device_weight, padding=1),),
        reference, 5e-5, operations, pick=lambda out: (out[::3],),
    )


@check("lstm")
def lstm(c):
    torch = c.torch
    width, steps, batch = (256, 32, 16) if c.cuda else (64, 16, 8)
    x, scale = c.normal(steps, batch, width), width**-0.5
    w_in, w_hidden = c.normal(4 * width, width, scale=scale), c.normal(4 * width, width, scale=scale)
    b_in, b_hidden = c.normal(4 * width, scale=scale), c.normal(4 * width, scale=scale)
    module = torch.nn.LSTM(width, width)
    with torch.no_grad():
        for parameter, value in zip(module.parameters(), (w_in, w_hidden, b_in, b_hidden)):
            parameter.copy_(value)
    module, device_x = module.to(c.device), c.put(x)

    def reference():
        hidden = cell = torch.zeros(batch, width, dtype=torch.float64)
        outputs = []
        for step in x.double():
            gates = step @ w_in.double().T + b_in.double() + hidden @ w_hidden.double().T + b_hidden.double()
            enter, forget, candidate, leave = gates.chunk(4, dim=1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
            hidden = leave.sigmoid() * cell.tanh()
            outputs.append(hidden)
        return torch.stack(outputs), hidden, cell

    def run():
        with torch.no_grad():
            outputs, (hidden, cell) = module(device_x)
        return outputs, hidden[0], cell[0]

    # As a float32 product, carried through 32 steps; the fast tanh of GPUs adds a few u.
    return Case(run, reference, 5e-5)


@check("layer-norm")
def layer_norm(c):
    torch = c.torch
    rows, width = (4096, 1024) if c.cuda else (512, 512)
    x, weight, bias = c.normal(rows, width), c.normal(width), c.normal(width)
    device_x, device_weight, device_bias = c.put(x), c.put(weight), c.put(bias)

    def reference():
        centred = x.double() - x.double().mean(dim=1, keepdim=True)
        deviation = ((centred * centred).mean(dim=1, keepdim=True) + 1e-5).sqrt()
        return (centred / deviation * weight.double() + bias.double(),)

    # sqrt(1024) u = 2e-6 for mean and variance, and a few roundings.
    return Case(
        lambda: (torch.nn.functional.layer_norm(device_x, (width,), device_weight, device_bias, 1e-5),),
        reference, 1e-5,
    )


@check("softmax")
def softmax(c):
    torch = c.torch
    x = c.normal(*((4096, 1024) if c.cuda else (512, 512)), scale=3.0)
    device_x = c.put(x)

    def reference():
        powers = (x.double() - x.double().amax(dim=1, keepdim=True)).exp()
        return (powers / powers.sum(dim=1, keepdim=True),)

    # exp of a rounded difference up to 24: 24 u = 1.4e-6, the sum, and exp's own last bits.
    return Case(lambda: (torch.nn.functional.softmax(device_x, dim=1),), reference, 1e-5)


@check("embedding")
def embedding(c):
    """Rows of a table, and the gradient that adds up for rows used several times."""
    torch = c.torch
    words, width, count = (20000, 256, 8192) if c.cuda else (2000, 64, 1024)
    table, upstream = c.normal(words, width), c.normal(count, width)
    index = c.whole(0, words, count)
    device_table, device_index, device_upstream = c.put(table).requires_grad_(), c.put(index), c.put(upstream)

    def run():
        rows = torch.nn.functional.embedding(device_index, device_table)
        (gradient,) = torch.autograd.grad(rows, device_table, device_upstream)
        return rows.detach(), gradient

    def reference():
        gradient = torch.zeros(words, width, dtype=torch.float64)
        return table.double()[index], gradient.index_add_(0, index, upstream.double())

    # Copies are exact; a gradient is a sum of a handful, in whatever order threads come: some u.
    return Case(run, reference, 1e-6, repeatable=False)
