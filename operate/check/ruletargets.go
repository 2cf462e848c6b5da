package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/plan"
)

// compareRuleTargets compares one rule's targets.
func (s *scene) compareRuleTargets(r *result, in deployedIn, want expected, all ruleTargets) {
	if all.err != nil {
		r.unanswered(in.region, "the targets of the rules", all.err)
		return
	}
	rule, stack := "rule "+want.Name, want.at.Stack
	have := map[string]types.Target{}
	for _, t := range all.targets {
		have[aws.ToString(t.Id)] = t
	}
	for _, wanted := range want.Targets {
		target, ok := have[wanted.ID]
		delete(have, wanted.ID)
		switch arn := aws.ToString(target.Arn); {
		case !ok:
			r.drifted(Problem, in.region, stack, rule+" has no target "+wanted.ID+" ("+wanted.ARN+")")
		case arn != wanted.ARN && !(wanted.Begins && strings.HasPrefix(arn, wanted.ARN+"/")):
			r.drifted(Problem, in.region, stack, rule+" sends target "+wanted.ID+" to "+arn+", not to "+wanted.ARN)
		default:
			s.compareRuleTarget(r, in, want, wanted, target)
		}
	}
	for _, id := range sorted(have) {
		r.warning(in.region, rule+" has a target that is not in breakglass.yaml: "+id+", "+aws.ToString(have[id].Arn),
			"find out who receives these events, then remove the target: "+inRegion("events", "remove-targets", "--rule", want.Name, "--ids", id))
	}
}

// compareRuleTarget compares all that is deployed of a target whose ARN is right.
func (s *scene) compareRuleTarget(r *result, in deployedIn, rule expected, want plan.RuleTarget, have types.Target) {
	differs := func(what string) {
		r.drifted(Problem, in.region, rule.at.Stack, "target "+want.ID+" of rule "+rule.Name+" "+what)
	}
	if got := aws.ToString(have.RoleArn); got != want.Role {
		differs(fmt.Sprintf("uses %s, not %s", orNone("role", got), orNone("role", want.Role)))
	}
	compareInput(differs, want, have)
	for _, kind := range parametersOf(have) {
		differs("has parameters that are not in breakglass.yaml: " + kind)
	}
	if retry := have.RetryPolicy; retry != nil {
		// Left out, EventBridge tries for 24 hours, 185 times, which is the most that it does.
		if attempts, age := retry.MaximumRetryAttempts, retry.MaximumEventAgeInSeconds; attempts != nil && *attempts < 185 || age != nil && *age < 86400 {
			differs("gives up on events too early: its retry policy is " + text(retry))
		}
	}
	letters := ""
	if have.DeadLetterConfig != nil {
		letters = aws.ToString(have.DeadLetterConfig.Arn)
	}
	queue := letters[strings.LastIndex(letters, ":")+1:]
	switch {
	case !want.DeadLetters && letters == "":
	case !want.DeadLetters:
		differs("has a dead-letter queue that is not in breakglass.yaml: " + queue)
	case letters == "":
		differs("has no dead-letter queue")
	case in.queues != nil && !slices.Contains(in.queues, letters):
		r.drifted(Problem, in.region, rule.at.Stack, "rules name the dead-letter queue "+queue+", which does not exist")
	case !s.mayBelong(queue, rule.at):
		differs("has the dead-letter queue of another stack: " + queue)
	}
}

// compareInput compares what a target receives: people and chats a text, everything else the event as it came.
func compareInput(differs func(string), want plan.RuleTarget, have types.Target) {
	var template string
	var paths map[string]string
	if t := have.InputTransformer; t != nil {
		template, paths = aws.ToString(t.InputTemplate), t.InputPathsMap
	}
	switch {
	case have.Input != nil || have.InputPath != nil:
		differs("receives neither the event nor what the rule makes of it: its input is set to " + text(map[string]*string{
			"Input": have.Input, "InputPath": have.InputPath,
		}))
	case template == "" && want.Template != "":
		differs("has no input")
	case template != "" && want.Template == "":
		differs("does not receive the original event: an input transformer replaces it")
	case template != want.Template:
		differs("has a different input: " + textDifference(template, want.Template))
	case !maps.Equal(paths, want.Paths):
		differs("fills in its input from other fields: " + mapDifference(paths, want.Paths))
	}
}

// parametersOf names what a target has for one kind of service. A bus, a topic, a log group and a chat channel's topic need none; those of
// a queue or a function would say that the target is not what its ARN says.
func parametersOf(t types.Target) (names []string) {
	for _, one := range []struct {
		name string
		set  bool
	}{
		{"AppSyncParameters", t.AppSyncParameters != nil}, {"BatchParameters", t.BatchParameters != nil}, {"EcsParameters", t.EcsParameters != nil},
		{"HttpParameters", t.HttpParameters != nil}, {"KinesisParameters", t.KinesisParameters != nil},
		{"RedshiftDataParameters", t.RedshiftDataParameters != nil}, {"RunCommandParameters", t.RunCommandParameters != nil},
		{"SageMakerPipelineParameters", t.SageMakerPipelineParameters != nil}, {"SqsParameters", t.SqsParameters != nil},
	} {
		if one.set {
			names = append(names, one.name)
		}
	}
	return names
}

// orNone returns the kind and the name, or that there is none.
func orNone(kind, name string) string {
	if name == "" {
		return "no " + kind
	}
	return kind + " " + name
}
