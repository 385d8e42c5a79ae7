from src.settings import TITLE
from fastapi import FastAPI

app = FastAPI(title=TITLE)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
