"""Rasa's agent with our parts."""

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain

from nlu.server import action_server
from nlu.server.action_server import ActionServer
from nlu.server.conversations.store import ConversationStore
from nlu.server.locks.store import TurnQueues
from nlu.server.processor import Processor
from nlu.server.states_needed import states_needed


class HelpdeskAgent(Agent):
    """An `Agent` whose model can be changed between two turns."""

    def __init__(self, conversations: ConversationStore, turns: TurnQueues, actions: ActionServer) -> None:
        """Has no model yet. Raises WrongRasaVersion."""
        action_server.apply()
        super().__init__(tracker_store=conversations, lock_store=turns, action_endpoint=actions)
        self.conversations = conversations
        self.turns = turns
        self.actions = actions

    @staticmethod
    def _create_tracker_store(store: ConversationStore, domain: Domain | None) -> ConversationStore:
        """Not behind stock's `FailSafeTrackerStore`, which answers an error with a conversation that it forgets."""
        store.domain = domain
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """See `Agent.load_model`."""
        self.take(self.processor_for(model_path), fingerprint)

    def processor_for(self, model_path: str | Path) -> Processor:
        """A processor with the model of a file; takes seconds, and touches nothing that runs."""
        return Processor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )

    def take(self, processor: Processor, fingerprint: str | None = None) -> None:
        """Let the next turns run on this processor; turns that have begun end on the one they began with."""
        self.processor = processor
        self.domain = self.conversations.domain = self.actions.domain = processor.domain
        self.conversations.states_needed = states_needed(processor.graph_runner)
        self._set_fingerprint(fingerprint)
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    async def erase(self, sender: str) -> None:
        """Leave nothing of a conversation, when its turns under way are done. Raises ArchiveUnavailable."""
        async with self.turns.lock(sender):
            await self.conversations.erase(sender)

    async def close(self) -> None:
        """Write what is to be written and let go of all connections."""
        await self.conversations.close()
        await self.turns.close()
        await self.actions.close()
