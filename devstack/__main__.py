"""`python -m devstack`: the whole stack, until Ctrl-C."""

import asyncio
import signal
import sys

from devstack import temporal_build
from devstack.ports import PortTaken
from devstack.processes import ProcessFailed
from devstack.settings import DevstackSettings
from devstack.stack import Stack
from devstack.temporal_build import TemporalMissing
from models.exit import leave


def main() -> int:
    """Start everything, say where it is, stay until it is stopped or a part dies."""
    settings = DevstackSettings()
    try:
        temporal = None if settings.temporal_address else temporal_build.find()
        return asyncio.run(_run(Stack(settings, temporal)))
    except (PortTaken, ProcessFailed, TemporalMissing) as error:
        print(error, file=sys.stderr)
        return 1


async def _run(stack: Stack) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    print("Запускаем стек…", flush=True)
    async with stack:
        print(_greeting(stack), flush=True)
        stopping = asyncio.create_task(stopped.wait())
        dying = asyncio.create_task(stack.until_one_dies())
        await asyncio.wait((stopping, dying), return_when=asyncio.FIRST_COMPLETED)
        if dying.done():
            print(dying.result().death(), file=sys.stderr)
            return 1
        dying.cancel()
        print("\nОстанавливаем…", flush=True)
    return 0


def _greeting(stack: Stack) -> str:
    keys = "\n".join(f"  {role:<14} {key}" for role, key in stack.keys.items())
    return f"""
Стек работает.

  API, описание     {stack.api_url}/docs
  Temporal UI       {stack.ui_url}
  Письма            {stack.letters_url}
  Moodle (стенд)    {stack.moodle_url}/edu/

Ключи (заголовок «Authorization: Bearer …»):
{keys}

Состояние и журналы: {stack.settings.var_folder}/. Остановить: Ctrl-C.
"""


if __name__ == "__main__":
    leave(main())
