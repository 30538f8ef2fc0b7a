"""Order of work on a card: streams, events, recorded graphs."""

from ..registry import Case, Skip, check


@check("streams", level="full", card_only="streams exist only on cards")
def streams(c):
    """One stream computes, another waits for its event and reads: what it read must be the finished product."""
    torch, n = c.torch, 1024
    a, b = c.normal(n, n, scale=n**-0.5), c.normal(n, n, scale=n**-0.5)
    device_a, device_b, place = c.put(a), c.put(b), c.put(c.torch.zeros(n, n))
    writer, reader = torch.cuda.Stream(c.device), torch.cuda.Stream(c.device)

    def run():
        present, done = torch.cuda.current_stream(c.device), torch.cuda.Event()
        place.zero_()
        writer.wait_stream(present)
        with torch.cuda.stream(writer):
            product = device_a
            # Long enough that a reader that does not wait comes too early.
            for _ in range(16):
                product = torch.matmul(device_a, device_b)
            place.copy_(product)
            done.record(writer)
        reader.wait_event(done)
        with torch.cuda.stream(reader):
            result = place * 2
        present.wait_stream(reader)
        # Memory is given back in the order of the stream that took it.
        result.record_stream(present)
        return (result,)

    # As a float32 product.
    return Case(run, lambda: (2 * (a.double() @ b.double()),), 2e-5)


@check("cuda-graphs", level="full", card_only="CUDA graphs exist only on cards", isolated=True)
def cuda_graphs(c):
    """Records a layer once, plays it again with other numbers."""
    torch, n = c.torch, 1024
    if not hasattr(torch.cuda, "CUDAGraph"):
        raise Skip("this torch has no CUDA graphs")
    weight, first, then = c.normal(n, n, scale=n**-0.5), c.normal(n, n), c.normal(n, n)
    device_weight, place, device_then = c.put(weight), c.put(first), c.put(then)

    def layer():
        return torch.relu(torch.matmul(place, device_weight)) + 1

    # As torch's notes on graphs ask: a few times on a stream of its own before it is recorded.
    side = torch.cuda.Stream(c.device)
    side.wait_stream(torch.cuda.current_stream(c.device))
    with torch.cuda.stream(side):
        for _ in range(3):
            layer()
    torch.cuda.current_stream(c.device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out = layer()

    def run():
        place.copy_(device_then)
        out.zero_()
        graph.replay()
        return (out.clone(),)

    # As a float32 product.
    return Case(run, lambda: ((then.double() @ weight.double()).clamp(min=0) + 1,), 2e-5)
