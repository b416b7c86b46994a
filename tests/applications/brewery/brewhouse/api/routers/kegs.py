from typing import Any

from fastapi import APIRouter

from brewhouse.api.deps import Kegs
from brewhouse.schemas.logistics import KegOut, KegStock

router = APIRouter(prefix="/kegs", tags=["kegs"])


@router.get("/overdue", response_model=list[KegOut])
def overdue(service: Kegs, days: int = 90) -> Any:
    return service.overdue(days)


@router.get("/stock")
def stock(service: Kegs) -> list[KegStock]:
    return service.stock()


@router.get("/litres")
def litres(service: Kegs) -> dict[str, int]:
    return {"litres": service.litres_out()}


@router.post("/scan-in")
def scan_in(service: Kegs, serials: list[str]) -> dict[str, list[str]]:
    return {"unknown": service.scan_in(serials)}


@router.post("/scan-out/{customer_id}")
def scan_out(service: Kegs, customer_id: int, serials: list[str]) -> dict[str, int]:
    return {"kegs": service.scan_out(customer_id, serials)}


@router.get("/deposits/balance")
def balance(service: Kegs) -> dict[str, str]:
    return {name: str(amount) for name, amount in service.deposit_balance().items()}


@router.get("/deposits/{customer_id}")
def deposits(service: Kegs, customer_id: int) -> list[dict[str, Any]]:
    return service.deposits_of(customer_id)
