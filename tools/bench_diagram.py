"""Compare the web of CMOCs with Graphviz `dot` on the same graphs, in one run: lines that cross, and seconds."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from programmes.diagrams.graph import CMOCNode, ElementNode, Web
from programmes.diagrams.layout import arrange, panels
from programmes.diagrams.order import crossings, positions_in

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "tests" / "scale" / "graph-100.json"  # random words; contexts, mechanisms, outcomes and edges
DEMO = ROOT / "programmes" / "demo" / "thompson-2023.json"
ROUNDS = 5


def generated_web(file: Path = GENERATED) -> Web:
    """Return a generated graph as a web with one box for each of its mechanisms."""
    graph = json.loads(file.read_text(encoding="utf-8"))
    layers: list[list[str]] = [[name for name, node in graph["nodes"].items() if node["layer"] == n] for n in range(3)]
    before: dict[str, list[str]] = {name: [] for name in layers[1]}
    after: dict[str, list[str]] = {name: [] for name in layers[1]}
    for start, end in graph["edges"]:
        (before[end] if end in before else after[start]).append(start if end in before else end)

    def elements(names: list[str]) -> tuple[ElementNode, ...]:
        return tuple(ElementNode(name, graph["nodes"][name]["label"]) for name in names)

    cmocs = (
        CMOCNode(number, (graph["nodes"][name]["label"],), "", tuple(before[name]), tuple(after[name]))
        for number, name in enumerate(layers[1], 1)
    )
    return Web(elements(layers[0]), tuple(cmocs), elements(layers[2]))


def demo_web(file: Path = DEMO) -> Web:
    """Return the demo theory's web, from its package."""
    package = json.loads(file.read_text(encoding="utf-8"))

    def keys(cmoc: dict[str, list[dict[str, str]]], slot: str) -> tuple[str, ...]:
        return tuple(link[slot] for link in cmoc[f"{slot}s"])

    def elements(slot: str) -> tuple[ElementNode, ...]:
        return tuple(ElementNode(row["key"], row["label"]) for row in package[f"{slot}s"])

    cmocs = (
        CMOCNode(row["number"], keys(row, "mechanism"), "", keys(row, "context"), keys(row, "outcome"))
        for row in package["cmocs"]
    )
    return Web(elements("context"), tuple(cmocs), elements("outcome"))


def dot_source(web: Web) -> str:
    """Return a web in Graphviz' own language."""
    lines = ["digraph web { rankdir=LR; node [shape=box];"]
    for column, names in zip("cmo", columns_of(web), strict=True):
        lines.append(f"{{ rank=same; {' '.join(f'{column}{index}' for index in range(len(names)))} }}")
    for middle, cmoc in enumerate(web.cmocs):
        contexts, _, outcomes = columns_of(web)
        lines += [f"c{contexts.index(key)} -> m{middle};" for key in cmoc.contexts]
        lines += [f"m{middle} -> o{outcomes.index(key)};" for key in cmoc.outcomes]
    return "\n".join([*lines, "}"])


def columns_of(web: Web) -> tuple[list[str], list[str], list[str]]:
    """Return the names of the nodes of each column."""
    numbers = [str(cmoc.number) for cmoc in web.cmocs]
    return [node.key for node in web.contexts], numbers, [node.key for node in web.outcomes]


def dot_crossings(web: Web, plain: str) -> int:
    """Return how many lines cross in Graphviz' plain output, by the heights that it gives the nodes."""
    heights = {words[1]: float(words[3]) for line in plain.splitlines() if (words := line.split())[0] == "node"}
    contexts, cmocs, outcomes = (
        positions_in(sorted(range(len(names)), key=lambda index, column=column: heights[f"{column}{index}"]))  # type: ignore[misc]
        for column, names in zip("cmo", columns_of(web), strict=True)
    )
    context_names, _, outcome_names = columns_of(web)
    left = [(contexts[context_names.index(key)], cmocs[n]) for n, cmoc in enumerate(web.cmocs) for key in cmoc.contexts]
    right = [
        (cmocs[n], outcomes[outcome_names.index(key)]) for n, cmoc in enumerate(web.cmocs) for key in cmoc.outcomes
    ]
    return crossings(left, len(cmocs)) + crossings(right, max(len(cmocs), len(outcomes)))


def seconds(action: Callable[[], object]) -> float:
    """Return the median time of an action."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return median(times)


def compare(name: str, web: Web, dot: str | None) -> str:
    """Return one line of the report."""
    own = seconds(lambda: arrange(web))
    line = f"{name}: {len(web.cmocs)} CMOCs: Realist {arrange(web).crossings} crossings, {own:.3f} s"
    if dot is None:
        return line

    def run_dot() -> str:
        answer = subprocess.run([dot, "-Tplain"], input=dot_source(web), capture_output=True, text=True, check=True)
        return answer.stdout

    theirs = seconds(run_dot)
    return f"{line}; dot {dot_crossings(web, run_dot())} crossings, {theirs:.3f} s; dot takes {theirs / own:.1f} times"


def main() -> None:
    """Print the comparison."""
    dot = shutil.which("dot")
    generated = generated_web()
    print(compare("Thompson 2023", demo_web(), dot))
    print(compare("Generated", generated, dot))
    panelled = seconds(lambda: panels(generated))
    most = max(picture.crossings for picture in panels(generated))
    print(f"Generated, one panel for each outcome: at most {most} crossings in a panel, {panelled:.3f} s for all")
    if dot is None:
        print("Graphviz is not installed, so there is nothing to compare with; apt install graphviz")


if __name__ == "__main__":
    main()
