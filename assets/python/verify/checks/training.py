"""Learning: gradients, optimisers, and small networks whose loss must fall."""

import contextlib
import copy

from ..registry import Case, check


@check("forward-backward")
def forward_backward(c):
    """Loss and all gradients of a small classifier: linear, tanh, linear, cross-entropy."""
    torch = c.torch
    batch, width, hidden, classes = (512, 512, 1024, 128) if c.cuda else (64, 128, 256, 32)
    x, target = c.normal(batch, width), c.whole(0, classes, batch)
    values = [
        c.normal(hidden, width, scale=width**-0.5), c.normal(hidden, scale=0.1),
        c.normal(classes, hidden, scale=hidden**-0.5), c.normal(classes, scale=0.1),
    ]
    device_x, device_target = c.put(x), c.put(target)
    parameters = [c.put(value).requires_grad_() for value in values]

    def run():
        functional = torch.nn.functional
        middle = functional.linear(device_x, parameters[0], parameters[1]).tanh()
        loss = functional.cross_entropy(functional.linear(middle, parameters[2], parameters[3]), device_target)
        return loss.detach(), *torch.autograd.grad(loss, parameters)

    def reference():
        inputs = x.double()
        w1, b1, w2, b2 = (value.double() for value in values)
        middle = (inputs @ w1.T + b1).tanh()
        logits = middle @ w2.T + b2
        logits = logits - logits.amax(dim=1, keepdim=True)
        chances = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
        rows = torch.arange(batch)
        loss = -chances[rows, target].log().mean()
        d_logits = chances.clone()
        d_logits[rows, target] -= 1
        d_logits /= batch
        d_middle = d_logits @ w2 * (1 - middle * middle)
        return loss, d_middle.T @ inputs, d_middle.sum(dim=0), d_logits.T @ middle, d_logits.sum(dim=0)

    # Four float32 products in a row, sums up to 1024 (2e-6 each), subtractions that cancel part of the value.
    return Case(run, reference, 5e-5)


@check("optimizer-step")
def optimizer_step(c):
    """Three steps of AdamW with given gradients."""
    torch = c.torch
    width = 1024 if c.cuda else 256
    start, gradients = c.normal(width, width), [c.normal(width, width) for _ in range(3)]
    device_start, device_gradients = c.put(start), [c.put(gradient) for gradient in gradients]
    rate, beta1, beta2, epsilon, decay = 0.01, 0.9, 0.999, 1e-8, 0.1

    def run():
        parameter = device_start.clone().requires_grad_()
        optimizer = torch.optim.AdamW([parameter], lr=rate, betas=(beta1, beta2), eps=epsilon, weight_decay=decay)
        for gradient in device_gradients:
            parameter.grad = gradient
            optimizer.step()
        return (parameter.detach(),)

    def reference():
        value, mean, square = start.double(), 0.0, 0.0
        for step, gradient in enumerate((gradient.double() for gradient in gradients), 1):
            mean = beta1 * mean + (1 - beta1) * gradient
            square = beta2 * square + (1 - beta2) * gradient * gradient
            value = value * (1 - rate * decay)
            value = value - rate * (mean / (1 - beta1**step)) / ((square / (1 - beta2**step)).sqrt() + epsilon)
        return (value,)

    # A few roundings a step of a value that hardly changes; a step left out would show as 1e-2.
    return Case(run, reference, 2e-6)


def seeded(c, build):
    """A module with the same weights in every run, on the processor; torch's own seed is left as it was."""
    with c.torch.random.fork_rng(devices=[]):
        c.torch.manual_seed(c.seed)
        return build()


def scaler_for(torch):
    """The scaler of gradients of a card; it moved between releases.

    Begins where no gradient of these networks overflows: a step left out would change the losses that follow.
    """
    if hasattr(torch, "amp") and hasattr(torch.amp, "GradScaler"):
        return torch.amp.GradScaler("cuda", init_scale=1024.0)
    return torch.cuda.amp.GradScaler(init_scale=1024.0)


