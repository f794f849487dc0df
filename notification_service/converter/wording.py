"""Messages in Telegram's HTML, from template files."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from notification_service.model.delivery import Delivery
from notification_service.model.event import Event
from notification_service.model.text import Text
from notification_service.service.ports import Wording

TEMPLATES = Path(__file__).parents[1] / "templates"


class TemplateWording(Wording):
    """Reads templates/<language>/ on first use; every value is escaped."""

    def __init__(self, language: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES / language),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    def message(self, delivery: Delivery) -> Text:
        return Text(self._tell(delivery.event, "message"))

    def digest(self, deliveries: Sequence[Delivery]) -> Text:
        lines = [self._tell(each.event, "line") for each in deliveries]
        return Text(self._render("digest", lines=lines))

    def welcome(self, chat_id: int) -> Text:
        return Text(self._render("welcome", chat_id=chat_id))

    def _tell(self, event: Event, block: str) -> Markup:
        """Render one block of the template that is named after the event's kind."""
        occurred_at = event.occurred_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        template = self._templates.get_template(f"{event.kind}.html")
        context = template.new_context({**event.facts, "occurred_at": occurred_at})
        return Markup("".join(template.blocks[block](context)).strip())  # noqa: S704  # rendered with autoescape

    def _render(self, template: str, **values: object) -> Markup:
        return Markup(self._templates.get_template(f"{template}.html").render(values).strip())  # noqa: S704  # rendered with autoescape
