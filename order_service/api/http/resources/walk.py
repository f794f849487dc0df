"""A first walk through the API, shown at the top of the documentation page."""

WALK = """
A first walk, with the server's address and port instead of SERVER:

```
curl -s "SERVER/api/v1/parts?category=ENGINE&limit=1"
curl -s SERVER/api/v1/orders -H 'Content-Type: application/json' \\
  -d '{"user_uuid": "11111111-1111-4111-8111-111111111111", "part_uuids": ["PART"]}'
curl -s SERVER/api/v1/orders/ORDER/pay -H 'Content-Type: application/json' \\
  -d '{"payment_method": "CARD"}'
curl -s SERVER/api/v1/orders/ORDER
curl -s SERVER/api/v1/orders/ORDER/timeline
```

PART is a part_uuid of the first answer, ORDER the order_uuid of the second one. With API keys, add
`-H 'X-API-Key: KEY'` to every call.
"""
