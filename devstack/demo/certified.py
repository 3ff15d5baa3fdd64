"""Those who completed the training get a certificate, and anybody may check it (clause 4.9)."""

from devstack.demo import steps
from devstack.demo.telling import Json, check, only, say
from devstack.demo.world import World


async def tell(world: World, course: str, training: str) -> None:
    say("П. 4.9. Владелец решает выдать сертификаты завершившим обучение")
    award = {
        "whom": "completed",
        "hours": 16,
        "signatory_post": "Директор",
        "signatory_name": "Сидоров А. В.",
    }
    path = f"/trainings/{training}/certification"
    number = str((await world.post("agency", path, award, status=201))["number"])
    await world.finished(number)
    page = await world.get("agency", f"/certifications/{number}/certificates")
    given = only("документ получил тот, кто прошёл курс", page["certificates"])
    check(f"он пронумерован: № {given['number']}", given["standing"]["code"] == "valid", seen=given)
    await _is_sent(world, course, given)
    await _is_checked(world, given, "Документ выдан и действует")
    await _is_corrected(world, given)
    await steps.tell_journal(world, number)


async def _is_sent(world: World, course: str, given: Json) -> None:
    letter = await world.letter(course, given["number"], to=f"egor.{course[-6:]}@example.org")
    [attached] = letter.attachments
    check(
        f"письмо «{letter.subject}» с документом, PDF, {len(attached.content) // 1024} КиБ",
        attached.content.startswith(b"%PDF"),
    )


async def _is_checked(world: World, given: Json, words: str) -> None:
    """On the public page, by the code that stands in the QR."""
    page = await world.page(f"/certificates/{given['check_url'].rpartition('/')[2]}")
    check(f"страница проверки о № {given['number']}: «{words}»", words in page, seen=page)


async def _is_corrected(world: World, given: Json) -> None:
    correction = {"name": "Лесной Егор Ильич (мл.)"}
    new = await world.post("agency", f"/certificates/{given['number']}/correction", correction, status=201)
    check(f"имя исправлено: выдан документ № {new['number']}", new["supersedes"] == given["number"], seen=new)
    await _is_checked(world, given, f"вместо него выдан документ № {new['number']}")
    await _is_checked(world, new, "Документ выдан и действует")
