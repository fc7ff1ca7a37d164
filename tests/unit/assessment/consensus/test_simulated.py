"""How near the truth the consensus comes, on cohorts whose truth is known."""

import pytest

from zhixing.bench.consensus import measure_cell


@pytest.mark.parametrize(
    ("world", "size", "reviews", "cohorts", "to_mean", "to_median"),
    [
        ("base", 30, 5, 24, 0.90, 0.80),
        ("base", 100, 5, 8, 0.90, 0.80),
        ("base", 12, 3, 40, 1.02, 1.02),
        ("base", 12, 5, 40, 1.02, 1.02),
        ("staff", 100, 5, 8, 0.80, 0.75),
        ("honest", 30, 5, 24, 1.02, 0.80),
        ("collusion: a ring", 30, 5, 24, 0.90, 0.80),
        ("heavy tails", 30, 5, 24, 0.95, 0.90),
        ("uneven noise", 30, 5, 24, 0.90, 0.80),
        ("marks 1–5", 30, 5, 24, 1.00, 0.80),
    ],
)
def test_reliability_comes_nearer_than_mean_and_median(
    world: str, size: int, reviews: int, cohorts: int, to_mean: float, to_median: float
):
    cell = measure_cell(world, size, reviews, cohorts)
    assert cell.reliability <= to_mean * cell.mean
    assert cell.reliability <= to_median * cell.median


def test_nine_of_ten_true_values_are_within_their_interval():
    assert 0.85 <= measure_cell("base", 30, 5, 24).covered <= 0.95
