"""The preview of letters: every one of them, with invented facts."""

import re

import pytest

from models.letters import Notice
from tests.pages.people import SignIn


async def test_every_letter_is_listed_and_shown_as_it_would_be_sent(signed_in: SignIn) -> None:
    admin = await signed_in("admin")

    listed = dict(re.findall(r'<a href="/letters/(\w+)">([^<]+)</a>', await admin.page("/letters")))

    assert set(listed) == {notice.value for notice in Notice}
    for notice, subject in listed.items():
        page = await admin.page(f"/letters/{notice}")
        text = re.search(r'<pre class="letter">(.+?)</pre>', page, re.DOTALL)

        assert f'<h2 id="subject">{subject}</h2>' in page
        assert text
        assert len(text[1]) > 200, notice


async def test_a_letter_that_is_none_is_no_page(signed_in: SignIn) -> None:
    admin = await signed_in("admin")

    for notice in ("nothing", "_base", "..%2f_base"):
        assert (await admin.open(f"/letters/{notice}")).status_code == 404


@pytest.mark.parametrize(
    "role", ["agency", "responsible", "reviewer", "supervisor", "operator", "operator_head"]
)
async def test_others_have_no_preview(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    for path in ("/letters", "/letters/refusal"):
        assert (await person.open(path)).status_code == 403
