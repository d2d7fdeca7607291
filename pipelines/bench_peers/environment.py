"""The virtual environment with the peers, in pinned versions, from PyPI."""

import subprocess
import sys
from pathlib import Path

# Constraints of every installation, so that a later peer does not change an earlier one's versions. "torch==2.13.0" takes a
# build for CPUs alone (2.13.0+cpu) where pip has an index of them; PyPI's own brings several GB of CUDA along.
PINS = {
    "ctranslate2": "4.8.5", "gguf": "0.19.0", "llama-cpp-python": "0.3.36", "nncf": "3.4.0", "numpy": "2.4.6",
    "openvino": "2026.4.1", "openvino-genai": "2026.4.1.0", "openvino-tokenizers": "2026.4.1.0", "optimum": "2.3.0",
    "optimum-intel": "2.2.0", "peft": "0.18.0", "safetensors": "0.8.0", "tokenizers": "0.22.2", "torch": "2.13.0",
    "transformers": "4.57.3",
}
COMMON = ["torch", "transformers", "safetensors", "tokenizers", "numpy"]
PEERS = {
    "ctranslate2": ["ctranslate2"],
    "openvino": ["openvino", "openvino-genai", "openvino-tokenizers", "optimum", "optimum-intel", "nncf"],
    "transformers": [],
    "llamacpp": ["llama-cpp-python", "gguf"],  # the first is compiled here, for this CPU
    "adapters": ["peft"],
}
# optimum-intel asks for it; language models do not, and a build of it that does not match torch's breaks transformers.
UNWANTED = ["torchvision"]
LLAMA_CPP = "-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF"


class Environment:
    def __init__(self, folder, settings):
        self.folder, self.settings = Path(folder).resolve(), settings | {"CMAKE_ARGS": LLAMA_CPP}
        self.python = self.folder / "bin" / "python"
        if not self.python.exists():
            made = subprocess.run([sys.executable, "-m", "venv", str(self.folder)], capture_output=True, text=True)
            if made.returncode:
                why = made.stdout + made.stderr
                raise SystemExit(f"No virtual environment in {self.folder} (is python3-venv installed?):\n{why}")

    def install(self, peer):
        """None, or why the installation failed. Peers that are installed already are left unchanged."""
        wanted = [f"{name}=={PINS[name]}" for name in COMMON + PEERS[peer]]
        done = self.folder / f"peer-{peer}.txt"
        if done.exists() and done.read_text().split() == wanted:
            return None
        print(f"Installing {' '.join(wanted)}", file=sys.stderr, flush=True)
        constraints = self.folder / "constraints.txt"
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in PINS.items()))
        failure = self.pip("install", "--constraint", str(constraints), *wanted)
        failure = failure or self.pip("uninstall", "--yes", *UNWANTED)
        if not failure:
            done.write_text("\n".join(wanted) + "\n")
        return failure

    def pip(self, *arguments):
        command = [str(self.python), "-m", "pip", "--quiet", *arguments]
        result = subprocess.run(command, env=self.settings, capture_output=True, text=True)
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        (self.folder / "pip.log").write_text(result.stdout + result.stderr)
        errors = [line.strip() for line in lines if "ERROR" in line] or lines or ["pip failed"]
        return errors[0] if result.returncode else None
