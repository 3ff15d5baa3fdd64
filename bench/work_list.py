"""The first page of the work list with ten thousand open cases, against its bare SQL and a plain rendering.

The bare side has one connection and one template: it knows no sessions, no roles, no filters, no calendar.
Its cases run in no Temporal, so it comes last: other measures wait until nothing is open.
"""

import os
from datetime import UTC, datetime, timedelta
from itertools import product

from jinja2 import Environment

from bench.engine import Engine
from bench.measure import burst, pairs
from models import deadlines, explanations
from models.calendar import WorkCalendar
from models.deadlines import local_date
from models.regulation import TERMS
from models.terms import Clause

CASES = int(os.environ.get("BENCH_WORK_LIST", "10000"))
"""Open ones; fewer for a quick look."""
ROUNDS = 40
AIM = 3
_PAGE = 50
_DAYS = 45
"""Ago the oldest case came: of the reviews a third is late."""

_TERMS = """
CREATE TEMPORARY TABLE made_terms (
    clause text, days_ago int, started_on date, term jsonb, deadline jsonb, explanation jsonb
)
"""
_TERM = "INSERT INTO made_terms VALUES (%s, %s, %s, %s, %s, %s)"

_FILL = f"""
DROP TABLE IF EXISTS made;
CREATE TEMPORARY TABLE made AS
SELECT i, '2021-' || lpad(i::text, 6, '0') AS number,
       CASE WHEN i % 2 = 0 THEN '4.2' ELSE '4.3' END AS clause, i % {_DAYS} AS days_ago
FROM generate_series(1, {CASES}) AS i;

INSERT INTO cases (number, kind, organisation, subsystem, title, input, opened_at, started_at,
                   histories_kept, is_sealed)
SELECT number, 'request', 'zdrav', 'edu', 'Курс повышения квалификации ' || i, '{{}}',
       now() - days_ago * interval '1 day', now(), false, false
FROM made;

INSERT INTO requests (number, agency, subsystem, wanted, category_name, course_name, goal, learners_are,
                      learners, learners_attached, responsible_name, responsible_post, responsible_email,
                      responsible_phone, outgoing_number, is_paper, received_on, filed_by, stage,
                      claimed_by, claimed_by_name)
SELECT number, 'zdrav', 'edu', 'course', '', 'Курс повышения квалификации ' || i, '', '', '[]', 0, '', '',
       '', '', '', false, now()::date - days_ago, 'key-1',
       CASE clause WHEN '4.2' THEN 'review' ELSE 'setup' END,
       CASE WHEN i % 3 = 0 THEN 'key-3' END, CASE WHEN i % 3 = 0 THEN 'Петров Сергей Ильич' ELSE '' END
FROM made;

INSERT INTO clauses (number, clause, workflow_id, term, deadline, calendar_version, started_on, last_day,
                     due_at, is_provisional, explanation, waits_for, is_overdue, opened_at, late_by)
SELECT number, clause, 'request-' || number, term, deadline, 0, started_on,
       (deadline->>'last_day')::date, (deadline->>'due_at')::timestamptz, false, explanation,
       CASE clause WHEN '4.2' THEN 'reviewer' ELSE 'operator' END,
       (deadline->>'due_at')::timestamptz <= now(), now() - days_ago * interval '1 day', ''
FROM made JOIN made_terms USING (clause, days_ago);

INSERT INTO rungs (number, clause, ordinal, kind, label, recipients, planned_at, state)
SELECT number, clause, (rung->>'ordinal')::int, rung->>'kind', rung->>'label', rung->'to',
       (rung->>'at')::timestamptz,
       CASE WHEN (rung->>'at')::timestamptz <= now() THEN 'sent' ELSE 'planned' END
FROM made JOIN clauses USING (number, clause), jsonb_array_elements(deadline->'rungs') AS rung;

-- The cookie of the page is the reviewer's own key.
INSERT INTO signed_in (sha256, api_key, began_at, seen_at, id_token)
SELECT sha256, id, now(), now(), '' FROM api_keys WHERE role = 'reviewer';

ANALYZE;
"""

_REMINDED = """
EXISTS (SELECT 1 FROM rungs g WHERE g.number = k.number AND g.clause = k.clause
        AND g.kind = 'reminder' AND g.state = 'sent')
"""
_ROWS = f"""
SELECT k.number, c.title, o.name, k.clause, k.waits_for, k.last_day, k.is_overdue,
       {_REMINDED}, r.claimed_by_name
FROM clauses k
JOIN cases c ON c.number = k.number
JOIN organisations o ON o.code = c.organisation
LEFT JOIN requests r ON r.number = k.number
WHERE k.finished_at IS NULL
ORDER BY k.due_at, k.number, k.clause
LIMIT {_PAGE}
"""
_COUNTERS = f"""
SELECT count(*), count(*) FILTER (WHERE k.is_overdue),
       count(*) FILTER (WHERE NOT k.is_overdue AND {_REMINDED})
FROM clauses k
WHERE k.finished_at IS NULL
"""

_TEMPLATE = """
<ul>
{% for count in counters %}
<li><a href="/?pressure={{ loop.index }}">{{ count }}</a></li>
{% endfor %}
</ul>
<table>
{% for number, title, organisation, clause, waits_for, last_day, is_overdue, is_reminded, holder in rows %}
<tr>
<td><input type="checkbox" name="number" value="{{ number }}"></td>
<th><a href="/cases/{{ number }}">Запрос № {{ number }}</a><span>{{ title }}</span></th>
<td>{{ organisation }}</td>
<td>{{ clause }}</td>
<td>{{ waits_for }}</td>
<td><span class="{{ 'overdue' if is_overdue else 'at_risk' if is_reminded }}">до {{ last_day }}</span></td>
<td>{{ holder }}</td>
</tr>
{% endfor %}
</table>
"""


async def work_list(engine: Engine) -> bool:
    """The reviewer's page over HTTP, signed in, nothing filtered."""
    await _fill(engine)
    template = Environment(autoescape=True).from_string(_TEMPLATE)
    cookie = {"Cookie": f"seo_session={engine.stack.keys['reviewer']}"}

    async def page() -> None:
        async with engine.http.get(f"{engine.stack.api_url}/", headers=cookie) as response:
            text = await response.text()
            assert response.status == 200
            assert text.count('<th scope="row">') == _PAGE

    async def bare() -> None:
        rows = await (await engine.database.execute(_ROWS)).fetchall()
        counters = await (await engine.database.execute(_COUNTERS)).fetchone()
        assert template.render(rows=rows, counters=counters).count("<tr>") == _PAGE

    measured = await pairs(burst(page), burst(bare), rounds=ROUNDS)
    measured.report(f"Список «В работе», открытых дел: {CASES}", f"цель — до {AIM}")
    return True


async def _fill(engine: Engine) -> None:
    today, calendar = local_date(datetime.now(UTC)), WorkCalendar()
    await engine.database.execute(_TERMS)
    for clause, days_ago in product((Clause.REVIEW, Clause.SETUP), range(_DAYS)):
        term, started_on = TERMS[clause], today - timedelta(days=days_ago)
        told = (term, deadlines.compute(term, started_on, calendar))
        why = explanations.explain(term, started_on, calendar)
        values = [one.model_dump_json() for one in (*told, why)]
        await engine.database.execute(_TERM, (clause.value, days_ago, started_on, *values))
    await engine.database.execute(_FILL.encode())
