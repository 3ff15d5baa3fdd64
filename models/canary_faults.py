"""What is wrong with the ladders of a canary: each rung must have fired, in time, and reached its reader."""

from datetime import datetime, timedelta
from itertools import chain

from models.canary import CLAUSES, TERMS
from models.escalations import ClauseProof, Fate, LetterFate, RungProof
from models.letters import LetterState


def is_gone_through(proof: ClauseProof) -> bool:
    """Whether nothing is left to come: every letter has its end, and the last rung was repeated."""
    rungs = proof.rungs
    return bool(rungs and rungs[-1].repeated) and not any(
        fate in (Fate.PLANNED, Fate.DUE, Fate.WRITTEN)
        for rung in rungs
        for fate in (rung.fate, *(repetition.fate for repetition in rung.repeated))
    )


def faults(proofs: list[ClauseProof], patience: timedelta) -> list[str]:
    """What is wrong with the ladders of a canary, in Russian; nothing when all is well."""
    by_clause = {proof.clause: proof for proof in proofs}
    missing = [f"п. {clause}: срок не был открыт" for clause in CLAUSES if clause not in by_clause]
    found = chain.from_iterable(_faults(proof, patience) for proof in proofs)
    return [*missing, *found]


def _faults(proof: ClauseProof, patience: timedelta) -> list[str]:
    name = f"п. {proof.clause}"
    found = [] if proof.finished_at else [f"{name}: не завершён"]
    term = TERMS[proof.clause]
    expected = len(term.reminders) + len(term.escalations)
    if len(proof.rungs) != expected:
        found.append(f"{name}: ступеней {len(proof.rungs)}, а должно быть {expected}")
    for rung in proof.rungs:
        found += [f"{name}, «{rung.label}»: {fault}" for fault in _of_rung(rung, patience)]
    if proof.rungs and not proof.rungs[-1].repeated:
        found.append(f"{name}: последняя ступень не повторена")
    for repetition in chain.from_iterable(rung.repeated for rung in proof.rungs):
        found += [
            f"{name}, повторно: {fault}"
            for fault in _of_letters(repetition.fate, repetition.at, repetition.letters, patience)
        ]
    return found


def _of_rung(rung: RungProof, patience: timedelta) -> list[str]:
    # A worker that was away sends the highest of those that came due meanwhile: so it should be.
    if rung.fate is Fate.NOT_NEEDED and rung.fired_at is not None:
        return []
    if rung.fired_at is None:
        return ["не наступила"]
    late = ["наступила с опозданием"] if rung.fired_at - rung.due_at > patience else []
    return late + _of_letters(rung.fate, rung.fired_at, rung.letters, patience)


def _of_letters(fate: Fate, since: datetime, letters: list[LetterFate], patience: timedelta) -> list[str]:
    if fate is Fate.DUE:
        return ["не всем написано письмо"]
    return [fault for letter in letters if (fault := _of_letter(letter, since, patience))]


def _of_letter(letter: LetterFate, since: datetime, patience: timedelta) -> str:
    to = f"письмо ({letter.to.russian})"
    if letter.state is not LetterState.DELIVERED or letter.settled_at is None:
        why = f": {letter.last_error}" if letter.last_error else ""
        return f"{to} не доставлено{why}"
    return f"{to} доставлено с опозданием" if letter.settled_at - since > patience else ""