def train(c, module, optimizer, loss_of, steps, mixed):
    """The losses of some steps. `mixed`: float16 where it does, with a scale for the gradients; only on a card."""
    torch = c.torch
    scaler = scaler_for(torch) if mixed else None
    autocast = (lambda: torch.autocast("cuda", dtype=torch.float16)) if mixed else contextlib.nullcontext
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        with autocast():
            loss = loss_of(module, step)
        if scaler is None:
            loss.backward()
            optimizer.step()
        else:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        losses.append(loss.detach().float())
    return torch.stack(losses)


def learns(c, build, optimizer_of, loss_on, steps, share):
    """A training as a case: the first losses are those of float64, and the last are a share of the first.

    The reference of the first three steps is torch itself in float64 on the processor: the kernels as such are judged
    by checks of their own, here it is about how they work together.
    """
    torch = c.torch
    start = seeded(c, build)

    def run():
        module = copy.deepcopy(start).to(c.device)
        return (train(c, module, optimizer_of(module.parameters()), loss_on(c.device, torch.float32), steps, c.cuda),)

    def pick(losses):
        losses = losses.cpu().double()
        module = copy.deepcopy(start).double()
        optimizer = optimizer_of(module.parameters())
        with torch.enable_grad():
            exact = train(c, module, optimizer, loss_on(torch.device("cpu"), torch.float64), 3, False)
        # float16 rounds each of some ten layers, and each gradient, by 5e-4: 2 % at first, 5 % after a step or two of
        # an optimiser that turns small gradients into full steps. float32: 0.1 % and 1 %.
        at_first, later = (0.02, 0.05) if c.cuda else (0.001, 0.01)
        allowed = exact * torch.tensor([at_first, later, later], dtype=torch.float64)
        return c.in_units(losses[:3], exact, allowed), c.in_units(losses[-5:].mean() / losses[0], 0.0, share)

    # In units of what is allowed.
    return Case(run, lambda: (c.ones(3), c.ones(1)), 1.0, pick=pick, repeatable=False, watched=False, timed=False)


@check("training-convnet", level="full", limit=120, once=True)
def training_convnet(c):
    """Pictures of four kinds under noise; convolutions, batch norm, pooling; SGD with momentum."""
    torch, kinds, batch = c.torch, 4, 64
    patterns, noise, target = c.normal(kinds, 3, 16, 16), c.normal(8, batch, 3, 16, 16), c.whole(0, kinds, 8, batch)
    pictures = patterns[target] * 0.5 + noise

    def build():
        nn = torch.nn
        return nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 64, kinds),
        )

    def loss_on(device, dtype):
        x, y = pictures.to(device, dtype), target.to(device)
        return lambda module, step: torch.nn.functional.cross_entropy(module(x[step % 8]), y[step % 8])

    # From 1.4 to less than 0.01 within 40 steps; a network that learns nothing stays at 1.
    return learns(c, build, lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9), loss_on, 40, 0.2)


@check("training-transformer", level="full", limit=120, once=True)
def training_transformer(c):
    """Says at every place the token before it, which only attention can know; AdamW."""
    torch, words, length, batch, width = c.torch, 16, 16, 32, 64
    text = c.whole(0, words, 16, batch, length)

    def build():
        nn = torch.nn
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        return nn.ModuleDict(dict(
            word=nn.Embedding(words, width), place=nn.Embedding(length, width),
            body=nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), out=nn.Linear(width, words),
        ))

    def loss_on(device, dtype):
        tokens, places = text.to(device), torch.arange(length, device=device)

        def loss(module, step):
            x = tokens[step % 16]
            hidden = module["body"](module["word"](x) + module["place"](places))
            logits = module["out"](hidden[:, 1:]).flatten(0, 1)
            return torch.nn.functional.cross_entropy(logits, x[:, :-1].flatten())

        return loss

    # From 3 to 0.001 within 60 steps; without attention it stays at 2.7, the logarithm of 16 words.
    return learns(c, build, lambda p: torch.optim.AdamW(p, lr=3e-3), loss_on, 60, 0.3)
