"""From runs to ratios, and from ratios to tables."""

from statistics import mean, median

from plan import at_least

KEY = ("peer", "compute", "batch", "adapters")
TITLES = {"prefill": "prefill", "greedy": "greedy", "beam3": "beam 3", "adapters": "beam 3, many tenants' adapters"}


def key(run):
    return tuple(run[name] for name in KEY)


def interleaved(cell):
    return [run for run in cell["runs"] if run["phase"] == "interleaved"]


def medians(cell):
    """By setting, in order of appearance: the medians of its interleaved runs."""
    groups = {}
    for run in interleaved(cell):
        if "failure" not in run:
            groups.setdefault(key(run), []).append(run)
    names = ["seconds", "tokens_per_second", "peak_memory_bytes"]
    return {which: {name: median(run[name] for run in runs) for name in names} for which, runs in groups.items()}


def ratio(cell, ours, theirs):
    """The median of (para's tokens/s in the runs around a peer's) / (the peer's tokens/s); None without such runs."""
    runs = interleaved(cell)
    ratios = []
    for index, run in enumerate(runs):
        if key(run) == theirs and "failure" not in run:
            before = [r for r in runs[:index] if key(r) == ours and "failure" not in r][-1:]
            after = [r for r in runs[index:] if key(r) == ours and "failure" not in r][:1]
            if before or after:
                ratios.append(mean(r["tokens_per_second"] for r in before + after) / run["tokens_per_second"])
    return median(ratios) if ratios else None


def compare(cell):
    """Adds `ratios`: for each of para's compute types every peer's, the best of the same or higher precision, and the best of all."""
    measured = medians(cell)
    theirs = [which for which in measured if which[0] != "para"]
    cell["ratios"] = []
    for ours in [which for which in measured if which[0] == "para"]:
        ratios = [
            {**dict(zip(KEY, which)), "speed": speed,
             "memory": measured[ours]["peak_memory_bytes"] / measured[which]["peak_memory_bytes"]}
            for which in theirs if (speed := ratio(cell, ours, which))]
        precise = [r for r in ratios if r["compute"] in at_least(ours[1])]
        best = lambda some: min(some, key=lambda r: r["speed"], default=None)
        if ratios:
            cell["ratios"].append({
                "compute": ours[1], "peers": ratios, "best_same_precision": best(precise), "best_of_all": best(ratios)})


def compare_adapters(cell):
    """Adds `ratios`: ours over theirs for each kind of adapter; and `kinds`: each kind's speed against base and LoRA."""
    measured = medians(cell)
    cell["kinds"] = []
    for peer in ["para", "adapters"]:
        speeds = {which[3]: row["tokens_per_second"] for which, row in measured.items() if which[0] == peer}
        quotient = lambda one, other: speeds[one] / speeds[other] if one in speeds and other in speeds else None
        cell["kinds"].append({
            "peer": peer, "para_over_lora": quotient("para", "lora"), "para_over_base": quotient("para", "none"),
            "lora_over_base": quotient("lora", "none")})
    ours = {which[3]: which for which in measured if which[0] == "para"}
    cell["ratios"] = [
        {**dict(zip(KEY, which)), "speed": speed} for which in measured
        if which[0] != "para" and which[3] in ours and (speed := ratio(cell, ours[which[3]], which))]


# Text.

def times(value):
    return "–" if value is None else f"{value:.2f} ×"


def aligned(rows, left=(0,)):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) if column in left else text.rjust(width)
                  for column, (text, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def name(which):
    peer, compute, batch, adapters = which
    label = "PyTorch" if peer == "adapters" else peer
    return f"{label} {compute}" + (f", {adapters}" if adapters != "none" else "") + (f", batch {batch}" if batch else "")


def table(cell, o, failures):
    """One cell: every setting's measurements, then para's ratios to each peer."""
    title = f"\n{cell['model']}, {TITLES[cell['work']]}: {o.prompts} prompts of {o.prompt_tokens} tokens"
    title += "" if cell["work"] == "prefill" else f", {o.new_tokens} new tokens each"
    adapters = cell["work"] == "adapters"
    heads = ["ours / theirs"] if adapters else [f"para {ratios['compute']} / it" for ratios in cell["ratios"]]
    rows = [["", "prompts", "seconds", "tokens/s", "peak MB", *heads]]
    prompts = {key(run): run["prompts"] for run in interleaved(cell) if "prompts" in run}
    for which, row in medians(cell).items():
        same = lambda r: tuple(r[k] for k in KEY) == which
        groups = [cell["ratios"]] if adapters else [ratios["peers"] for ratios in cell["ratios"]]
        speeds = [next((r["speed"] for r in group if same(r)), None) for group in groups]
        rows.append([
            name(which), str(prompts[which]), f"{row['seconds']:.2f}", f"{row['tokens_per_second']:,.0f}",
            f"{row['peak_memory_bytes'] / 1e6:,.0f}",
            *("" if which[0] == "para" else times(speed) for speed in speeds)])
    lines = [title + f", {o.threads} threads", aligned(rows)]
    lines += [
        f"{'para' if kinds['peer'] == 'para' else 'PyTorch'}: PARA / LoRA {times(kinds['para_over_lora'])}, "
        f"PARA / base {times(kinds['para_over_base'])}, LoRA / base {times(kinds['lora_over_base'])}"
        for kinds in cell.get("kinds", [])]
    failed = {f"{name(key(run))}: {run['failure']}" for run in cell["runs"] if "failure" in run}
    lines += [f"failed: {line}" for line in sorted(failed)]
    lines += [f"not installed: {peer}: {why}" for peer, why in failures.items()]
    return "\n".join(lines)


def summary(cells):
    """All cells: para against the best peer of the same or higher precision, and against the best of all."""
    rows = [["ours / theirs (above 1: para is faster)", "best of same or higher precision", "", "best of all", "", "memory"]]
    for cell in cells:
        for ratios in cell["ratios"] if cell["work"] != "adapters" else []:
            precise, best = ratios["best_same_precision"], ratios["best_of_all"]
            who = lambda r: name(tuple(r[k] for k in KEY)) if r else ""
            rows.append([
                f"{cell['model']}, {TITLES[cell['work']]}, {ratios['compute']}",
                times(precise and precise["speed"]), who(precise), times(best["speed"]), who(best), times((precise or best)["memory"])])
    return "\n" + aligned(rows, left=(0, 2, 4)) if len(rows) > 1 else ""
