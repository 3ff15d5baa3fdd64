"""`python -m devstack`: the whole stack, until Ctrl-C."""

import asyncio
import sys

from devstack import command, settings, temporal_build
from devstack.greeting import greeting
from devstack.stack import Stack
from models.exit import run_and_leave


def main() -> int:
    """Start everything, say where it is, stay until it is stopped or a part dies."""
    configured = settings.read()
    temporal = None if configured.temporal_address else temporal_build.find()
    return asyncio.run(command.until_stopped(_serve(Stack(configured, temporal)), code=0))


async def _serve(stack: Stack) -> int:
    """Until a part dies."""
    print("Запускаем стек…", flush=True)
    async with stack:
        print(greeting(stack), flush=True)
        dead = await stack.until_one_dies()
        print(dead.death(), "Останавливаем остальное.", sep="\n", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    run_and_leave(lambda: command.run(main))
