"""The preview of letters: every one of them, with invented facts."""

import re

import pytest
from sqlmodel import col, select

from models.letters import Notice
from models.tables import LetterRow
from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import words


async def test_every_letter_is_listed_and_shown_as_it_would_be_sent(signed_in: SignIn) -> None:
    admin = await signed_in("admin")

    listed = dict(re.findall(r'<a href="/letters/(\w+)">([^<]+)</a>', await admin.page("/letters")))

    assert set(listed) == {notice.value for notice in Notice}
    for notice, subject in listed.items():
        page = await admin.page(f"/letters/{notice}")
        text = re.search(r'<pre class="letter">(.+?)</pre>', page, re.DOTALL)

        assert f'<h2 id="letter-subject">{subject}</h2>' in page
        assert text
        assert len(text[1]) > 200, notice


async def test_a_letter_that_is_none_is_no_page(signed_in: SignIn) -> None:
    admin = await signed_in("admin")

    for notice in ("nothing", "_base", "..%2f_base"):
        assert (await admin.open(f"/letters/{notice}")).status_code == 404


async def test_words_are_tried_put_in_force_sent_and_taken_back(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    path, own = "/letters/withdrawal", await stand.get("admin", "/letter-templates/withdrawal")
    entered: Json = {
        "subject": "Больше не нужно: {{ номер }}",
        "opening": HOSTILE.replace("{{7*7}}", "") + "\n\n{{ организация }} отзывает.",
    }

    tried = await admin.send(path, act="preview", **entered)
    assert "Ничего не сохранено." in tried.text
    assert "<ins>Больше не нужно: 2026-000123</ins>" in tried.text
    assert "<script>alert" not in tried.text
    assert await stand.get("admin", "/letter-templates/withdrawal") == own
    wrong = await admin.send(path, act="save", subject="{{ letter.number }}", opening="{% if срок")
    assert wrong.status_code == 422
    assert "можно только имена" in wrong.text
    assert "не читается" in wrong.text
    assert "<script>alert" not in (await admin.send(path, act="preview", opening=HOSTILE)).text
    assert 'name="subject"' not in await admin.page("/letters/sign_up")
    fixed = await admin.send("/letters/sign_up", act="save", subject="Вы приняты")
    assert fixed.status_code == 422
    blank = await admin.send(path, act="save", subject="{{ обучение }}")
    assert "на придуманных сведениях здесь пусто" in blank.text

    try:
        assert "этими словами" in (await admin.send(path, act="save", **entered)).text
        assert "слова изменены" in await admin.page("/letters")
        number = await stand.file()
        await words.reviewing(stand, number)
        await words.withdraw(stand, number)
        await words.closed(stand, number)
        letter = await _withdrawal(stand, number)
        assert letter.subject == f"Больше не нужно: {number}"
        assert "отзывает." in letter.text
        assert "<script>alert" not in letter.html
    finally:
        assert "словами системы" in (await admin.send(path)).text

    shown = await stand.get("admin", "/letter-templates/withdrawal")
    assert (shown["wording"], shown["letter"]) == (None, own["letter"])
    assert [one["subject"] for one in shown["history"][:2]] == ["", entered["subject"]]
    assert (await admin.page(path)).count(shown["history"][0]["by"]) >= 2


async def _withdrawal(engine: Engine, number: str) -> LetterRow:
    own = (col(LetterRow.number) == number, col(LetterRow.notice) == Notice.WITHDRAWAL.value)
    async with engine.sessions() as session:
        rows = (await session.scalars(select(LetterRow).where(*own))).all()
    assert rows
    return rows[0]


@pytest.mark.parametrize(
    "role", ["agency", "responsible", "reviewer", "supervisor", "operator", "operator_head"]
)
async def test_others_have_no_preview(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    for path in ("/letters", "/letters/refusal"):
        assert (await person.open(path)).status_code == 403
