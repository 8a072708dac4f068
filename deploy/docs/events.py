"""The events as AsyncAPI 3 and as one JSON Schema each, from the classes in shared/contracts."""

import json
from typing import Any

from deploy.docs.built import services
from deploy.local.topics import read_topics
from shared.contracts import EVENTS, Event

_HEADERS = {
    "ce_specversion": "CloudEvents version, `1.0`.",
    "ce_type": "The event's type with its version, such as `id.timbang.deposit.recorded.v1`.",
    "ce_id": "The event's id, the same as `event_id` in the value.",
    "ce_source": "Who said it, such as `/timbang/deposit`.",
    "ce_time": "When it was written down, RFC 3339.",
    "content-type": "`application/json`.",
    "traceparent": "W3C trace context of what caused it.",
}


def schema(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of one event's value, as it is published for other readers."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:timbang:event:{event.TYPE}",
        **event.model_json_schema(mode="serialization"),
    }


def pages() -> dict[str, str]:
    """File name below docs/events -> text."""
    made = {f"{event.TYPE}.schema.json": _json(schema(event)) for event in EVENTS}
    made["asyncapi.json"] = _json(_asyncapi())
    return made


def _asyncapi() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Timbang: facts that travel",
            "version": "1.0.0",
            "description": (
                "CloudEvents 1.0 in Kafka's binary mode: attributes are headers, the value is the event as JSON. "
                "Within a version only optional fields are added. Order holds inside one topic and key."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic.name, topic.partitions) for topic in read_topics()},
        "operations": _operations(),
        "components": {
            "messages": {event.__name__: _message(event) for event in EVENTS},
            "messageTraits": {
                "cloudEvent": {
                    "headers": {
                        "type": "object",
                        "required": sorted(_HEADERS),
                        "properties": {
                            name: {"type": "string", "description": words} for name, words in _HEADERS.items()
                        },
                    }
                }
            },
        },
    }


def _channel(topic: str, partitions: int) -> dict[str, Any]:
    said = [event for event in EVENTS if topic == event.TOPIC]
    return {
        "address": topic,
        "messages": {e.__name__: {"$ref": f"#/components/messages/{e.__name__}"} for e in said},
        "bindings": {"kafka": {"topic": topic, "partitions": partitions, "bindingVersion": "0.5.0"}},
    }


def _operations() -> dict[str, Any]:
    owners = {topic.name: topic.owner for topic in read_topics()}
    operations = {}
    for topic, owner in owners.items():
        said = [event.__name__ for event in EVENTS if topic == event.TOPIC]
        operations[f"{owner}.says.{topic}"] = _operation("send", topic, said)
    for name, service in services().items():
        heard = service.hearing.handlers if service.hearing else {}
        for topic in owners:
            names = [event.__name__ for event in heard if topic == event.TOPIC]
            if names:
                operations[f"{name}.hears.{topic}"] = _operation("receive", topic, names)
    return operations


def _operation(action: str, topic: str, names: list[str]) -> dict[str, Any]:
    channel = topic.replace("~", "~0").replace("/", "~1")
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


def _message(event: type[Event]) -> dict[str, Any]:
    summary, _, more = (event.__doc__ or "").strip().partition("\n")
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": summary,
        **({"description": " ".join(more.split())} if more.strip() else {}),
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./{event.TYPE}.schema.json"},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": " ".join((event.key.__doc__ or "").split())},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
