"""The journal line of a fait, written in the transaction of what happened."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.faits.provenance import read_provenance
from app.domain.faits.registre import Fait
from app.tables import Journal


async def happened(
    fait: Fait,
    *,
    now: datetime,
    agent: int | None = None,
    demande: int | None = None,
    groupe: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the journal. `details` holds ids and codes, never personal data (quality S8).

    It tells nobody: in a demande `echanges.publication.publish` writes the line and the mails together.
    """
    await happened_each(fait, now=now, agent=agent, demande=demande, groupe=groupe, details=[details or {}])


async def happened_each(
    fait: Fait,
    *,
    now: datetime,
    agent: int | None = None,
    demande: int | None = None,
    groupe: int | None = None,
    details: Sequence[Mapping[str, Any]],
) -> None:
    """The same, once for each of these details, in one statement; from where the visit comes is kept with them."""
    provenance = read_provenance(agent)
    await Journal.insert(
        *(
            Journal(
                at=now,
                fait=fait.value,
                agent=agent,
                demande=demande,
                groupe=groupe,
                details=json.dumps({**one, **provenance}),
            )
            for one in details
        )
    )
