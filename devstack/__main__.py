"""`python -m devstack`: the whole stack, until Ctrl-C."""

import asyncio
from functools import partial

from devstack import command, settings, temporal_build
from devstack.greeting import greeting
from devstack.stack import Stack
from models.exit import run_and_leave


def main() -> int:
    """Start everything, say where it is, and keep it running until it is stopped."""
    configured = settings.read()
    temporal = None if configured.temporal_address else temporal_build.find()
    return asyncio.run(command.until_stopped(_serve(Stack(configured, temporal)), code=0))


async def _serve(stack: Stack) -> int:
    """Until a part dies so often that it is given up."""
    say = partial(print, flush=True)
    say("Запускаем стек…")
    async with stack:
        say(greeting(stack))
        await stack.keep_running(say)
    return 0


if __name__ == "__main__":
    run_and_leave(lambda: command.run(main))
