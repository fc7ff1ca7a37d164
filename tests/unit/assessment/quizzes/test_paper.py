"""Papers: of the asked shape, by chance, and always the same."""

from hypothesis import given
from hypothesis import strategies as st

from services.assessment.domain.quizzes.paper import Entry, fits, paper, paper_data, read_paper
from services.assessment.domain.quizzes.question import Question
from services.assessment.domain.quizzes.quiz import Draw, Quiz
from tests.unit.assessment.quizzes.builders import question, quiz


def tagged(id_: str, *tags: str, difficulty: str | None = None) -> Question:
    return question(id_, tags=frozenset(tags), difficulty=difficulty)


def ids(entries: tuple[Entry, ...] | None) -> list[str]:
    assert entries is not None
    return [entry.question_id for entry in entries]


MANY = [tagged(f"q{number:02}", "x") for number in range(40)]


def test_fixed_questions_come_in_their_order_and_drawn_ones_after():
    found = ids(paper(quiz("q07", "q03", draws=(Draw(2, "x"),)), MANY, "seed"))
    assert found[:2] == ["q07", "q03"]
    assert len(set(found)) == 4


def test_another_seed_is_another_paper():
    drawn = quiz(draws=(Draw(5, "x"),))
    papers = {tuple(ids(paper(drawn, MANY, str(seed)))) for seed in range(20)}
    assert len(papers) == 20


def test_every_question_comes_about_equally_often():
    seen = [
        id_ for seed in range(400) for id_ in ids(paper(quiz(draws=(Draw(4),)), MANY, f"{seed}"))
    ]
    assert all(20 <= seen.count(one.id) <= 65 for one in MANY)


def test_this_seed_gives_this_paper_in_every_version_of_python():
    asked = quiz("q00", draws=(Draw(2),), shuffle_questions=True, shuffle_options=True)
    found = paper(asked, MANY, "seed")
    assert found is not None
    assert [(entry.question_id, "".join(entry.options)) for entry in found] == [
        ("q09", "CABD"),
        ("q20", "ADBC"),
        ("q00", "BACD"),
    ]


def test_a_draw_takes_tag_and_difficulty_at_their_word():
    bank = [tagged("a", "x", difficulty="hard"), tagged("b", "x"), tagged("c", difficulty="hard")]
    assert ids(paper(quiz(draws=(Draw(1, "x", "hard"),)), bank, "seed")) == ["a"]


def test_too_few_questions_are_no_paper():
    assert paper(quiz(draws=(Draw(41),)), MANY, "seed") is None
    assert paper(quiz("q00", draws=(Draw(40),)), MANY, "seed") is None
    assert paper(quiz("unknown"), MANY, "seed") is None


def test_a_draw_leaves_another_the_only_question_it_can_have():
    bank = [tagged("a", "x", "y"), tagged("b", "x"), tagged("c", "x")]
    for seed in range(20):
        found = ids(paper(quiz(draws=(Draw(2, "x"), Draw(1, "y"))), bank, str(seed)))
        assert set(found[:2]) == {"b", "c"}
        assert found[2] == "a"


def test_the_highest_version_is_asked():
    bank = [question("a", version=3), question("a", version=1), question("a", version=2)]
    found = paper(quiz("a"), bank, "seed")
    assert found is not None
    assert found[0].version == 3


def test_true_and_false_keep_their_order():
    truth = question("t", "true_false", options={"true": "对", "false": "错"})
    for seed in range(8):
        found = paper(quiz("t", shuffle_options=True), [truth], str(seed))
        assert found is not None
        assert found[0].options == ("true", "false")


@st.composite
def banks(draw: st.DrawFn) -> tuple[Quiz, list[Question]]:
    bank = [
        tagged(
            f"q{number}",
            *draw(st.sets(st.sampled_from("xyz"))),
            difficulty=draw(st.sampled_from([None, "easy", "hard"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]
    draws = st.builds(
        Draw,
        st.integers(1, 3),
        st.sampled_from([None, "x", "y", "z"]),
        st.sampled_from([None, "easy", "hard"]),
    )
    fixed = draw(st.lists(st.sampled_from([one.id for one in bank]), unique=True, max_size=2))
    shuffled = draw(st.booleans())
    asked = quiz(
        *fixed,
        draws=tuple(draw(st.lists(draws, max_size=4))),
        shuffle_questions=shuffled,
        shuffle_options=shuffled,
    )
    return asked, bank


@given(banks(), st.text(max_size=3), st.data())
def test_a_paper_is_of_the_asked_shape_and_does_not_depend_on_order(
    told: tuple[Quiz, list[Question]], seed: str, data: st.DataObject
):
    asked, bank = told
    found = paper(asked, bank, seed)
    assert found == paper(asked, data.draw(st.permutations(bank)), seed)
    if found is None:
        return
    questions = {one.id: one for one in bank}
    seen = ids(found)
    assert len(seen) == len(set(seen)) == len(asked.questions) + sum(d.count for d in asked.draws)
    assert set(asked.questions) <= set(seen)
    for draw in asked.draws:
        assert sum(fits(questions[id_], draw) for id_ in seen) >= draw.count
    for entry in found:
        assert sorted(entry.options) == sorted(questions[entry.question_id].options)
    assert read_paper(paper_data(found)) == found


@given(banks())
def test_whether_there_is_a_paper_does_not_depend_on_the_seed(told: tuple[Quiz, list[Question]]):
    assert len({paper(*told, str(seed)) is None for seed in range(8)}) == 1
