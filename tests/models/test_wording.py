"""The words of an administrator: facts by name, and nothing else of Jinja."""

import pytest

from activities import wording
from activities.course_examples import ACCESSIBLE, example
from activities.examples import FULL, MINIMAL
from activities.rendering import render
from models.letters import Notice
from models.wording import ENGINES_SUBJECT, VARIABLES, Wording, WordingRejected, check, fill

BLANK = dict.fromkeys(VARIABLES, "")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("Просто слова {# без заметки #}", "Просто слова "),
        ("{{ дело }}: {{название}}", "Запрос № 1: Основы"),
        ("{% if срок %}до {{ срок }}{% elif not остаток %}без срока{% else %}-{% endif %}", "без срока"),
        ("{% if дело and (срок or название) %}да{% endif %}", "да"),
        ("{% raw %}{{ дело }}{% endraw %}", "{{ дело }}"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_facts_are_filled_in_by_name(text: str, filled: str) -> None:
    check(text)

    assert fill(text, {**BLANK, "дело": "Запрос № 1", "название": "Основы"}) == filled


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ letter }}", "такого имени нет: letter"),
        ("{{ название.__class__.__mro__ }}", "только имена"),
        ("{{ название['__class__'] }}", "только имена"),
        ("{{ название | upper }}", "только имена"),
        ("{{ название * 1000000000 }}", "только имена"),
        ("{{ 'x' * 9 }}", "только имена"),
        ("{{ название() }}", "только имена"),
        ("{{ название ~ срок }}", "только имена"),
        ("{{ [название] }}", "только имена"),
        ("{{ 7 }}", "только имена"),
        ("{% if название == 'x' %}{% endif %}", "только имена"),
        ("{% for буква in название %}{{ буква }}{% endfor %}", "только имена"),
        ("{% set x = название %}", "только имена"),
        ("{% set название %}x{% endset %}", "только имена"),
        ("{% include 'reminder/subject.txt' %}", "только имена"),
        ("{% import 'x' as y %}", "только имена"),
        ("{% macro m() %}{% endmacro %}", "только имена"),
        ("{% block b %}{% endblock %}", "только имена"),
        ("{{ range }}", "такого имени нет: range"),
        ("{{ self }}", "такого имени нет: self"),
        ("{{ название", "строка 1: не читается"),
        ("раз\n{% if срок %}", "не читается"),
        ("{% nothing %}", "не читается"),
        ("{% if срок %}" * 200 + "{% endif %}" * 200, "слишком много условий"),
    ],
)
def test_anything_else_is_told_and_not_taken(text: str, why: str) -> None:
    with pytest.raises(WordingRejected, match=why):
        check(text)


def test_every_letter_opens_with_the_words_in_text_and_html_and_goes_on_as_before() -> None:
    words = Wording("Тема {{ дело }}", "Первый <b>абзац</b>.\n\n\nВторой: {{ название }}.")
    for notice in Notice:
        own, changed = example(notice), example(notice, words)

        assert changed.subject == own.subject or changed.subject.startswith("Тема "), notice
        assert (changed.subject == own.subject) == (notice in ENGINES_SUBJECT), notice
        for letter in (changed.text, changed.html):
            assert "Второй: " in letter
        assert "Первый &lt;b&gt;абзац&lt;/b&gt;.</p>" in changed.html
        tail = own.text.partition("Что дальше")[2]
        assert tail
        assert changed.text.endswith(tail)
        assert example(notice, Wording()) == own


def test_words_that_come_out_blank_or_cannot_be_read_are_the_engines_own() -> None:
    own = render(Notice.REFUSAL, MINIMAL)

    assert wording.write(Notice.REFUSAL, MINIMAL, Wording("{{ срок }}", "{{ обучение }}")) == own
    assert wording.write(Notice.REFUSAL, MINIMAL, Wording("{{ gone }}", "Слова")) == own
    assert wording.write(Notice.REFUSAL, MINIMAL, Wording("", "{% broken")) == own
    assert set(wording.facts(FULL)) == set(wording.facts(ACCESSIBLE)) == set(VARIABLES)
