"""Security headers: browsers must not store, frame, sniff or run an answer."""

from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # Without it the server names its own software.
    "Server": "shipyard",
}

NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'"

THE_PAGE_RUNS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Policy of the documentation page; its style sheet holds icons as data: URLs."""


def register_security_headers(app: Flask) -> None:
    @app.after_request
    def add_headers(answer: Response) -> Response:
        is_page = request.blueprint == "documentation"
        policy = THE_PAGE_RUNS if is_page else NOTHING_RUNS
        answer.headers.extend({**HEADERS, "Content-Security-Policy": policy})
        if "Cache-Control" not in answer.headers:
            answer.headers["Cache-Control"] = "no-store"
        return answer
