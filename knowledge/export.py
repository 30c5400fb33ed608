"""What the sealed Rasa runtime gets from the content: one JSON index and one file of training examples.

The two runtimes share no code (they cannot share pydantic or SQLAlchemy), so they meet in these files.
"""

import json
from pathlib import Path

from knowledge.content import Content
from knowledge.schema import Aspect

INTENTS: dict[Aspect, str] = {
    Aspect.definition: "ask_definition",
    Aspect.order: "ask_order",
    Aspect.change: "ask_change",
    Aspect.end: "ask_change",
    Aspect.password: "password_help",
    Aspect.login: "login_problem",
    Aspect.fault: "report_fault",
    Aspect.escalation: "report_fault",
    Aspect.contact: "ask_contact",
    Aspect.opening_hours: "ask_opening_hours",
    Aspect.cost: "ask_cost",
    Aspect.lead_time: "ask_lead_time",
    Aspect.deadline: "ask_deadline",
    Aspect.block_journal: "block_journal",
    Aspect.log_extract: "log_extract",
}
"""The intent of a topic's example questions; every other aspect is `ask_about_service`."""


def intent_of(aspect: Aspect) -> str:
    """The Rasa intent of questions about one aspect of a service."""
    return INTENTS.get(aspect, "ask_about_service")


def write_index(content: Content, path: Path) -> None:
    """Write names and topics as JSON, sorted so that equal content gives an equal file."""
    index = {
        "regions": [
            {
                "code": region.code,
                "name": region.name,
                "names": [region.code, region.name, *region.aliases],
                "places": region.places,
            }
            for _, region in sorted(content.regions.items())
        ],
        "foreign_regions": [
            {"name": region.name, "names": [region.name, *region.aliases]} for region in content.foreign_regions
        ],
        "services": [
            {"id": service.id, "names": [service.name, *service.aliases]}
            for _, service in sorted(content.services.items())
        ],
        "roles": [{"id": role.id, "names": [role.name, *role.aliases]} for role in content.roles],
        "topics": [
            {
                "name": placed.name,
                "region": placed.region,
                "service": placed.service,
                "service_name": content.services[placed.service].name,
                "aspect": placed.topic.aspect.value,
                "intent": "out_of_scope" if placed.topic.outcome == "declined" else intent_of(placed.topic.aspect),
                "outcome": placed.topic.outcome,
                "title": placed.topic.title,
                "text": placed.topic.text,
                "examples": [" ".join(example.split()) for example in placed.topic.examples],
            }
            for _, placed in sorted(content.topics.items())
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")
