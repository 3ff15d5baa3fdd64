"""The register in the form of Appendix 1, as the public page and the PDF show it."""

from datetime import date

from api import standing
from api.standing import Standing
from models import store
from reports.register_pdf import Part, Shelf


async def read(sessions: store.Sessions, on: date | None) -> list[Part]:
    """The register in the form of Appendix 1: organisations, never persons."""
    async with sessions() as session:
        return _parts(await standing.read(session, on))


def _parts(stands: Standing) -> list[Part]:
    return [
        Part(
            number=one.number,
            name=f"{one.name} ({one.release})" if one.release else one.name,
            url=one.url or "",
            purpose=one.purpose,
            owner=stands.names[one.owner],
            categories=[
                Shelf(
                    number=str(category.number or ""),
                    name=category.name,
                    purpose=category.purpose,
                    owner=stands.names[category.owner],
                    courses=[
                        (course.name, stands.names[course.owner])
                        for course in stands.courses
                        if course.category == category.id
                    ],
                )
                for category in stands.categories
                if category.subsystem == one.code
            ],
            courses=[
                (course.name, stands.names[course.owner])
                for course in stands.courses
                if course.subsystem == one.code and course.category is None
            ],
        )
        for one in stands.subsystems
    ]
