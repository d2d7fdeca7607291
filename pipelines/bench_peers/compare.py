"""Runs `para` and its peers on the same workloads, interleaved, and prints the comparison: the program behind bench-peers."""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import environment
import plan
import report
from options import options
from runs import Failure, Runner, settings

class Comparison:
    def __init__(self, o, runner, failures):
        self.o, self.runner = o, runner
        self.failures = failures  # peer: why it could not be installed
        self.cells = []

    def prompts(self, model, work, setting):
        slow = model == "L" and work in ("beam3", "adapters") and setting.peer != "para"
        return min(self.o.prompts, self.o.slow_prompts) if slow else self.o.prompts

    def attempt(self, cell, setting, phase):
        """Runs a setting and records the result; None if it failed."""
        work = "beam3" if cell["work"] == "adapters" else cell["work"]
        print(f"{cell['model']} {cell['work']}: {setting}", end=" ", file=sys.stderr, flush=True)
        run = {"phase": phase, **vars(setting)}
        try:
            if setting.peer != "para":
                self.runner.prepare(cell["folder"], setting)
            run |= self.runner.run(cell["folder"], work, setting, self.prompts(cell["model"], work, setting))
            tokens = self.o.prompt_tokens if work == "prefill" else self.o.new_tokens
            run["tokens_per_second"] = run["prompts"] * tokens / run["seconds"]
            print(f"{run['seconds']:.2f} s", file=sys.stderr)
        except Failure as reason:
            run["failure"] = str(reason)
            print(reason, file=sys.stderr)
        cell["runs"].append(run)
        return run if "failure" not in run else None

    def fastest(self, cell, group):
        """A peer's fastest batch size with one compute type."""
        if len(group) == 1:
            return group[0]
        outcomes = [(run["tokens_per_second"], setting) for setting in group
                    if (run := self.attempt(cell, setting, "tune"))]
        return max(outcomes, key=lambda outcome: outcome[0])[1] if outcomes else None

    def interleave(self, cell, ours, theirs):
        """para, peer, para, next peer, … para."""
        for _ in range(self.o.repeat):
            for setting in ours + [run for their in theirs for run in [their, *ours]]:
                self.attempt(cell, setting, "interleaved")

    def cell(self, model, work):
        cell = {"model": model, "work": work, "runs": [], "folder": self.runner.make(model)}
        if work == "adapters":
            self.adapters(cell)
        else:
            groups = plan.candidates(
                model, work, [peer for peer in self.o.peers if peer not in self.failures], self.o.compute, self.o.quick,
                self.o.batch)
            theirs = [best for group in groups if (best := self.fastest(cell, group))]
            self.interleave(cell, [plan.Setting("para", compute) for compute in self.o.compute], theirs)
            report.compare(cell)
        del cell["folder"]
        self.cells.append(cell)
        return cell

    def adapters(self, cell):
        """Beam 3 with many tenants' adapters, in bf16: neither PEFT nor hooks work on torch's int8 layers."""
        kinds = ["none", "para", "lora"]
        theirs = [plan.Setting("adapters", "bfloat16", (self.o.batch or [16])[0], kind) for kind in kinds]
        ours = [plan.Setting("para", "bfloat16", 0, kind) for kind in kinds]
        self.interleave(cell, ours, [] if "adapters" in self.failures else theirs)
        report.compare_adapters(cell)


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return {"processor": names[0] if names else platform.machine(), "cores": os.cpu_count()}


def main():
    o = options()
    with tempfile.TemporaryDirectory() as temporary:
        env = environment.Environment(o.env or temporary, settings(o.threads))
        o.model_folder = (o.model_folder or env.folder / "models").resolve()
        o.para = o.para.resolve()
        wanted = (o.peers if set(o.work) - {"adapters"} else []) + (["adapters"] if "adapters" in o.work else [])
        failures = {peer: why for peer in wanted if (why := env.install(peer))}
        comparison = Comparison(o, Runner(o, env.python), failures)
        for model in o.models:
            for work in o.work:
                print(report.table(comparison.cell(model, work), o, failures), flush=True)
                if o.json:
                    o.json.write_text(json.dumps({
                        "machine": machine(), "versions": environment.PINS, "not_installed": failures,
                        "options": vars(o), "cells": comparison.cells,
                    }, indent=1, default=str) + "\n")
        print(report.summary(comparison.cells))
        runs = [run for cell in comparison.cells for run in cell["runs"]]
        if not any(cell.get("ratios") for cell in comparison.cells):
            return 1
        return 3 if failures or any("failure" in run for run in runs) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as reason:
        sys.exit(f"para bench make: {reason}")
