from datetime import date
from decimal import Decimal

from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.responses import StreamingResponse

from ..deps import get_uow
from ..schemas.billing import InvoiceDetail, InvoiceOut
from ..services import claims
from ..services.billing import BillingService, Draft
from ..services.insurer_gateway import InsurerGateway
from ..uow import UnitOfWork

router = APIRouter(prefix="/invoices", tags=["billing"])


@router.get("", response_model=list[InvoiceOut])
def list_invoices(since: date, uow: UnitOfWork = Depends(get_uow)):
    return uow.invoices.issued_since(since)


@router.get("/detailed", response_model=list[InvoiceDetail])
def list_detailed(since: date, uow: UnitOfWork = Depends(get_uow)):
    return uow.invoices.detailed(since)


@router.get("/dunning")
def dunning(threshold: Decimal = Decimal(50), uow: UnitOfWork = Depends(get_uow)) -> list[str]:
    return [patient.mrn for patient in BillingService(uow).dunning_candidates(threshold)]


@router.post("/issue")
def issue(drafts: list[Draft], uow: UnitOfWork = Depends(get_uow)) -> list[str]:
    return BillingService(uow).issue(drafts, date.today())


@router.get("/rejected")
def rejected(uow: UnitOfWork = Depends(get_uow)) -> list[dict]:
    return BillingService(uow).insurer_worklist()


@router.get("/statement/{year}")
def statement(year: int, uow: UnitOfWork = Depends(get_uow)) -> dict[str, Decimal]:
    return BillingService(uow).annual_statement(year)


@router.get("/claims.edi")
def claims_file(since: date, uow: UnitOfWork = Depends(get_uow)):
    text = "'\n".join(claims.render(claims.collect(uow, since)))
    return StreamingResponse(iter([text]), media_type="application/edifact")


@router.get("/claims/totals")
def claim_totals(uow: UnitOfWork = Depends(get_uow)) -> dict[str, float]:
    return claims.totals_per_insurer(uow)


@router.get("/claims/letters")
def letters(since: date, uow: UnitOfWork = Depends(get_uow)) -> list[str]:
    return claims.cover_letters(uow, since)


@router.post("/claims/verify", status_code=202)
def verify(numbers: list[str], background: BackgroundTasks) -> None:
    background.add_task(claims.verify_policies, numbers, InsurerGateway())
