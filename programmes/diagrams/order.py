"""Ordering the three columns so that few lines cross: barycentres, then sifting, from several starts."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.diagrams.graph import Web

Neighbours = list[list[int]]
SWEEPS = 25
FEW = 30  # configurations that one picture shows
SHUFFLES = 40
WEIGHTS = (0.5, 0.6, 0.7)  # found to give the fewest crossings on generated theories of 100 configurations


def crossings(left_to_right: list[tuple[int, int]], size: int) -> int:
    """Return how many of these lines between two columns cross, by counting inversions in a Fenwick tree."""
    tree = [0] * (size + 1)
    total = 0
    seen = 0
    group: list[int] = []
    previous = None
    for left, right in sorted(left_to_right):
        if left != previous:
            seen += len(group)
            add_all(tree, group)
            group, previous = [], left
        total += seen - prefix(tree, right)
        group.append(right)
    return total


def add_all(tree: list[int], places: list[int]) -> None:
    """Add one at each of these places of a Fenwick tree."""
    for place in places:
        index = place + 1
        while index < len(tree):
            tree[index] += 1
            index += index & -index


def prefix(tree: list[int], place: int) -> int:
    """Return the sum of a Fenwick tree up to and with a place."""
    index = place + 1
    total = 0
    while index > 0:
        total += tree[index]
        index -= index & -index
    return total


class Columns:
    """The orders of the three columns, and the lines between them, as numbers."""

    def __init__(self, web: Web) -> None:
        contexts = {node.key: index for index, node in enumerate(web.contexts)}
        outcomes = {node.key: index for index, node in enumerate(web.outcomes)}
        self.sizes = (len(web.contexts), len(web.cmocs), len(web.outcomes))
        self.left: Neighbours = [[contexts[key] for key in cmoc.contexts] for cmoc in web.cmocs]
        self.right: Neighbours = [[outcomes[key] for key in cmoc.outcomes] for cmoc in web.cmocs]
        self.of_contexts = reverse_of(self.left, self.sizes[0])
        self.of_outcomes = reverse_of(self.right, self.sizes[2])
        self.orders = [list(range(size)) for size in self.sizes]

    def count(self) -> int:
        """Return how many lines cross."""
        contexts, cmocs, outcomes = (places(order) for order in self.orders)
        left = [(contexts[end], cmocs[index]) for index, ends in enumerate(self.left) for end in ends]
        right = [(cmocs[index], outcomes[end]) for index, ends in enumerate(self.right) for end in ends]
        return crossings(left, self.sizes[1]) + crossings(right, self.sizes[2])

    def settle(self, weight: float) -> None:
        """Order the middle column by both outer ones and the outer ones by it, over and over.

        `weight` says how much contexts count against outcomes.
        """
        for _ in range(SWEEPS):
            contexts, outcomes = places(self.orders[0]), places(self.orders[2])
            pull = [
                weight * mean([contexts[end] / self.sizes[0] for end in self.left[index]])
                + (1 - weight) * mean([outcomes[end] / self.sizes[2] for end in self.right[index]])
                for index in range(self.sizes[1])
            ]
            self.orders[1].sort(key=pull.__getitem__)
            self.sort_outer()

    def sort_outer(self) -> None:
        """Order contexts and outcomes by the mean place of their configurations."""
        middle = places(self.orders[1])
        self.orders[0].sort(key=lambda index: mean([middle[end] for end in self.of_contexts[index]]))
        self.orders[2].sort(key=lambda index: mean([middle[end] for end in self.of_outcomes[index]]))

    def sift_all(self) -> None:
        """Move each node of each column to its best place, until no column gets better."""
        best = self.count()
        while True:
            contexts, outcomes = places(self.orders[0]), places(self.orders[2])
            sift(self.orders[1], [(self.left, contexts), (self.right, outcomes)])
            middle = places(self.orders[1])
            sift(self.orders[0], [(self.of_contexts, middle)])
            sift(self.orders[2], [(self.of_outcomes, middle)])
            found = self.count()
            if found >= best:
                return
            best = found


def reverse_of(ends: Neighbours, size: int) -> Neighbours:
    """Return the same lines seen from their other side."""
    found: Neighbours = [[] for _ in range(size)]
    for index, others in enumerate(ends):
        for other in others:
            found[other].append(index)
    return found


def places(order: Sequence[int]) -> list[int]:
    """Return the place of each node in an order."""
    found = [0] * len(order)
    for place, index in enumerate(order):
        found[index] = place
    return found


def mean(values: Sequence[float]) -> float:
    """Return the mean, or the middle for a node without lines."""
    return sum(values) / len(values) if values else 0.5


def sift(order: list[int], sides: list[tuple[Neighbours, list[int]]]) -> None:
    """Move each node to the place in its column where its lines cross fewest others."""
    ends = {node: [sorted(place[end] for end in neighbours[node]) for neighbours, place in sides] for node in order}
    cost: dict[tuple[int, int], int] = {}

    def change(above: int, below: int) -> int:
        """Return by how much swapping two neighbours, one directly above the other, adds crossings."""
        key = (above, below)
        if key not in cost:
            gained = sum(
                (second < first) - (first < second)
                for one, other in zip(ends[below], ends[above], strict=True)
                for first in one
                for second in other
            )
            cost[key] = gained
            cost[below, above] = -gained
        return cost[key]

    for node in sorted(order):
        start = order.index(node)
        best, best_place, running = 0, start, 0
        for place in range(start + 1, len(order)):
            running += change(node, order[place])
            if running < best:
                best, best_place = running, place
        running = 0
        for place in range(start - 1, -1, -1):
            running += change(order[place], node)
            if running < best:
                best, best_place = running, place
        order.pop(start)
        order.insert(best_place, node)


def walk(columns: Columns, start: int) -> list[int]:
    """Return the configurations as a walk from one of them meets them, along shared contexts and outcomes."""
    seen: dict[int, None] = {}
    waiting = [*reversed(range(columns.sizes[1])), start]
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen[index] = None
        shared = [other for end in columns.right[index] for other in columns.of_outcomes[end]]
        shared += [other for end in columns.left[index] for other in columns.of_contexts[end]]
        waiting.extend(other for other in reversed(shared) if other not in seen)
    return list(seen)


def best_orders(web: Web) -> tuple[list[int], list[int], list[int]]:
    """Return the order of contexts, configurations and outcomes with the fewest crossings found."""
    columns = Columns(web)
    number = columns.sizes[1]
    by_outcome = sorted(range(number), key=lambda index: (*columns.right[index], *columns.left[index], index))
    by_context = sorted(range(number), key=lambda index: (*columns.left[index], *columns.right[index], index))
    tries: list[tuple[list[int], float | None]] = [
        (start, weight) for start in (by_outcome, by_context) for weight in WEIGHTS
    ]
    if number <= FEW:
        # A small web often can be drawn without any crossing; there is time to look for that.
        shuffler = random.Random(0)  # noqa: S311  the same picture every time
        tries += [(walk(columns, start), None) for start in range(number)]
        tries += [(shuffler.sample(range(number), number), 0.5) for _ in range(SHUFFLES)]
    best = (-1, columns.orders)
    for start, weight in tries:
        columns.orders = [list(range(size)) for size in columns.sizes]
        columns.orders[1] = list(start)
        columns.sort_outer()
        if weight is not None:
            columns.settle(weight)
        columns.sift_all()
        found = columns.count()
        if best[0] < 0 or found < best[0]:
            best = (found, columns.orders)
        if found == 0:
            break
    contexts, cmocs, outcomes = best[1]
    return contexts, cmocs, outcomes
