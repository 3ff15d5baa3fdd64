"""Filters of the work list that a person keeps under a name of theirs."""

from fastapi import Request, Response

from api.pages.asking import ApiDep
from api.pages.frame import done, own_path, pages_router
from api.pages.visitors import FormDep
from api.pages.work_list import address
from api.schemas.fields import RowId

router = pages_router()

_FILTERS = ("pressure", "clause", "waits_for", "search")


@router.post("/saved-filters")
async def keep(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Keep the list as it is filtered now."""
    saved = await api.post("/saved-filters", form, form.filled("name", *_FILTERS))
    return done(http, address({name: saved[name] for name in _FILTERS}), f"Отбор «{saved['name']}» сохранён.")


@router.post("/saved-filters/{saved}/deletion")
async def forget(http: Request, saved: RowId, form: FormDep, api: ApiDep) -> Response:
    await api.delete(f"/saved-filters/{saved}")
    return done(http, own_path(form.text("next")), "Отбор удалён.")
