"""A turn, with understanding beside the event loop.

Stock understands a message on the event loop: every other conversation waits meanwhile. Here one thread understands
(the embedding releases Python's lock while it works, and one thread is what it is fastest on), and the loop serves
the others.
"""

import asyncio
import copy
import tarfile
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExtractSlots
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.slot_mappings import SlotMappingType
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from nlu.server.errors import NoModel
from nlu.server.graph_runner import DirectGraphRunner
from nlu.server.remembered_rules import RememberedRules

_understanding = ThreadPoolExecutor(1, thread_name_prefix="understanding")
"""One for the process: while a model is being changed, the old and the new take turns."""


class Processor(MessageProcessor):
    """A `MessageProcessor` whose model is run node by node, remembers rules and understands in a thread of its own."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, DirectGraphRunner]:
        path = Path(model_path)
        if not path.is_file():
            raise NoModel(f"{path} is missing: run `make train` first")
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            try:
                metadata, runner = loader.load_predict_graph_runner(
                    Path(folder), path, LocalModelStorage, DirectGraphRunner
                )
            except (tarfile.ReadError, EOFError) as error:
                raise NoModel(f"{path} is no model that can be read ({error})") from error
        for component in runner.components():
            if isinstance(component, RulePolicy):
                RememberedRules(component)
        return path.name, metadata, runner

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """See `MessageProcessor.parse_message`."""
        tracker = tracker or DialogueStateTracker.from_events(message.sender_id, [])
        understand = partial(self._parse_message_with_graph, message, tracker, only_output_properties)
        parsed: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(_understanding, understand)
        self._update_full_retrieval_intent(parsed)
        self._check_for_unseen_features(parsed)
        return parsed

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """See `MessageProcessor.run_action_extract_slots`, which also looks at slots that actions alone set."""
        extract = ActionExtractSlots(action_endpoint=self.action_endpoint)
        events = await extract.run(output_channel, self.nlg, tracker, self._with_mapped_slots)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    @cached_property
    def _with_mapped_slots(self) -> Domain:
        """The domain with those slots alone that a message may set."""
        domain = copy.copy(self.domain)
        domain.slots = [slot for slot in domain.slots if any(map(_can_set, slot.mappings))]
        return domain

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """See `MessageProcessor._check_for_unseen_features`, which makes an empty domain to compare with, each time."""
        names = {parse_data["intent"]["name"], *(entity["entity"] for entity in parse_data["entities"])}
        if not names <= self._known:
            super()._check_for_unseen_features(parse_data)

    @cached_property
    def _known(self) -> frozenset[str | None]:
        return frozenset([None, *self.domain.intents, *self.domain.entities])

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """See `MessageProcessor._log_action_on_tracker`, which copies all the events for debug lines nobody reads."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Not to be logged: they are what users said, and stock puts them into words even when nobody reads them."""


def _can_set(mapping: dict[str, Any]) -> bool:
    """Whether a mapping of a slot can lead to an event: one of type custom only by an action that it names."""
    return mapping.get("type") != SlotMappingType.CUSTOM.value or "action" in mapping
