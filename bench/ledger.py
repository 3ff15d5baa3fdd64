"""The clause ledger of ten thousand cases over the API, against the bare SQL that finds the same rows."""

from bench.engine import Engine
from bench.measure import burst, pairs

CASES = 10_000
ROUNDS = 8
_PAGE = 1000
_PERIOD = "from=2020-01-01&to=2020-12-31"

_OPENED = "timestamptz '2020-01-01 09:00+05' + i * interval '45 minutes'"
_FILL = f"""
DROP TABLE IF EXISTS made;
CREATE TEMPORARY TABLE made AS
SELECT i, '2020-' || lpad(i::text, 6, '0') AS number, {_OPENED} AS opened_at
FROM generate_series(1, {CASES}) AS i;

INSERT INTO cases (number, kind, organisation, subsystem, title, input, opened_at, started_at, closed_at,
                   histories_kept, is_sealed)
SELECT number, 'request', 'zdrav', 'edu', 'Курс ' || i, '{{}}', opened_at, opened_at,
       opened_at + interval '30 days', true, true
FROM made;

INSERT INTO requests (number, agency, subsystem, wanted, category_name, course_name, goal, learners_are,
                      learners, learners_attached, responsible_name, responsible_post, responsible_email,
                      responsible_phone, outgoing_number, is_paper, received_on, filed_by, stage,
                      claimed_by_name)
SELECT number, 'zdrav', 'edu', 'course', '', 'Курс ' || i, '', '', '[]', 0, '', '', '', '', '', false,
       opened_at::date, 'key-1', 'done', ''
FROM made;

INSERT INTO decisions (number, outcome, missing, decided_by, decided_by_name, at, late_by)
SELECT number, 'approved', '[]', 'key-3', 'Петров Сергей Ильич', opened_at + interval '20 days', '' FROM made;

INSERT INTO clauses (number, clause, workflow_id, term, deadline, calendar_version, started_on, last_day,
                     due_at, is_provisional, explanation, waits_for, is_overdue, opened_at, finished_at,
                     late_by)
SELECT number, clause, 'request-' || number, '{{}}', jsonb_build_object('unit', unit), 0, began::date,
       began::date + days, began + days * interval '1 day', false, '{{}}', '', false, began, ended,
       CASE WHEN ended > began + days * interval '1 day' THEN 'на 1 день' ELSE '' END
FROM made, LATERAL (VALUES
    ('4.2', 'calendar_days', opened_at, opened_at + interval '20 days', 30),
    ('4.3', 'working_days', opened_at + interval '20 days', opened_at + interval '30 days', 5 + i % 10)
) AS each (clause, unit, began, ended, days);

INSERT INTO journal (number, step, at, actor, actor_name, clause, what)
SELECT number, 'step-' || n, opened_at + n * interval '5 days', 'engine', 'система',
       CASE n WHEN 0 THEN '4.1' WHEN 6 THEN '4.3' ELSE '4.2' END, 'Сделано по делу: шаг ' || n
FROM made, generate_series(0, 6) AS n;

ANALYZE;
"""

_BARE = """
SELECT c.number, c.title, o.name, c.opened_at, c.closed_at, e.clause, d.outcome, k.started_on, k.last_day,
       k.finished_at, k.late_by, j.actor_name, j.what
FROM cases c
JOIN organisations o ON o.code = c.organisation
CROSS JOIN (VALUES ('4.1'), ('4.2'), ('4.3')) AS e (clause)
LEFT JOIN clauses k ON k.number = c.number AND k.clause = e.clause
LEFT JOIN decisions d ON d.number = c.number
LEFT JOIN journal j
    ON j.number = c.number AND j.clause = e.clause AND j.at = coalesce(k.finished_at, c.opened_at)
WHERE c.opened_at >= '2020-01-01' AND c.opened_at < '2021-01-01'
ORDER BY c.opened_at, c.number, e.clause
"""


async def ledger(engine: Engine) -> bool:
    """Every page of the ledger as JSON against the rows of the bare SQL."""
    await engine.database.execute(_FILL.encode())

    async def read() -> None:
        cursor, cases = "", 0
        while True:
            page = await engine.get("supervisor", f"/ledger?{_PERIOD}&limit={_PAGE}{cursor}")
            cases += len(page["items"])
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert cases == CASES

    async def select() -> None:
        rows = await (await engine.database.execute(_BARE)).fetchall()
        assert len(rows) == 3 * CASES

    async def total() -> None:
        assert (await engine.get("supervisor", f"/ledger/totals?{_PERIOD}"))["cases"] == CASES

    by_page = await pairs(burst(read), burst(select), rounds=ROUNDS)
    by_page.report(f"Журнал пунктов, дел: {CASES}, страницами по {_PAGE}", "без цели")
    in_sum = await pairs(burst(total), burst(select), rounds=ROUNDS)
    in_sum.report(f"Итоги журнала, дел: {CASES}", "без цели")
    return True
