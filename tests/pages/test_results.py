"""Results and sign-ups by pages: charts with tables, exports, a file taken in, applications decided."""

import html
import re
from datetime import UTC, datetime

import pytest

from api.pages.charts import HEIGHT, WIDTH, columns, line
from tests import certificates
from tests.engine import Engine
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import sign_ups
from tests.workflows.trainings import course_by_hand, course_of_its_own, running


async def test_results_are_shown_as_charts_and_as_tables_and_can_be_taken_along(
    stand: Engine, signed_in: SignIn
) -> None:
    at = datetime(2026, 12, 10, 9, tzinfo=UTC)
    person = certificates.person(HOSTILE, organisation="ГБУЗ «Больница»", completed_at=at)
    number = await certificates.over(stand, person)
    owner = await signed_in("agency")

    page = await owner.page(f"/trainings/{number}/results")

    assert page.count('<svg class="figure"') == 2
    assert "<polyline points=" in page
    assert "80–89 %" in page
    assert "ГБУЗ «Больница»" in page
    assert "<script>alert" not in page
    for kind in ("csv", "xlsx", "pdf"):
        assert f"/download/trainings/{number}/results.{kind}" in page
        file = await owner.open(f"/download/trainings/{number}/results.{kind}")
        assert file.status_code == 200
        assert file.headers["content-disposition"].startswith("attachment")


async def test_results_are_selected_and_so_are_the_files(stand: Engine, signed_in: SignIn) -> None:
    people = [certificates.person("Орлова Анна", organisation="Больница № 1")]
    people.append(certificates.person("Волков Пётр", organisation="Больница № 2", grade=40.0))
    path = f"/trainings/{await certificates.over(stand, *people)}/results"
    owner = await signed_in("agency")

    page = await owner.page(f"{path}?organisation=Больница № 2&state=&grade_to=50")

    assert "Волков Пётр" in page
    assert "Орлова Анна" not in page
    found = re.search(r'href="(/download[^"]+\.csv\?[^"]+)"', page)
    assert found
    file = (await owner.open(html.unescape(found[1]))).content.decode("utf-8-sig")
    assert "Волков Пётр" in file
    assert "Орлова Анна" not in file
    assert "Так отобранных участников нет." in await owner.page(f"{path}?grade_from=99")
    wrong = await owner.open(f"{path}?grade_from=много")
    assert wrong.status_code == 422
    assert "Орлова Анна" in wrong.text


async def test_nothing_is_shown_of_what_is_not_there(stand: Engine, signed_in: SignIn) -> None:
    page = await (await signed_in("agency")).page(f"/trainings/{await certificates.over(stand)}/results")

    assert "Результатов ещё нет." in page
    assert "<svg" not in page


async def test_the_responsible_brings_results_by_a_file(stand: Engine, signed_in: SignIn) -> None:
    number = await running(stand, course=await course_by_hand(stand))
    path = f"/trainings/{number}/results"
    teacher, owner = await signed_in("responsible"), await signed_in("agency")
    assert f'action="{path}/file"' in await teacher.page(path)
    assert f'action="{path}/file"' not in await owner.page(path)
    content = "ФИО;Почта;Состояние;Оценка %\nПетров Пётр;petrov@example.org;завершено;87\nНикто;нет;?;500\n"

    async def upload(data: bytes) -> str:
        files = {"results": ("results.csv", data)}
        sent = {"token": await teacher.token()}
        return (await teacher.http.post(f"{path}/file", data=sent, files=files)).text

    page = await upload(content.encode())
    assert "Принято строк: 1." in page
    assert "строка 3" in page
    assert "Петров Пётр" in page
    assert "Не получилось" in await upload(b"\x00\x01")
    assert "Выберите файл" in (await teacher.send(f"{path}/file")).text
    assert "Петров Пётр" in await owner.page(path)
    assert (await owner.send(f"{path}/file")).status_code == 403


async def test_applications_are_accepted_declined_and_made_a_list(stand: Engine, signed_in: SignIn) -> None:
    training = await sign_ups.open_to_all(stand, course=await course_of_its_own(stand))
    number = str(training["number"])
    ids = [await sign_ups.applied(stand, number, name) for name in ("anna", "boris")]
    teacher = await signed_in("responsible")
    path = f"/trainings/{number}/sign-ups"
    assert "anna@example.org" in await teacher.page(path)

    blank = await teacher.send(f"{path}/{ids[1]}/refusal")
    accepted = await teacher.send(f"{path}/{ids[0]}/acceptance")
    declined = await teacher.send(f"{path}/{ids[1]}/refusal", reason=HOSTILE)

    assert blank.status_code == 422
    assert "Заявка принята" in accepted.text
    assert "Заявка отклонена" in declined.text
    assert "<script>alert" not in declined.text
    assert "boris@example.org" not in await teacher.page(f"{path}?standing=accepted")
    assert "boris@example.org" in await teacher.page(f"{path}?standing=none-such")
    made = await teacher.send(f"{path}/enrolment")
    assert "составлен список Пользователей" in made.text
    assert made.url.path.startswith("/cases/enrolment-")


@pytest.mark.parametrize(
    ("counts", "points"),
    [([], ""), ([3], f"0.0,0.0 {WIDTH}.0,0.0"), ([0, 2], f"0.0,{HEIGHT}.0 {WIDTH}.0,0.0"), ([0], None)],
)
def test_a_line_is_as_long_as_the_drawing(counts: list[int], points: str | None) -> None:
    assert line(counts) == (points if points is not None else f"0.0,{HEIGHT}.0 {WIDTH}.0,{HEIGHT}.0")


def test_columns_stand_on_the_ground_and_the_greatest_is_the_highest() -> None:
    drawn = columns([0, 1, 4])

    assert [one.height for one in drawn] == [0, HEIGHT / 4, HEIGHT]
    assert all(one.y + one.height == HEIGHT for one in drawn)
    assert drawn[-1].x + drawn[-1].width <= WIDTH
