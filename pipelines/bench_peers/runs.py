"""Runs one setting, ours or a peer's, in a separate process and returns its measurements."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Without these torch, CTranslate2 and OpenVINO return memory to the system and fault it in again at every step, and are up to
# five times slower.
SETTINGS = {
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "100000000000",
    "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONDONTWRITEBYTECODE": "1",
}
UNSET = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONPATH"]


def settings(threads):
    environment = {key: value for key, value in os.environ.items() if key not in UNSET}
    return environment | SETTINGS | {"OMP_NUM_THREADS": str(threads)}


class Failure(Exception):
    """A run that gave no measurement, and why."""


class Runner:
    def __init__(self, options, python):
        self.options, self.python = options, python

    def make(self, size):
        """The folder of a model with random weights, written if it is missing."""
        folder = self.options.model_folder / size / "model"
        if not (folder / "model.safetensors").exists():
            folder.mkdir(parents=True, exist_ok=True)
            self.process([self.options.para, "bench", "make", size, folder])
        return folder

    def prepare(self, model, setting):
        """Converts the model for a peer, once."""
        self.peer(model, setting, ["--prepare"])

    def run(self, model, work, setting, prompts):
        """The run's measurements and its number of prompts."""
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            size = [
                "--prompts", prompts, "--prompt-tokens", self.options.prompt_tokens, "--threads", self.options.threads,
                "--adapters", setting.adapters, "--adapter-count", self.options.adapter_count, "--json", file.name]
            new_tokens = 1 if work == "prefill" else self.options.new_tokens
            if setting.peer == "para":
                self.process([
                    self.options.para, "bench", "work", model, "--compute-type", setting.compute,
                    "--num-beams", 3 if work == "beam3" else 1, "--new-tokens", new_tokens, *size])
            else:
                self.peer(model, setting, [
                    "--workload", work, "--batch-size", min(setting.batch, prompts), "--new-tokens", new_tokens, *size])
            return json.loads(Path(file.name).read_text()) | {"prompts": prompts}

    def peer(self, model, setting, arguments):
        program = HERE / f"peer_{setting.peer}.py"
        self.process([self.python, program, model, "--compute-type", setting.compute, *arguments])

    def process(self, command):
        command = [str(part) for part in command]
        try:
            result = subprocess.run(
                command, env=settings(self.options.threads), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                text=True, timeout=self.options.time_limit)
        except subprocess.TimeoutExpired:
            raise Failure(f"took longer than {self.options.time_limit} s")
        except OSError as error:
            raise Failure(str(error))
        if result.returncode:
            lines = result.stderr.strip().splitlines() or [f"ended with {result.returncode}"]
            raise Failure(lines[-1])
