"""Modules that are imported by Rasa whatever the configuration says, and that this process never uses.

Stock Rasa imports TensorFlow (about 450 MB and 5 s of processor time) even if no component needs it, and every
connector, cloud client and command with it. Here a placeholder stands in for each module listed: it has every name,
and a name that is used says what is missing. TensorFlow itself is hidden, so that libraries that can do without it
(thinc) do. Must be called before Rasa is imported.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

from nlu.server.errors import LeftOut
from nlu.server.rasa_version import require_known

TENSORFLOW_COMPONENTS = {
    "DIETClassifier": "rasa.nlu.classifiers.diet_classifier",
    "ConveRTFeaturizer": "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "LanguageModelFeaturizer": "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "ResponseSelector": "rasa.nlu.selectors.response_selector",
    "TEDPolicy": "rasa.core.policies.ted_policy",
    "UnexpecTEDIntentPolicy": "rasa.core.policies.unexpected_intent_policy",
}
"""The components that need TensorFlow, by the names that a configuration gives them."""

_TENSORFLOW = (
    *TENSORFLOW_COMPONENTS.values(),
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
    "rasa.utils.tensorflow.model_data_utils",
)

_CONNECTORS = (
    *("botframework", "callback", "console", "facebook", "hangouts", "mattermost", "rasa_chat", "rocketchat"),
    *("slack", "socketio", "telegram", "twilio", "twilio_voice", "webexteams"),
)

_SERVER = (
    # Connectors: nlu/channels/rest.py is the only channel.
    *(f"rasa.core.channels.{name}" for name in _CONNECTORS),
    # Stores in other people's clouds, imported by rasa.core.tracker_store.
    "boto3",
    "boto3.dynamodb",
    "boto3.dynamodb.conditions",
    "pymongo",
    "pymongo.collection",
    # The command line, imported by rasa.core.channels.channel and rasa.core.utils for its messages.
    "rasa.cli.utils",
    # The testing of stories, with matplotlib, imported by rasa.core.policies.rule_policy, which trains with it.
    "rasa.core.test",
    # The graph runner of `nlu.server.graph_runner` stands in its place.
    "rasa.engine.runner.dask",
)


def leave_out_tensorflow() -> None:
    """For commands that train, test or talk with a pipeline that needs no TensorFlow. Raises WrongRasaVersion."""
    _leave_out(_TENSORFLOW)
    modules: dict[str, Any] = sys.modules
    modules["tensorflow"] = None  # Python's own way to say that it is not there


def leave_out_all_unused() -> None:
    """For the server, which only answers. Raises WrongRasaVersion."""
    leave_out_tensorflow()
    _leave_out(_SERVER)


def _leave_out(modules: Iterable[str]) -> None:
    require_known()
    loaded = sorted(set(modules) & set(sys.modules))
    if loaded:
        raise LeftOut(f"{', '.join(loaded)}: already imported, too late to leave out")
    sys.meta_path.insert(0, _Finder(frozenset(modules)))


class _Placeholder(type):
    """A class that can be named, subclassed and listed, but neither made nor called."""

    def __call__(cls, *_: Any, **__: Any) -> Any:
        raise LeftOut(f"{cls.__module__}.{cls.__name__} is left out of this process (nlu/server/left_out.py)")

    def __getattr__(cls, name: str) -> Any:
        if name == "name":  # rasa.core.channels lists its connectors by what `name()` gives
            return lambda: cls.__module__
        raise LeftOut(f"{cls.__module__}.{cls.__name__} is left out of this process (nlu/server/left_out.py)")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, modules: frozenset[str]) -> None:
        self._modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if fullname in self._modules else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            placeholder = _Placeholder(name, (), {"__module__": spec.name})
            setattr(module, name, placeholder)
            return placeholder

        module.__getattr__ = missing  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""
