"""Runs PyTorch's kernel families and compares each with a float64 reference on the processor.

    python -I -u verify --device cpu|all|0,1|GPU-uuid --level quick|full|soak [--seconds N]

Standard library and torch only, Python >= 3.10, torch >= 2.0; what an older torch lacks is skipped, saying so. What is
printed is described in `protocol.py`; how a check is written, in `registry.py`; how far a result may be off, in
`measure.py`.

The process that prints never imports torch. A worker process does the work, one for each device, so that a crash,
a hang or a poisoned CUDA context takes one check with it and no more.

It travels as one file: `../bundle.py` with all these sources in it. They are ASCII for that reason.
"""
