"""Organisations and keys as a page."""

import re
from uuid import uuid4

import pytest

from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE


async def test_a_key_is_shown_once_works_and_is_revoked(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    holder = f"Система {uuid4().hex[:8]}"
    typed: Json = {"role": "agency", "organisation": "zdrav", "holder": holder, "once": uuid4().hex}

    page = (await admin.send("/administration/keys", **typed)).text
    again = (await admin.send("/administration/keys", **typed)).text

    secret = re.search(r'<code id="secret">(seo_[\w-]+)</code>', page)
    assert secret
    assert (await stand.call(secret[1], "GET", "/requests")).status_code == 200
    assert secret[1] not in again
    assert "и был показан" in again
    shown = await admin.page("/administration")
    assert secret[1] not in shown
    assert shown.count(f'<th scope="row">{holder}') == 1
    [row] = re.findall(f'<th scope="row">{holder}.*?</tr>', shown, re.DOTALL)
    assert '<td data-label="Организация">Департамент здравоохранения Тюменской области</td>' in row

    number = re.search(r"Ключ № (\d+) выдан", page)
    assert number
    button = f'<button class="danger" aria-label="Отозвать ключ № {number[1]}">'
    folded = next(one for one in re.findall("<details>.*?</details>", shown, re.DOTALL) if button in one)
    assert f"вернуть его нельзя: {holder}" in folded
    answer = await admin.send(f"/administration/keys/{number[1]}/revocation")
    assert f"Ключ № {number[1]} отозван." in answer.text
    assert (await stand.call(secret[1], "GET", "/requests")).status_code == 401


async def test_nobody_revokes_their_own_key(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    page = await admin.page("/administration")
    offered = set(re.findall(r"/administration/keys/(\d+)/revocation", page))
    own = {str(one["id"]) for one in await stand.get("admin", "/keys") if not one["revoked_at"]} - offered

    assert len(own) == 1
    answer = await admin.send(f"/administration/keys/{own.pop()}/revocation")
    assert answer.status_code == 409
    assert "Свой ключ отзывает другой администратор." in answer.text


async def test_an_organisation_is_entered_and_its_addresses_changed(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    code = f"org-{uuid4().hex[:8]}"

    entered = await admin.send(
        "/administration/organisations", code=code, name="Новое учреждение", email="a@example.org"
    )
    await admin.send("/administration/organisations", code=code, email="b@example.org")

    assert "Организация «Новое учреждение» записана." in entered.text
    expected = {"code": code, "name": "Новое учреждение", "email": "b@example.org", "head_email": ""}
    assert expected in await stand.get("admin", "/organisations")


async def test_an_address_is_erased_only_when_it_is_said_twice(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    path, code = "/administration/organisations", f"org-{uuid4().hex[:8]}"
    known: Json = {"code": code, "name": "Старое", "email": "a@example.org", "head_email": "h@example.org"}
    await admin.send(path, **known)

    held = await admin.send(path, code=code, name="Новое", email="b@example.org")

    assert held.status_code == 422
    assert "Будет стёрто: h@example.org." in held.text
    assert 'value="b@example.org"' in held.text
    assert '<button name="act" value="anyway"' in held.text
    assert known in await stand.get("admin", "/organisations")
    done = await admin.send(path, code=code, name="Новое", email="b@example.org", act="anyway")
    assert "Организация «Новое» записана." in done.text
    changed = {"code": code, "name": "Новое", "email": "b@example.org", "head_email": ""}
    assert changed in await stand.get("admin", "/organisations")


async def test_what_is_not_accepted_is_there_again_as_text(signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    forms: dict[str, Json] = {
        "/administration/organisations": dict.fromkeys(("code", "name", "email", "head_email"), HOSTILE),
        "/administration/keys": dict.fromkeys(("role", "organisation", "holder", "email"), HOSTILE),
    }
    for path, typed in forms.items():
        page = await admin.send(path, **typed)

        assert page.status_code == 422
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


async def test_a_hostile_holder_is_shown_as_text(stand: Engine, signed_in: SignIn) -> None:
    admin = await signed_in("admin")
    holder = HOSTILE.replace("\u202e", "")

    page = await admin.send("/administration/keys", role="reviewer", organisation="di", holder=holder)

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    "role", ["agency", "responsible", "reviewer", "supervisor", "operator", "operator_head"]
)
async def test_others_have_no_administration(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    assert (await person.open("/administration")).status_code == 403
    for path in ("organisations", "keys", "keys/1/revocation"):
        assert (await person.send(f"/administration/{path}")).status_code == 403
