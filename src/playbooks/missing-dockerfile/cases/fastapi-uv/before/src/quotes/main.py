from fastapi import FastAPI

from quotes.routes import router


def create_app() -> FastAPI:
    app = FastAPI()
    app.include_router(router, prefix="/v1")
    return app
