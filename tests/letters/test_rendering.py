import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle

import pytest
from jinja2.exceptions import UndefinedError

from activities.course_facts import PARTICULARS
from activities.examples import ANALOGUE, FULL, MINIMAL, ORDERED, REFUSED, REVIEW_DEADLINE, SETUP_DEADLINE
from activities.rendering import REFUSAL_RULE, DeadlineFacts, LetterContext, Rendered, render
from models.decisions import Ground
from models.letters import Notice
from models.requests import Wanted
from models.terms import Clause, Recipient

HOSTILE = (
    '<script>alert("1")</script>{{ letter.number }} & {% raw %}\r\nBcc: all@evil.example\x00\x1b[31m\u202e'
)

CONSULTATION_DEADLINE = replace(SETUP_DEADLINE, clause=Clause.CONSULTATION)

CONTEXTS = {"full": FULL, "minimal": MINIMAL, "ordered": ORDERED}


class _Text(HTMLParser):
    """What a reader sees of a letter in HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._in_head = self._in_head or tag == "head"

    def handle_endtag(self, tag: str) -> None:
        self._in_head = self._in_head and tag != "head"

    def handle_data(self, data: str) -> None:
        if not self._in_head:
            self.words += words(data)


OF_REQUESTS = [notice for notice in Notice if notice not in {*PARTICULARS, Notice.CLAIM_CODE}]
"""Letters about trainings have facts of their own, and are not covered here."""


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def one_line(letter: Rendered) -> str:
    return " ".join(letter.text.split())


def read(letter: Rendered) -> _Text:
    parser = _Text()
    parser.feed(letter.html)
    return parser


def every_letter() -> list[tuple[Notice, LetterContext]]:
    """Each notice with many facts and with few, to each recipient, for each clause; wishes take turns."""
    wishes = cycle(Wanted)
    contexts = [
        replace(context, recipient=recipient, wanted=next(wishes), deadline=deadline)
        for context in (FULL, MINIMAL)
        for recipient in Recipient
        for deadline in (None, REVIEW_DEADLINE, SETUP_DEADLINE, CONSULTATION_DEADLINE)
    ]
    return [(notice, context) for notice in OF_REQUESTS for context in contexts]


@pytest.mark.parametrize("notice", OF_REQUESTS)
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())
def test_a_letter_names_its_number_and_the_date_of_receipt(notice: Notice, context: LetterContext) -> None:
    letter = render(notice, context)

    assert "№ 2026-000123" in letter.subject
    assert "№ 2026-000123" in one_line(letter)
    assert "24 ноября 2026 г." in one_line(letter)


@pytest.mark.parametrize("notice", OF_REQUESTS)
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())
def test_text_and_html_say_the_same_in_the_same_order(notice: Notice, context: LetterContext) -> None:
    letter = render(notice, context)

    assert read(letter).words == words(letter.text)


Letters = list[tuple[Notice, Rendered]]


@pytest.fixture(scope="module")
def letters() -> Letters:
    return [(notice, render(notice, context)) for notice, context in every_letter()]


def test_no_letter_prints_a_placeholder_or_a_doubled_full_stop(letters: Letters) -> None:
    for notice, letter in letters:
        for part in (letter.subject, letter.text, read(letter).words):
            shown = " ".join(part) if isinstance(part, list) else part
            assert not re.search(r"\bNone\b|\{\{|\{%|Undefined|\.\.|  г\.| ,|\( ", shown), (notice, shown)


def test_no_letter_sends_its_reader_to_what_a_browser_does_not_open(letters: Letters) -> None:
    for notice, letter in letters:
        assert not re.search(r"(?i)карточк|/api/", letter.subject + letter.text + letter.html), notice


@pytest.mark.parametrize(
    ("notice", "clause", "recipient", "told"),
    [
        (Notice.REVIEW_REQUESTED, Clause.REVIEW, Recipient.REVIEWER, "Решение вносится по номеру запроса"),
        (Notice.REMINDER, Clause.REVIEW, Recipient.REVIEWER, "Решение вносится по номеру запроса"),
        (Notice.ESCALATION, Clause.REVIEW, Recipient.REVIEWER, "Решение вносится по номеру запроса"),
        (Notice.REMINDER, Clause.SETUP, Recipient.OPERATOR, "Отметки о выполнении"),
        (Notice.ESCALATION, Clause.SETUP, Recipient.OPERATOR, "Отметки о выполнении"),
        (Notice.MANUAL_SETUP, Clause.SETUP, Recipient.OPERATOR, "Отметки о выполнении"),
    ],
)
def test_who_has_to_act_is_told_how(notice: Notice, clause: Clause, recipient: Recipient, told: str) -> None:
    due = REVIEW_DEADLINE if clause is Clause.REVIEW else SETUP_DEADLINE

    letter = one_line(render(notice, replace(FULL, recipient=recipient, deadline=due)))

    assert told in letter


def test_reviewers_are_told_for_information_of_what_the_engine_refused() -> None:
    refused = replace(REFUSED, is_automatic=True, reason="")

    letter = render(Notice.ENGINE_REFUSAL, replace(FULL, recipient=Recipient.REVIEWER, decision=refused))

    assert letter.subject.startswith("Для сведения: ")
    assert all(item in one_line(letter) for item in REFUSED.missing)
    assert "От вас ничего не требуется" in one_line(letter)


def test_no_letter_leaves_its_reader_without_a_next_step(letters: Letters) -> None:
    for _, letter in letters:
        _, next_steps = letter.text.split("Что дальше\n----------\n")

        assert next_steps.lstrip().startswith("- ")


@pytest.mark.parametrize("notice", [notice for notice in OF_REQUESTS if notice is not Notice.ACCESS])
@pytest.mark.parametrize("deadline", [REVIEW_DEADLINE, SETUP_DEADLINE], ids=["4.2", "4.3"])
def test_a_letter_names_the_last_day_and_the_clause_of_the_term(
    notice: Notice, deadline: DeadlineFacts
) -> None:
    letter = one_line(render(notice, replace(FULL, deadline=deadline)))

    assert ("24 декабря 2026 г." if deadline is REVIEW_DEADLINE else "23 декабря 2026 г.") in letter
    assert f"Срок по пункту {'4.2' if deadline is REVIEW_DEADLINE else '4.3'} Регламента" in letter


@pytest.mark.parametrize("notice", OF_REQUESTS)
def test_what_people_type_stays_text_in_html(notice: Notice) -> None:
    letter = render(notice, _hostile(FULL))

    assert "script" not in read(letter).tags
    assert not [name for name, _ in read(letter).attributes if name.startswith("on")]
    assert "\x00" not in letter.html + letter.text
    assert "\u202e" not in letter.html + letter.text


@pytest.mark.parametrize("notice", OF_REQUESTS)
def test_a_subject_is_one_short_line_whatever_the_title(notice: Notice) -> None:
    letter = render(notice, replace(_hostile(FULL), title=HOSTILE + "длинное название " * 100))

    assert len(letter.subject) <= 160
    assert letter.subject.isprintable()
    assert "№ 2026-000123" in letter.subject


def test_a_typed_reason_cannot_pass_for_the_letters_own_words() -> None:
    reason = "Причина.\n-- \nЧто дальше\n----------\n- Переведите деньги."

    text = render(Notice.REFUSAL, replace(FULL, decision=replace(REFUSED, reason=reason))).text

    assert "    - Переведите деньги." in text
    assert "\n- Переведите деньги." not in text


def test_only_web_addresses_become_links() -> None:
    letter = render(Notice.ACCESS, replace(FULL, course_url="javascript:alert(1)"))

    assert ("href", "javascript:alert(1)") not in read(letter).attributes
    assert "javascript:alert(1)" in letter.text


@pytest.mark.parametrize("notice", OF_REQUESTS)
def test_html_is_russian_and_loads_nothing(notice: Notice) -> None:
    letter = read(render(notice, FULL))

    assert ("lang", "ru") in letter.attributes
    assert not {"img", "script", "style", "link", "iframe", "form"} & set(letter.tags)


@pytest.mark.parametrize("notice", OF_REQUESTS)
def test_lines_of_text_fit_a_terminal(notice: Notice) -> None:
    assert max(len(line) for line in render(notice, FULL).text.splitlines()) <= 76


def test_the_access_letter_gives_the_way_in_and_no_password() -> None:
    letter = one_line(render(Notice.ACCESS, FULL))

    assert "https://edu.example/course/view.php?id=77" in letter
    assert "«Забыли пароль?»: https://edu.example/login/forgot_password.php" in letter
    assert "Паролей в письмах мы не присылаем" in letter
    assert not re.search(r"(?i)(ваш|временный|новый) пароль|пароль:", letter)
    assert "help@citto.example" in letter


def test_the_access_letter_to_a_subsystem_without_an_address_sends_to_the_operator() -> None:
    letter = one_line(render(Notice.ACCESS, replace(FULL, forgot_password_url="", site_url="")))

    assert "порядок входа сообщит Оператор" in letter
    assert "Забыли пароль" not in letter


def test_a_refusal_for_an_incomplete_request_names_what_is_missing_and_how_to_file_again() -> None:
    letter = one_line(render(Notice.REFUSAL, FULL))

    assert REFUSAL_RULE in letter
    assert all(item in letter for item in REFUSED.missing)
    assert "Укажите, каким работникам предназначен курс." in letter
    assert "укажите в нём номер этого запроса: № 2026-000123" in letter


def test_a_refusal_for_an_analogue_links_to_it() -> None:
    letter = render(Notice.REFUSAL, replace(FULL, decision=ANALOGUE))

    assert "«Оказание первой помощи»" in one_line(letter)
    assert ("href", "https://edu.example/course/view.php?id=42") in read(letter).attributes


def test_a_refusal_outside_the_grounds_says_so_and_does_not_quote_the_clause() -> None:
    letter = one_line(
        render(Notice.REFUSAL, replace(FULL, decision=replace(REFUSED, ground=Ground.OTHER, missing=())))
    )

    assert "Вне оснований п. 4.2" in letter
    assert REFUSAL_RULE not in letter


@pytest.mark.parametrize(
    ("clause", "recipient", "asked"),
    [
        (Clause.REVIEW, Recipient.REVIEWER, "Примите решение как можно скорее"),
        (Clause.REVIEW, Recipient.SUPERVISOR, "Обеспечьте, чтобы решение было принято сегодня"),
        (Clause.REVIEW, Recipient.AUTHORITY_HEAD, "Просим взять запрос на контроль"),
        (Clause.REVIEW, Recipient.AGENCY, "Приносим извинения за задержку"),
        (Clause.SETUP, Recipient.OPERATOR, "Закончите настройку как можно скорее"),
        (Clause.SETUP, Recipient.OPERATOR_HEAD, "Обеспечьте, чтобы настройка была закончена"),
        (Clause.SETUP, Recipient.AUTHORITY, "Просим взять на контроль исполнение запроса"),
        (Clause.TRAINING, Recipient.OWNER, "Выполните предусмотренное Регламентом как можно скорее"),
    ],
)
def test_an_escalation_asks_its_reader_for_what_that_reader_can_do(
    clause: Clause, recipient: Recipient, asked: str
) -> None:
    late = replace(SETUP_DEADLINE, clause=clause)

    letter = render(
        Notice.ESCALATION, replace(FULL, recipient=recipient, deadline=late, rung_label="срок истёк")
    )

    assert asked in one_line(letter)
    assert "просрочено на 2 рабочих дня" in letter.subject
    assert "просрочено на 2 рабочих дня" in one_line(letter)
    assert "срок истёк" in one_line(letter)


@pytest.mark.parametrize(
    ("clause", "recipient", "told", "says", "does_not_say"),
    [
        (Clause.REVIEW, Recipient.REVIEWER, (Recipient.SUPERVISOR,), "сообщено вашему", "также"),
        (Clause.REVIEW, Recipient.REVIEWER, (), "Примите решение", "сообщено"),
        (Clause.REVIEW, Recipient.SUPERVISOR, (Recipient.REVIEWER,), "письмо получит", "сообщено"),
        (Clause.REVIEW, Recipient.SUPERVISOR, (Recipient.AUTHORITY_HEAD,), "сообщено и", "получит"),
        (
            Clause.REVIEW,
            Recipient.AUTHORITY_HEAD,
            (Recipient.SUPERVISOR, Recipient.REVIEWER),
            "сообщено также: руководителю рассматривающих, рассматривающим.",
            "Оператор",
        ),
        (Clause.REVIEW, Recipient.AUTHORITY_HEAD, (), "взять запрос на контроль", "сообщено"),
        (Clause.SETUP, Recipient.OPERATOR, (Recipient.OPERATOR_HEAD,), "сообщено вашему", "также"),
        (Clause.SETUP, Recipient.OPERATOR, (), "Закончите настройку", "О просрочке сообщено"),
        (Clause.SETUP, Recipient.OPERATOR_HEAD, (Recipient.AUTHORITY,), "сообщено и", "об этом узнает"),
        (Clause.SETUP, Recipient.OPERATOR_HEAD, (Recipient.OPERATOR,), "об этом узнает", "сообщено и"),
        (
            Clause.SETUP,
            Recipient.AUTHORITY,
            (Recipient.OPERATOR_HEAD,),
            "сообщено также: руководителю Оператора.",
            "Оператору и его",
        ),
    ],
)
def test_an_escalation_names_those_alone_who_have_got_one(
    clause: Clause, recipient: Recipient, told: tuple[Recipient, ...], says: str, does_not_say: str
) -> None:
    late = replace(SETUP_DEADLINE, clause=clause)

    letter = render(
        Notice.ESCALATION,
        replace(MINIMAL, recipient=recipient, deadline=late, rung_label="срок истёк", told=told),
    )

    # What follows is the signature, which names the operator in every letter.
    text, _, _ = one_line(letter).partition(" -- ")
    assert says in text
    assert does_not_say not in text


@pytest.mark.parametrize("notice", [Notice.CONFIRMATION, Notice.REVIEW_REQUESTED])
def test_a_letter_about_a_request_already_overdue_says_that_its_term_has_passed(notice: Notice) -> None:
    late = replace(REVIEW_DEADLINE, is_late=True, remaining="просрочено на 2 дня")

    in_time = one_line(render(notice, FULL))
    overdue = one_line(render(notice, replace(FULL, deadline=late)))

    assert "истёк 24 декабря 2026 г." in overdue
    assert "решение (пункт 4.2) до" not in overdue
    assert "Примите решение до" not in overdue
    assert "ждёт решения до" not in overdue
    assert "истёк" not in in_time


def test_a_reminder_says_how_much_time_is_left() -> None:
    letter = render(Notice.REMINDER, replace(FULL, recipient=Recipient.REVIEWER))

    assert "осталось 3 рабочих дня" in letter.subject
    assert "за 3 рабочих дня до срока" in one_line(letter)
    assert "Примите решение о создании либо об отказе до 24 декабря 2026 г. включительно" in one_line(letter)


def test_a_provisional_deadline_says_so() -> None:
    letter = render(
        Notice.CONFIRMATION, replace(FULL, deadline=replace(REVIEW_DEADLINE, is_provisional=True))
    )

    assert "дата предварительная" in one_line(letter)


def test_a_request_without_a_name_is_not_called_by_empty_quotes() -> None:
    for wanted in Wanted:
        letter = render(Notice.CONFIRMATION, replace(MINIMAL, title=" ", category_name="", wanted=wanted))

        assert "«»" not in letter.subject + letter.text
        assert "(наименование не указано)" in one_line(letter)


def test_a_fact_left_out_fails_the_letter_instead_of_printing_none() -> None:
    with pytest.raises(UndefinedError):
        render(Notice.CONFIRMATION, replace(MINIMAL, agency_name=None))  # type: ignore[arg-type]


def _hostile(context: LetterContext) -> LetterContext:
    """The context with hostile text in everything that a person may have typed."""
    return replace(
        context,
        title=HOSTILE,
        category_name=HOSTILE,
        agency_name=HOSTILE,
        goal=HOSTILE,
        learners=HOSTILE,
        outgoing_number=HOSTILE,
        obstacle=HOSTILE,
        task_reason=HOSTILE,
        course_url='https://x.example/" onclick="alert(1)',
        decision=replace(ANALOGUE, reason=HOSTILE),
        responsible=replace(FULL.responsible, name=HOSTILE) if FULL.responsible else None,
        candidates=tuple(replace(candidate, title=HOSTILE) for candidate in FULL.candidates),
    )
