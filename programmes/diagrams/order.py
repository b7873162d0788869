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
    """Return how many of these edges between two columns cross, by counting inversions in a Fenwick tree."""
    tree = [0] * (size + 1)
    total = 0
    seen = 0
    group: list[int] = []
    previous = None
    for left, right in sorted(left_to_right):
        if left != previous:
            seen += len(group)
            add_to_tree(tree, group)
            group, previous = [], left
        total += seen - prefix_sum(tree, right)
        group.append(right)
    return total


def add_to_tree(tree: list[int], positions: list[int]) -> None:
    """Add one at each of these positions of a Fenwick tree."""
    for position in positions:
        index = position + 1
        while index < len(tree):
            tree[index] += 1
            index += index & -index


def prefix_sum(tree: list[int], position: int) -> int:
    """Return the sum of a Fenwick tree up to and including a position."""
    index = position + 1
    total = 0
    while index > 0:
        total += tree[index]
        index -= index & -index
    return total


class Columns:
    """The orders of the three columns and the edges between them, with every node as a number."""

    def __init__(self, web: Web) -> None:
        contexts = {node.key: index for index, node in enumerate(web.contexts)}
        outcomes = {node.key: index for index, node in enumerate(web.outcomes)}
        self.sizes = (len(web.contexts), len(web.cmocs), len(web.outcomes))
        self.left: Neighbours = [[contexts[key] for key in cmoc.contexts] for cmoc in web.cmocs]
        self.right: Neighbours = [[outcomes[key] for key in cmoc.outcomes] for cmoc in web.cmocs]
        self.of_contexts = reversed_links(self.left, self.sizes[0])
        self.of_outcomes = reversed_links(self.right, self.sizes[2])
        self.orders = [list(range(size)) for size in self.sizes]

    def count_crossings(self) -> int:
        """Return how many edges cross."""
        contexts, cmocs, outcomes = (positions_in(order) for order in self.orders)
        left = [(contexts[end], cmocs[index]) for index, ends in enumerate(self.left) for end in ends]
        right = [(cmocs[index], outcomes[end]) for index, ends in enumerate(self.right) for end in ends]
        return crossings(left, self.sizes[1]) + crossings(right, self.sizes[2])

    def sweep(self, weight: float) -> None:
        """Sort the middle column by the barycentres of both outer ones, then those by it, SWEEPS times.

        `weight` says how much contexts count against outcomes, from 0 to 1.
        """
        for _ in range(SWEEPS):
            contexts, outcomes = positions_in(self.orders[0]), positions_in(self.orders[2])
            barycentres = [
                weight * barycentre([contexts[end] / self.sizes[0] for end in self.left[index]])
                + (1 - weight) * barycentre([outcomes[end] / self.sizes[2] for end in self.right[index]])
                for index in range(self.sizes[1])
            ]
            self.orders[1].sort(key=barycentres.__getitem__)
            self.sort_outer()

    def sort_outer(self) -> None:
        """Sort contexts and outcomes by the mean position of their configurations."""
        middle = positions_in(self.orders[1])
        self.orders[0].sort(key=lambda index: barycentre([middle[end] for end in self.of_contexts[index]]))
        self.orders[2].sort(key=lambda index: barycentre([middle[end] for end in self.of_outcomes[index]]))

    def sift_all_columns(self) -> None:
        """Sift each column in turn, until a round saves no crossing."""
        best = self.count_crossings()
        while True:
            contexts, outcomes = positions_in(self.orders[0]), positions_in(self.orders[2])
            sift_column(self.orders[1], [(self.left, contexts), (self.right, outcomes)])
            middle = positions_in(self.orders[1])
            sift_column(self.orders[0], [(self.of_contexts, middle)])
            sift_column(self.orders[2], [(self.of_outcomes, middle)])
            crossing = self.count_crossings()
            if crossing >= best:
                return
            best = crossing


