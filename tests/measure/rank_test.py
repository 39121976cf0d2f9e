"""The Mann-Whitney U test, which compares two lists of times."""

import itertools
from math import sqrt
from statistics import NormalDist


def rank_test(ones: list[float], others: list[float]) -> float:
    """Return the two-sided p of the U test, using the normal approximation with a correction for ties.

    p is the probability that two lists of these lengths differ at least this much by chance. The approximation is good
    enough for lists of at least 20 values. Source: Mann and Whitney, Annals of Mathematical Statistics 18 (1947).
    """
    count, other_count = len(ones), len(others)
    total = count + other_count
    ranks, ties = _ranks(ones + others)
    u = sum(ranks[value] for value in ones) - count * (count + 1) / 2
    spread = sqrt(count * other_count / 12 * (total + 1 - ties / (total * (total - 1))))
    distance = max(abs(u - count * other_count / 2) - 0.5, 0)
    return 2 * (1 - NormalDist().cdf(distance / spread)) if spread else 1.0


def probability_of_more(ones: list[float], others: list[float]) -> float:
    """Return the probability that a value of `ones` exceeds a value of `others`: 0.5 if they do not differ."""
    ranks, _ = _ranks(ones + others)
    count = len(ones)
    return (sum(ranks[value] for value in ones) - count * (count + 1) / 2) / (count * len(others))


def _ranks(values: list[float]) -> tuple[dict[float, float], int]:
    """Return the rank of each value (ties share the mean rank), and the sum of t^3 - t over ties of t values."""
    ranks, ties, before = {}, 0, 0
    for value, group in itertools.groupby(sorted(values)):
        size = len(list(group))
        ranks[value] = before + (size + 1) / 2
        ties += size**3 - size
        before += size
    return ranks, ties
