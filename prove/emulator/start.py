"""Starts LocalEmu 1.3.2 with what it lacks: JSONata, events that hold quotation marks, wildcards that stand for nothing, new Regions;
and without events of the calls that a deployment makes.

JSONata is evaluated by its reference implementation (npm jsonata), in a Node process beside this one.
"""
import functools
import inspect
import json
import os
import re
import subprocess
import threading
import time
import uuid

import botocore.session

_available = botocore.session.Session.get_available_regions


def _with_new_ones(self, service_name, partition_name="aws", allow_non_regional=False):
    """Regions that botocore does not know: a request to one of them would go to us-east-1."""
    regions = _available(self, service_name, partition_name, allow_non_regional)
    if regions and partition_name == "aws":
        regions = sorted({*regions, *os.environ["BREAKGLASS_REGIONS"].split(",")})
    return regions


botocore.session.Session.get_available_regions = _with_new_ones

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

import localemu.services.stepfunctions.asl.component.state.state_execution.state_parallel.branches_decl as branches  # noqa: E402

_custom_name = branches.CustomErrorName


def _named_as_in_its_branch(error_name):
    """A branch that fails gives its error to the state around it, also one of Step Functions itself."""
    if error_name and error_name.startswith("States."):
        return expressions.StatesErrorName(typ=expressions.StatesErrorNameType.from_name(error_name))
    return _custom_name(error_name=error_name)


branches.CustomErrorName = _named_as_in_its_branch

import localemu.services.stepfunctions.asl.parse.asl_parser as asl  # noqa: E402

_parse = asl.AmazonStateLanguageParser.parse


@functools.lru_cache(maxsize=64)
def _tree(definition):
    return _parse(definition)[1]


def _parsed_once(definition):
    """A definition is parsed once, not at the start of each execution, which takes longer than the composer's states."""
    tree = _tree(definition)
    return asl.Preprocessor().visit(tree), tree


asl.AmazonStateLanguageParser.parse = staticmethod(_parsed_once)

import localemu.services.stepfunctions.asl.utils.boto_client as tasks  # noqa: E402
from localemu.services.stepfunctions.asl.component.state.state_execution.state_task.state_task import StateTask  # noqa: E402


class Sessions:
    """Assumes a role for the calls of half a minute, as AWS does, instead of for each call: a new client takes longer than its call."""

    def __init__(self, connect):
        self._connect, self._lock, self._made = connect, threading.Lock(), {}

    def with_assumed_role(self, **how):
        key, now = tuple(sorted((name, str(value)) for name, value in how.items())), time.monotonic()
        with self._lock:
            made, factory = self._made.get(key, (0, None))
            if factory is None or now - made > 30:
                factory = self._connect.with_assumed_role(**how)
                self._made[key] = now, factory
            return factory


tasks.connect_to = Sessions(tasks.connect_to)

import localemu.services.stepfunctions.asl.utils.json_path as json_path  # noqa: E402

json_path.parse = functools.lru_cache(maxsize=256)(json_path.parse)  # each parse makes its parser anew

_at_once = threading.BoundedSemaphore(8)
_in_time = StateTask._evaluate_with_timeout


def _a_few_at_once(self, env):
    """The time of a task runs when it does, not while a thousand others have the processor."""
    with _at_once:
        _in_time(self, env)


StateTask._evaluate_with_timeout = _a_few_at_once

import localemu.services.iam_enforcement.enforcer as enforcer  # noqa: E402

_internal = enforcer.IAMEnforcementHandler._is_internal_call


def _of_no_role(context, access_key):
    """A service that acts by a role may do what the role may, as on AWS. It knows no ARN of a state machine, so whoever starts one passes."""
    by_role = (access_key or "").startswith(("ASIA", "LSIA")) and context.service.service_name != "stepfunctions"
    return _internal(context, access_key) and not by_role


enforcer.IAMEnforcementHandler._is_internal_call = staticmethod(_of_no_role)

_conditions = enforcer._build_conditions


def _with_what_is_missing(context, caller):
    """What policies ask for besides: this machine's own connection stands for one with TLS, and events have sources."""
    conditions = {**_conditions(context, caller), "aws:SecureTransport": "true"}
    if context.operation.name == "PutEvents":
        conditions["events:source"] = [entry.get("Source", "") for entry in context.service_request["Entries"]]
    return conditions


enforcer._build_conditions = _with_what_is_missing

import localemu.services.events.target as target  # noqa: E402

# An input transformer undoes the escapes of quotation marks in the JSON of an event, which breaks it.
_broken, _right = "json_str = to_json_str(value).replace('\\\\\"', '\"')", "json_str = to_json_str(value)"
_source = inspect.getsource(target.replace_template_placeholders)
if _broken not in _source:
    raise SystemExit("start.py was written for another version of LocalEmu: replace_template_placeholders is another one")
exec(compile(_source.replace(_broken, _right), "replace_template_placeholders", "exec"), target.__dict__)



def _starts_an_execution_of_its_own(self, event, trace_header):
    """Each rule that an event matches starts one: under the event's ID as its name, the second would be refused."""
    self.service = "stepfunctions"
    name = f"{event['id']}_{uuid.uuid4()}"
    self.client.start_execution(stateMachineArn=self.target["Arn"], name=name, input=target.to_json_str(event))


target.StatesTargetSender.send_event = _starts_an_execution_of_its_own

import localemu.services.events.event_rule_engine as engine  # noqa: E402


def _matches_wildcard(condition, value):
    """On AWS, * also stands for no character at all (EventBridge user guide, wildcard matching)."""
    return isinstance(value, str) and re.fullmatch(re.escape(condition).replace(r"\*", ".*"), value, re.DOTALL) is not None


engine.EventRuleEngine._evaluate_wildcard = staticmethod(_matches_wildcard)

import localemu.services.cloudtrail.recording_hook as recording  # noqa: E402

# A minute after each call it makes an event of it, without saying that CloudFormation made the call: a deployment would look like an
# attack on the alerting by hand, and use up the alerts that people get in a minute.
recording._emit_cloudtrail_to_eventbridge = lambda *call: None

if __name__ == "__main__":
    from localemu.runtime.main import main

    main()
