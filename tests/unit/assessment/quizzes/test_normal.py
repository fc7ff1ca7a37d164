"""When two written answers are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.quizzes.normal import normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１９２１", "1921"),
        ("Ｌｅｎｉｎ", "lenin"),
        ("ﾃｽﾄ", "テスト"),
        ("知，行", "知,行"),
        ("知 行　合\t一\n", "知行合一"),
        ("Straße", "STRASSE"),
        ("é", "e\u0301"),
    ],
)
def test_width_case_and_white_space_do_not_matter(one: str, other: str):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), [("1921", "1931"), ("党史", "党章"), ("a-b", "ab")])
def test_all_else_does(one: str, other: str):
    assert normal(one) != normal(other)


@given(st.text())
def test_a_normal_answer_is_its_own_normal_form(text: str):
    assert normal(normal(text)) == normal(text)


@given(st.text(alphabet="知行合a B1é"), st.text(alphabet=" \t\n　\u00a0"))
def test_white_space_may_be_anywhere(text: str, space: str):
    assert normal(space.join(text)) == normal(text)
