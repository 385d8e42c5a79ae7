def list_orders() -> list[dict[str, object]]:
    return [{"id": 1, "item": "tea", "quantity": 2}]
