"""A mailing and a mail server that refuses the engine itself."""

import pytest

from activities.errors import translate
from activities.mailing import MailingActivities
from activities.rendering import Rendered
from clients.mail import MailRejected
from devstack.mailsink import Mood
from models.tables import BulkLetter
from tests.engine import Engine
from worker import _mail


async def test_a_mailing_that_the_server_refuses_is_the_operators_task_and_gives_no_letter_up(
    engine: Engine,
) -> None:
    mailing = MailingActivities(engine.sessions, _mail(engine.settings), engine.settings, engine.sites())
    row = BulkLetter(number="training-0", step="training/start", row=0, address="learner@example.org")
    engine.mail.mood = Mood(shuts_out=1)

    with pytest.raises(MailRejected) as refused:
        await mailing._hand_over(row, Rendered("Начало", "Начало", "<p>Начало</p>"), ())

    assert (refused.value.code, translate(refused.value).non_retryable) == (553, True)
