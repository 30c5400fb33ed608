"""Modules that a process does without: tried in processes of their own, since what is imported stays imported."""

import subprocess
import sys

import pytest

from nlu.server import rasa_version
from nlu.server.errors import LeftOut, WrongRasaVersion
from nlu.server.left_out import TENSORFLOW_COMPONENTS, leave_out_all_unused
from scripts.rasa import needs_tensorflow
from tests.unit.nlu.server.play import ROOT


def python(code: str) -> str:
    """What a program prints."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_the_server_imports_neither_tensorflow_nor_what_it_never_uses() -> None:
    said = python(
        "from nlu.server import left_out; left_out.leave_out_all_unused()\n"
        "import nlu.server.app, nlu.components.understanding, nlu.channels.rest, rasa.core.policies.rule_policy, sys\n"
        "heavy = 'tensorflow keras transformers boto3 pymongo aiogram slack_sdk twilio dask matplotlib'\n"
        "print([m for m in heavy.split() if getattr(sys.modules.get(m), '__file__', None)])"
    )
    assert said == "[]"


def test_a_component_that_was_left_out_says_so_when_it_is_used() -> None:
    said = python(
        "from nlu.server import left_out; left_out.leave_out_tensorflow()\n"
        "from importlib import import_module\n"
        "from rasa.engine.recipes import default_components as known\n"
        "for name, module in left_out.TENSORFLOW_COMPONENTS.items():\n"
        "    component = getattr(import_module(module), name)\n"
        "    assert getattr(known, name) is component\n"
        "    for use in (component, lambda: component.load({}), lambda: component.get_default_config()):\n"
        "        try: use()\n"
        "        except Exception as error: print(type(error).__name__, str(error))"
    )
    for name, module in TENSORFLOW_COMPONENTS.items():
        assert said.count(f"LeftOut {module}.{name} is left out of this process") == 3


def test_too_late_is_an_error() -> None:
    import rasa.core.channels.rest  # noqa: F401 - imports the other channels

    with pytest.raises(LeftOut, match="too late"):
        leave_out_all_unused()


def test_another_rasa_is_refused() -> None:
    rasa_version.require_known()
    with pytest.raises(WrongRasaVersion, match=r"3\.6\.22 .* 3\.6\.21"):
        rasa_version.require_known("3.6.22")


def test_tensorflow_is_there_for_a_configuration_that_needs_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("config")
    with_diet, without = folder / "diet.yml", folder / "ours.yml"
    with_diet.write_text("pipeline: [{name: DIETClassifier}]", encoding="utf-8")
    without.write_text("pipeline: [{name: WhitespaceTokenizer}]", encoding="utf-8")
    assert needs_tensorflow(["train", "--config", str(with_diet)])
    assert not needs_tensorflow(["train", "-c", str(without)])
    assert needs_tensorflow(["train", "--config", str(folder / "missing.yml")])
    assert not needs_tensorflow(["train"])  # our own config.yml
