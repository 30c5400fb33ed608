"""Runs a trained graph node by node.

Stock builds a dask graph anew at each run: it works out which nodes the target needs, hands them to dask's scheduler
and formats a debug line with the whole conversation in it. Here the order of the nodes is worked out once for each
target; the nodes, their inputs and their outputs are the same.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class _Step(NamedTuple):
    name: str
    node: GraphNode
    needs: tuple[str, ...]


class DirectGraphRunner(GraphRunner):
    """A `GraphRunner` for prediction, in one thread."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        """Load every node of the schema."""
        self._schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._plans: dict[tuple[str, ...], list[_Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> "DirectGraphRunner":
        """See `GraphRunner.create`."""
        return cls(graph_schema, model_storage, execution_context, hooks)

    def components(self) -> Iterator[GraphComponent]:
        """The components that are loaded."""
        return (node._component for node in self._nodes.values() if node._component is not None)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets, by name. Raises GraphRunError, and what a component raises."""
        wanted = tuple(targets or self._schema.target_names)
        # A node is given (name of the parent, its output) for each parent, or the bare name of one that is missing.
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for step in self._plan(wanted):
                done[step.name] = step.node(*(done.get(need, need) for need in step.needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name][1] for name in wanted}

    def _plan(self, wanted: tuple[str, ...]) -> list[_Step]:
        if wanted not in self._plans:
            schema = self._schema.minimal_graph_schema(list(wanted))
            order: dict[str, None] = {}

            def visit(name: str) -> None:
                if name in schema.nodes and name not in order:
                    for need in schema.nodes[name].needs.values():
                        visit(need)
                    order[name] = None

            for name in schema.nodes:
                visit(name)
            self._plans[wanted] = [
                _Step(name, self._nodes[name], tuple(schema.nodes[name].needs.values())) for name in order
            ]
        return self._plans[wanted]
