"""What `make run` says once everything runs."""

import json

from api.schemas.requests import EXAMPLE
from devstack.stack import Stack


def greeting(stack: Stack) -> str:
    addresses = "\n".join(f"  {what:<18}{where}" for what, where in _addresses(stack).items())
    keys = "\n".join(f"  {role:<18}{key}" for role, key in stack.keys.items())
    return f"""
Стек работает.

{addresses}

Ключи (заголовок «Authorization: Bearer …»):
{keys}

Подать первый запрос:

{first_request(stack)}

Состояние и журналы: {stack.settings.var_folder}/. Остановить: Ctrl-C.
"""


def first_request(stack: Stack) -> str:
    """A command for the shell that files a complete request as an agency."""
    body = json.dumps(EXAMPLE, ensure_ascii=False, indent=2)
    return f"""\
curl -X POST {stack.api_url}/api/v1/requests \\
  -H 'Authorization: Bearer {stack.keys["agency"]}' \\
  -H "Idempotency-Key: $(date +%s)" \\
  -H 'Content-Type: application/json' \\
  -d '{body}'"""


def _addresses(stack: Stack) -> dict[str, str]:
    pages = {"Temporal UI": stack.settings.ui_url} if stack.temporal_ui else {}
    return {
        "Кабинеты": f"{stack.api_url}/sign-in",
        "API, описание": f"{stack.api_url}/docs",
        "Temporal": stack.temporal_address,
        **pages,
        "Письма": stack.settings.letters_url,
        "Moodle (стенд)": f"{stack.moodle_url}/edu/",
    }
