"""The checks, by family. Imported in the order in which they run."""

from . import companions, dense, network, attention, elements, random, training, memory  # noqa: F401
from . import transforms, schedule, cards, compiled, extras, soak  # noqa: F401
