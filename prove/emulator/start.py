"""Starts LocalEmu 1.3.2 with what it lacks: JSONata, events that hold quotation marks, and wildcards that stand for nothing.

JSONata is evaluated by its reference implementation (npm jsonata), in a Node process beside this one.
"""
import inspect
import json
import os
import re
import subprocess
import threading

import localemu.services.stepfunctions.asl.jsonata.jsonata as jsonata


class Evaluator:
    """Asks the Node process, one expression at a time. It starts with the first expression."""

    def __init__(self):
        self._lock = threading.Lock()
        self._node = None

    def evaluate(self, expression):
        with self._lock:
            if self._node is None or self._node.poll() is not None:
                script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "evaluate.js")
                self._node = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self._node.stdin.write(json.dumps(expression) + "\n")
            self._node.stdin.flush()
            answer = json.loads(self._node.stdout.readline())
        if "error" in answer:
            raise jsonata.JSONataException("JSONataException", answer["error"])
        return answer.get("value")


# Other modules take the function by its name when they are imported, so it is replaced before any of them.
jsonata.eval_jsonata_expression = Evaluator().evaluate

import localemu.services.stepfunctions.asl.component.common.string.string_expression as expressions  # noqa: E402

_evaluate_body = expressions.StringJSONata._eval_body


def _named_as_on_aws(self, env):
    """A failed expression is States.QueryEvaluationError, which a state can catch."""
    try:
        return _evaluate_body(self, env)
    except jsonata.JSONataException as failure:
        name = expressions.StatesErrorName(typ=expressions.StatesErrorNameType.StatesQueryEvaluationError)
        details = expressions.EventDetails(
            evaluationFailedEventDetails={"cause": failure.details, "error": name.error_name}
        )
        raise expressions.FailureEventException(
            expressions.FailureEvent(
                env=env, error_name=name, event_type=expressions.HistoryEventType.EvaluationFailed, event_details=details
            )
        ) from failure


expressions.StringJSONata._eval_body = _named_as_on_aws

import localemu.services.events.target as target  # noqa: E402

# An input transformer undoes the escapes of quotation marks in the JSON of an event, which breaks it.
_broken, _right = "json_str = to_json_str(value).replace('\\\\\"', '\"')", "json_str = to_json_str(value)"
_source = inspect.getsource(target.replace_template_placeholders)
if _broken not in _source:
    raise SystemExit("start.py was written for another version of LocalEmu: replace_template_placeholders is another one")
exec(compile(_source.replace(_broken, _right), "replace_template_placeholders", "exec"), target.__dict__)

import localemu.services.events.event_rule_engine as engine  # noqa: E402


def _matches_wildcard(condition, value):
    """On AWS, * also stands for no character at all (EventBridge user guide, wildcard matching)."""
    return isinstance(value, str) and re.fullmatch(re.escape(condition).replace(r"\*", ".*"), value, re.DOTALL) is not None


engine.EventRuleEngine._evaluate_wildcard = staticmethod(_matches_wildcard)

if __name__ == "__main__":
    from localemu.runtime.main import main

    main()
