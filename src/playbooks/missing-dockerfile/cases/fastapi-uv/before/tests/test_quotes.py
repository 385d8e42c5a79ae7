from quotes.main import create_app


def test_app():
    assert create_app()
