"""The plan: the peers' compute types and batch sizes, and the settings known to be fastest."""

from dataclasses import dataclass

PRECISION = ["int8", "bfloat16", "float32"]  # ascending
OFFERS = {
    "ctranslate2": ["float32", "int8"],
    "openvino": ["float32", "bfloat16", "int8"],
    "transformers": ["float32", "bfloat16", "int8"],
    "llamacpp": ["bfloat16", "int8"],
}
BATCHES = {
    "ctranslate2": [8, 16, 32, 64],
    "openvino": [16, 64],
    "transformers": [16, 64],
    "llamacpp": [16, 64],
}

# For --quick: (model, work): the peers that may be fastest, by compute type, with their fastest batch size.
BEST = {
    ("S", "prefill"): {("openvino", "bfloat16"): 64, ("ctranslate2", "int8"): 32},
    ("M", "prefill"): {("openvino", "bfloat16"): 64, ("openvino", "int8"): 64, ("ctranslate2", "int8"): 32},
    ("L", "prefill"): {("openvino", "bfloat16"): 64, ("openvino", "int8"): 64, ("ctranslate2", "int8"): 16},
    ("S", "greedy"): {("openvino", "bfloat16"): 64, ("openvino", "float32"): 64, ("ctranslate2", "float32"): 64},
    ("M", "greedy"): {("openvino", "bfloat16"): 64, ("openvino", "int8"): 64, ("openvino", "float32"): 64},
    ("L", "greedy"): {("openvino", "bfloat16"): 64, ("openvino", "int8"): 64},
    ("S", "beam3"): {("ctranslate2", "float32"): 32, ("ctranslate2", "int8"): 32},
    ("M", "beam3"): {("ctranslate2", "int8"): 32, ("ctranslate2", "float32"): 32, ("openvino", "bfloat16"): 64},
    ("L", "beam3"): {("ctranslate2", "int8"): 8, ("transformers", "bfloat16"): 16},
}


@dataclass(frozen=True)
class Setting:
    """One way of running a peer, or `para` itself (which chooses its batch size itself: 0)."""

    peer: str
    compute: str
    batch: int = 0
    adapters: str = "none"

    def __str__(self):
        parts = [self.peer, self.compute] + ([f"batch {self.batch}"] if self.batch else [])
        return " ".join(parts + ([self.adapters] if self.adapters != "none" else []))


def at_least(compute):
    """The compute type and those of higher precision."""
    return PRECISION[PRECISION.index(compute):]


def candidates(model, work, peers, computes, quick, batches=None):
    """Settings by peer and compute type: the fastest of each list is compared."""
    lowest = min(computes, key=PRECISION.index)
    if quick:
        known = {key: [batch] for key, batch in BEST[model, work].items()}
    else:
        known = {(peer, compute): BATCHES[peer] for peer in peers for compute in OFFERS[peer]}
    return [
        [Setting(peer, compute, batch) for batch in batches or sizes]
        for (peer, compute), sizes in known.items()
        if peer in peers and compute in at_least(lowest) and not (peer == "llamacpp" and work == "beam3")
    ]
