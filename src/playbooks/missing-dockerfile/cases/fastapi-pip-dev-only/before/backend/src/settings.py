TITLE = "orders"
