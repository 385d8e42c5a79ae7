from fastapi import FastAPI

from src.orders import list_orders

app = FastAPI(title="Orders")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/orders")
def orders() -> list[dict[str, object]]:
    return list_orders()