def reversed_links(links: Neighbours, size: int) -> Neighbours:
    """Return the same links seen from the other column."""
    reverse: Neighbours = [[] for _ in range(size)]
    for index, others in enumerate(links):
        for other in others:
            reverse[other].append(index)
    return reverse


def positions_in(order: Sequence[int]) -> list[int]:
    """Return the position of each node in an order."""
    positions = [0] * len(order)
    for position, index in enumerate(order):
        positions[index] = position
    return positions


def barycentre(values: Sequence[float]) -> float:
    """Return the mean, or the middle for a node without edges."""
    return sum(values) / len(values) if values else 0.5


def sift_column(order: list[int], sides: list[tuple[Neighbours, list[int]]]) -> None:
    """Move each node to the position in its column at which fewest edges cross."""
    linked_positions = {
        node: [sorted(positions[end] for end in neighbours[node]) for neighbours, positions in sides] for node in order
    }
    cost: dict[tuple[int, int], int] = {}

    def added_crossings(above: int, below: int) -> int:
        """Return how many crossings are added when a node swaps with the one directly below it; negative if some go."""
        key = (above, below)
        if key not in cost:
            added = sum(
                (upper < lower) - (lower < upper)
                for lower_side, upper_side in zip(linked_positions[below], linked_positions[above], strict=True)
                for lower in lower_side
                for upper in upper_side
            )
            cost[key] = added
            cost[below, above] = -added
        return cost[key]

    for node in sorted(order):
        start = order.index(node)
        best, best_position, running = 0, start, 0
        for position in range(start + 1, len(order)):
            running += added_crossings(node, order[position])
            if running < best:
                best, best_position = running, position
        running = 0
        for position in range(start - 1, -1, -1):
            running += added_crossings(order[position], node)
            if running < best:
                best, best_position = running, position
        order.pop(start)
        order.insert(best_position, node)


def depth_first_order(columns: Columns, start: int) -> list[int]:
    """Return the configurations in the order of a depth-first walk along shared contexts and outcomes."""
    visited: dict[int, None] = {}
    waiting = [*reversed(range(columns.sizes[1])), start]
    while waiting:
        index = waiting.pop()
        if index in visited:
            continue
        visited[index] = None
        shared = [other for end in columns.right[index] for other in columns.of_outcomes[end]]
        shared += [other for end in columns.left[index] for other in columns.of_contexts[end]]
        waiting.extend(other for other in reversed(shared) if other not in visited)
    return list(visited)


def best_orders(web: Web) -> tuple[list[int], list[int], list[int]]:
    """Return the orders of contexts, configurations and outcomes with the fewest crossings found."""
    columns = Columns(web)
    number = columns.sizes[1]
    by_outcome = sorted(range(number), key=lambda index: (*columns.right[index], *columns.left[index], index))
    by_context = sorted(range(number), key=lambda index: (*columns.left[index], *columns.right[index], index))
    attempts: list[tuple[list[int], float | None]] = [
        (start, weight) for start in (by_outcome, by_context) for weight in WEIGHTS
    ]
    if number <= FEW:
        # A small web often can be drawn without any crossing; there is time to look for that.
        shuffler = random.Random(0)  # noqa: S311  the same picture every time
        attempts += [(depth_first_order(columns, start), None) for start in range(number)]
        attempts += [(shuffler.sample(range(number), number), 0.5) for _ in range(SHUFFLES)]
    best = (-1, columns.orders)
    for start, weight in attempts:
        columns.orders = [list(range(size)) for size in columns.sizes]
        columns.orders[1] = list(start)
        columns.sort_outer()
        if weight is not None:
            columns.sweep(weight)
        columns.sift_all_columns()
        found = columns.count_crossings()
        if best[0] < 0 or found < best[0]:
            best = (found, columns.orders)
        if found == 0:
            break
    contexts, cmocs, outcomes = best[1]
    return contexts, cmocs, outcomes
