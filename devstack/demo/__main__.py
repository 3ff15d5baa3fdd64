"""`python -m devstack.demo`: the seven stories, on the stack that runs or on one started for them."""

import asyncio
import time

from devstack import command, settings, temporal_build
from devstack.demo import approved, course, incomplete, outage, overdue, reconciled, replaced, world
from devstack.demo.telling import say, title
from devstack.demo.world import World
from devstack.settings import DevstackSettings
from devstack.stack import Stack
from devstack.temporal_build import Temporal
from models.exit import run_and_leave

STORIES = (approved, incomplete, overdue, outage)


def main() -> int:
    configured = settings.read()
    if asyncio.run(world.runs(configured)):
        print(f"Стек уже работает: {configured.api_url}", flush=True)
        return asyncio.run(command.until_stopped(_tell(configured)))
    temporal = None if configured.temporal_address else temporal_build.find()
    return asyncio.run(command.until_stopped(_tell_on_own_stack(configured, temporal)))


async def _tell_on_own_stack(configured: DevstackSettings, temporal: Temporal | None) -> int:
    print("Запускаем стек…", flush=True)
    async with Stack(configured, temporal):
        return await _tell(configured)


async def _tell(configured: DevstackSettings) -> int:
    began = time.monotonic()
    say("Дела ведутся по-настоящему и после рассказа остаются в стеке: в API, Temporal и письмах.")
    say(f"Чтобы начать с чистого, удалите папку {configured.var_folder}/. Время — местное, Тюмени.")
    async with World.opened(configured) as opened:
        for story in STORIES:
            await story.tell(opened)
        told = await course.tell(opened)
        await replaced.tell(opened, told)
        await reconciled.tell(opened, told)
    title(f"Всё сошлось, {time.monotonic() - began:.0f} с.")
    return 0


if __name__ == "__main__":
    run_and_leave(lambda: command.run(main))
