"""Many accounts at once: bad rows are set aside, the others are made, nobody twice whatever happens."""

from __future__ import annotations

import pytest

from clients.moodle import MoodleUnavailable, NewAccount, no_mail_address
from clients.moodle.rules import person
from tests.clients.conftest import StandinOf
from tests.clients.standin import CREATE, Standin, learner, learners


async def _made_once(standin: Standin, rows: list[NewAccount]) -> None:
    names = await standin.usernames()
    assert {row.username: names[row.username] for row in rows} == {row.username: 1 for row in rows}


async def test_many_are_created_in_a_few_calls(standin: Standin) -> None:
    rows = learners(300)

    done = await standin.create(rows)

    assert set(done.created) == {row.key for row in rows}
    assert (done.found, done.refused) == ({}, {})
    await _made_once(standin, rows)
    # 3.3 dies of the first call with a preference in each of those that run side by side
    assert await standin.calls(CREATE) <= 6


async def test_the_same_list_again_creates_nobody(standin: Standin) -> None:
    rows = learners(30)
    first = await standin.create(rows)
    calls = await standin.calls(CREATE)

    again = await standin.create(rows)

    assert again.created == {}
    assert {key: found.user.id for key, found in again.found.items()} == first.created
    assert {found.ours for found in again.found.values()} == {None if await standin.is_old() else True}
    assert {found.user.first_access for found in again.found.values()} == {0}
    assert await standin.calls(CREATE) == calls


async def test_one_bad_row_is_set_aside_and_the_others_are_made(standin: Standin) -> None:
    rows = [*learners(20), learner(20, username="admin"), *(learner(n) for n in range(21, 40))]

    done = await standin.create(rows)

    assert len(done.created) == 39
    # 2.8.5 shows usernames to nobody, so all it says is that the row is bad
    assert done.refused == {"20": "invalidparameter" if await standin.is_old() else "username-taken"}
    await _made_once(standin, [row for row in rows if row.key in done.created])


async def test_a_third_of_bad_rows(edu: Standin) -> None:
    rows = [learner(n, username="admin") if n % 3 == 0 else learner(n) for n in range(60)]

    done = await edu.create(rows)

    assert set(done.refused) == {str(n) for n in range(0, 60, 3)}
    assert len(done.created) == 40


async def test_names_in_use_are_found_in_one_call_and_not_by_halving(edu: Standin) -> None:
    rows = [learner(n, username="admin") if n in (3, 50, 90) else learner(n) for n in range(100)]

    done = await edu.create(rows)

    assert done.refused == dict.fromkeys(["3", "50", "90"], "username-taken")
    assert await edu.calls(CREATE) == 2


async def test_a_bad_row_without_a_reason_is_found_by_halving(edu: Standin) -> None:
    twice = learner(7, key="again", email="another@example.org")  # its username comes twice in the list

    done = await edu.create([*learners(30), twice])

    assert done.refused == {"again": "username-taken"}
    assert len(done.created) == 30
    assert await edu.calls(CREATE) > 2


async def test_all_bad(edu: Standin) -> None:
    done = await edu.create([learner(n, username="admin") for n in range(20)])

    assert (done.created, len(done.refused)) == ({}, 20)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "not-an-email"}, "email-malformed"),
        ({"first_name": " "}, "firstname-empty"),
        ({"last_name": "Петров <шеф>"}, "lastname-tag"),
        ({"username": "Петров"}, "username-alphabet"),
        ({"email": "Petrov0@Example.ORG"}, "email-twice"),
    ],
)
async def test_what_is_wrong_by_itself_is_not_sent(changes: dict[str, str], code: str, edu: Standin) -> None:
    done = await edu.create([learner(0), learner(1, **changes)])

    assert (set(done.created), done.refused) == ({"0"}, {"1": code})
    assert await edu.calls(CREATE) == 1


async def test_somebody_who_is_there_under_another_name_keeps_it(standin: Standin) -> None:
    user = await standin.site.act(
        "add_user", username="ivan", firstname="Иван", lastname="П", email="Petrov0@Example.ORG"
    )

    done = await standin.create([learner(0), learner(1)])

    assert done.found["0"].user.id == user["id"]
    assert done.found["0"].ours is (None if await standin.is_old() else False)
    assert set(done.created) == {"1"}


async def test_an_email_that_two_accounts_have_is_for_a_person_to_sort_out(eledu: Standin) -> None:
    for name, email in (("a", "Petrov0@example.org"), ("b", "petrov0@example.ORG")):
        await eledu.site.act("add_user", username=name, firstname="И", lastname="П", email=email)

    done = await eledu.create([learner(0, email="PETROV0@EXAMPLE.ORG"), learner(1)])

    assert (done.refused, set(done.created)) == ({"0": "email-notunique"}, {"1"})


async def test_who_has_no_email_gets_an_address_that_moodle_mails_nothing_to(standin: Standin) -> None:
    row = learner(0, email=no_mail_address("petrov.i-0"))

    assert person(row.username, row.email, row.first_name, row.last_name) is None
    assert set((await standin.create([row])).created) == {"0"}
    assert set((await standin.create([row])).found) == {"0"}


# Faults


@pytest.mark.parametrize("kind", ["503", "down", "html", "truncated", "error_after_work"])
async def test_a_lost_answer_creates_nobody_twice(kind: str, standin: Standin) -> None:
    rows = learners(250)
    await standin.site.fault(kind=kind, function=CREATE, times=2, skip=1)

    done = await standin.create(rows)

    assert {*done.created, *done.found} == {row.key for row in rows}
    assert done.refused == {}
    await _made_once(standin, rows)


async def test_a_site_that_dies_in_the_middle_is_gone_on_with_later(standin: Standin) -> None:
    rows = learners(300)
    await standin.site.fault(kind="503", function=CREATE, skip=2)
    with pytest.raises(MoodleUnavailable):
        await standin.create(rows)
    await standin.site.clear_faults()

    done = await standin.create(rows)

    assert {*done.created, *done.found} == {row.key for row in rows}
    await _made_once(standin, rows)


@pytest.mark.parametrize("limit", [1000, 500, 260])
async def test_a_site_that_cuts_forms_gets_smaller_ones(limit: int, standin: Standin) -> None:
    rows = learners(200)
    await standin.site.fault(kind="max_input_vars", limit=limit)

    done = await standin.create(rows)
    cut_once = await standin.calls(CREATE)
    await standin.create([learner(n) for n in range(200, 260)])

    assert len(done.created) == 200
    await _made_once(standin, rows)
    per_call = standin.moodle._rows_a_call(8)
    assert per_call * 8 + 4 <= limit
    # remembered: what comes later is not cut any more
    assert await standin.calls(CREATE) - cut_once == -(-60 // per_call)


async def test_one_answer_in_twenty_is_lost(standin_of: StandinOf) -> None:
    edu = standin_of("edu")
    rows = learners(1500)
    for skip in range(0, 40, 7):
        await edu.site.fault(kind="503", times=1, skip=skip)

    done = await edu.create(rows)

    assert {*done.created, *done.found} == {row.key for row in rows}
    await _made_once(edu, rows)
