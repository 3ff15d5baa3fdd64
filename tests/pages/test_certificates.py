"""Certificates by pages: decided for whom, numbered and sent, one corrected, one revoked, all printed."""

import io
import re

from pypdf import PdfReader

from models.certificates import Design
from tests import certificates
from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE

NAMES = ("Семенова Мария Петровна", "Орлов Пётр Ильич")


async def test_an_owner_reads_beforehand_whether_the_holder_is_written_to(
    stand: Engine, signed_in: SignIn
) -> None:
    people = (certificates.person(NAMES[0], email="m@example.org"), certificates.person(NAMES[1], email=""))
    decision = (await certificates.decide(stand, await certificates.over(stand, *people)))["number"]
    await certificates.finished(stand, decision)

    page = await (await signed_in("agency")).page(f"/certifications/{decision}")

    assert page.count("Обладателю уйдёт письмо с новым документом: m@example.org.") == 1
    assert page.count("Обладателю уйдёт письмо с этой причиной: m@example.org.") == 1
    assert page.count("Почты у обладателя нет: письма не будет, сообщите ему сами.") == 2


async def test_an_owner_decides_prints_corrects_and_revokes(stand: Engine, signed_in: SignIn) -> None:
    training = await certificates.over(stand, *(certificates.person(name) for name in NAMES))
    owner = await signed_in("agency")
    path = f"/trainings/{training}/certification"
    page = await owner.page(path)
    assert all(name in page for name in NAMES)
    form: Json = {"whom": "threshold", "threshold": "60,5", "document": "Свидетельство", "design": "band"}

    answer = await owner.send(path, **form, hours="36", shows_grade="1", signatory_name="Сидорова А. В.")

    assert "Решение принято" in answer.text, answer.text
    decision = answer.url.path
    await certificates.finished(stand, decision.split("/")[-1])
    page = await owner.page(decision)
    assert "2 из 2" in page
    assert "60.5 %" in page
    first, second = re.findall(r"№ (72-\d{4}-\d+)<", page)
    corrected = await owner.send(f"{decision}/documents/{first}/correction", name="Семёнова Мария Петровна")
    assert f"Вместо документа № {first} выдан №" in corrected.text
    blank = await owner.send(f"{decision}/documents/{second}/revocation")
    assert blank.status_code == 422
    revoked = await owner.send(f"{decision}/documents/{second}/revocation", reason=HOSTILE)
    assert f"Документ № {second} аннулирован" in revoked.text, revoked.text
    assert "<script>alert" not in revoked.text
    for file in (f"{decision}/print?part=1", f"/certificates/{first}/document"):
        assert f"/download{file}" in await owner.page(decision)
        assert (await owner.open(f"/download{file}")).content.startswith(b"%PDF")
    assert "Свидетельство" in await owner.page(path)


async def test_a_sample_is_looked_at_before_anything_is_given(stand: Engine, signed_in: SignIn) -> None:
    training = await certificates.over(stand, certificates.person(NAMES[0]))
    owner, responsible = await signed_in("agency"), await signed_in("responsible")
    path = f"/trainings/{training}/certification"
    assert f'formaction="{path}/preview"' in await owner.page(path)
    form: Json = {"whom": "named", "document": "Свидетельство", "hours": "36", "signatory_name": "Сидорова"}

    for design in Design:
        drawn = await owner.send(f"{path}/preview", **form, design=design)

        assert drawn.headers["Content-Type"] == "application/pdf"
        assert drawn.headers["Content-Disposition"] == f'attachment; filename="obrazec-{training}.pdf"'
        (page,) = PdfReader(io.BytesIO(drawn.content)).pages
        text = " ".join(page.extract_text().split())
        for said in ("ОБРАЗЕЦ", "36 академических часов", "Сидорова", certificates.COURSE):
            assert said in text
        assert NAMES[0] not in text
    assert await stand.get("agency", path) == []
    assert "Решений о выдаче документов ещё нет." in await owner.page(path)
    wrong = await owner.send(f"{path}/preview", **{**form, "document": "Грамота", "hours": "0"})
    assert wrong.status_code == 422
    assert 'value="Грамота"' in wrong.text
    assert (await responsible.send(f"{path}/preview", **form)).status_code == 403


async def test_what_was_chosen_stays_when_it_is_not_accepted(stand: Engine, signed_in: SignIn) -> None:
    training = await certificates.over(stand, *(certificates.person(name) for name in NAMES))
    owner = await signed_in("agency")
    path = f"/trainings/{training}/certification"

    without = await owner.send(path, whom="threshold", document="Грамота")
    nobody = await owner.send(path, whom="named", document="Грамота")
    named = await owner.send(path, whom="named", named="2", document="Грамота", hours="0")

    assert [one.status_code for one in (without, nobody, named)] == [422, 422, 422]
    assert 'id="threshold-wrong">укажите порог оценки' in without.text
    assert "Отметьте участников" in nobody.text
    assert 'value="Грамота"' in without.text
    assert 'name="named" value="2" checked' in named.text


async def test_who_has_not_begun_is_named_before_a_document_is_given(
    stand: Engine, signed_in: SignIn
) -> None:
    people = (
        certificates.person(NAMES[0]),
        certificates.person(NAMES[1], state="not_begun", grade=None),
    )
    training = await certificates.over(stand, *people)
    owner = await signed_in("agency")
    path = f"/trainings/{training}/certification"
    form: Json = {"whom": "named", "named": ["1", "2"], "document": "Грамота"}

    held = await owner.send(path, **form)
    undecided = await stand.get("agency", f"/trainings/{training}/certification")
    given = await owner.send(path, **form, act="anyway")

    assert f"обучение не начато у тех, кого вы отметили.</b> {NAMES[1]}." in held.text
    assert 'name="named" value="2" checked' in held.text
    assert undecided == []
    assert "Решение принято" in given.text, given.text


async def test_the_responsible_sees_and_does_not_decide(stand: Engine, signed_in: SignIn) -> None:
    training = await certificates.over(stand, certificates.person(NAMES[0]))
    stranger = await signed_in("responsible")

    assert (await stranger.open(f"/trainings/{training}/certification")).status_code == 404
    assert (await stranger.send(f"/trainings/{training}/certification", whom="completed")).status_code == 403
    assert (
        await (await signed_in("reviewer")).open(f"/trainings/{training}/certification")
    ).status_code == 403


async def test_nothing_is_decided_before_the_end(stand: Engine, signed_in: SignIn) -> None:
    training = await certificates.over(stand, certificates.person(NAMES[0]), closed_at=None)

    page = await (await signed_in("agency")).page(f"/trainings/{training}/certification")

    assert "когда обучение окончится" in page
    assert "Выдать документы" not in page
