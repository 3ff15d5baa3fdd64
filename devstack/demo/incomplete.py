"""A request that is refused because information is missing."""

from io import BytesIO

from pypdf import PdfReader

from devstack.demo import steps
from devstack.demo.steps import AGENCY
from devstack.demo.telling import check, quote, title
from devstack.demo.world import World
from devstack.request_form import request_form
from models.requests import Item, Stage

MISSING = (Item.LEARNERS, Item.ACCESS)


async def tell(world: World) -> None:
    title("2. Неполный запрос отклонён")
    request = request_form(course_name=steps.fresh("Медицинская статистика"), learners={}, access=None)
    receipt = await steps.file(world, request)
    missing = [one["code"] for one in receipt["missing"]]
    check("уже в ответе названо, чего не хватает", missing == list(MISSING), seen=receipt["missing"])
    number = receipt["number"]
    refused = await steps.until_stage(world, number, Stage.REFUSED)
    check("основание — неполная информация (п. 4.2)", refused["decision"]["ground"] == "incomplete")
    await _letter_names_what_is_missing(world, number)
    await _document_names_what_is_missing(world, number)
    await steps.tell_journal(world, number)


async def _letter_names_what_is_missing(world: World, number: str) -> None:
    letter = await world.letter(number, "отказ", to=AGENCY)
    check(f"письмо: «{letter.subject}»", len(letter.attachments) == 1)
    for item in MISSING:
        check(f"в письме названо: {item.russian}", item.russian in letter.text, seen=letter.text)
    lines = letter.text.splitlines()
    from_here = next(place for place, line in enumerate(lines) if line.startswith("В запросе не указано"))
    quote(lines[from_here : from_here + 4])


async def _document_names_what_is_missing(world: World, number: str) -> None:
    content = await steps.document(world, number, "refusal")
    pages = PdfReader(BytesIO(content)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for item in MISSING:
        check(f"в документе названо: {item.russian}", item.russian in words, seen=words)
