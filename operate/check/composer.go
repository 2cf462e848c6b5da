package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/access"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

type composerAPI interface {
	DescribeStateMachine(context.Context, *sfn.DescribeStateMachineInput, ...func(*sfn.Options)) (*sfn.DescribeStateMachineOutput, error)
	ListStateMachineAliases(context.Context, *sfn.ListStateMachineAliasesInput, ...func(*sfn.Options)) (*sfn.ListStateMachineAliasesOutput, error)
	ListStateMachineVersions(context.Context, *sfn.ListStateMachineVersionsInput, ...func(*sfn.Options)) (*sfn.ListStateMachineVersionsOutput, error)
	ListExecutions(context.Context, *sfn.ListExecutionsInput, ...func(*sfn.Options)) (*sfn.ListExecutionsOutput, error)
}

// composer checks a hub's composer and its table; stack is the one that makes them. All of it is asked at once.
func (s *scene) composer(ctx context.Context, machines composerAPI, tables tableAPI, region, stack string) *result {
	r, machine, table := of("composer"), of("composer"), of("composer")
	arn := s.in(region).StateMachine(names.Composer)
	atOnce(
		func() {
			machine.ask(
				func(r *result) bool { return s.machine(ctx, machines, r, region, stack) },
				func(r *result) { s.published(ctx, machines, r, region, arn) },
				func(r *result) { s.executions(ctx, machines, r, region, arn) },
			)
		},
		func() { s.table(ctx, tables, table, region, stack) },
	)
	r.add(machine, table)
	if what, fix := plan.TopicNote(s.config); what != "" {
		r.note(region, what, fix)
	}
	if r.well() {
		r.fine(region, "the composer and its table match breakglass.yaml, and no execution failed")
	}
	return r
}

// machine compares the state machine itself; false means that there is none.
func (s *scene) machine(ctx context.Context, api composerAPI, r *result, region, stack string) bool {
	what := "state machine " + names.Composer
	out, err := api.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(s.in(region).StateMachine(names.Composer))})
	var gone *types.StateMachineDoesNotExist
	switch {
	case errors.As(err, &gone), err == nil && out.Status == types.StateMachineStatusDeleting:
		r.drifted(Problem, region, stack, what+" is missing: nobody is notified")
		return false
	case err != nil:
		r.unanswered(region, "the composer", err)
		return true
	}
	differs := func(severity Severity, how string) { r.drifted(severity, region, stack, what+" "+how) }
	if out.Status != types.StateMachineStatusActive {
		differs(Problem, fmt.Sprintf("is in state %s", out.Status))
	}
	// An Express workflow reports no failure, and does not run each event once.
	if out.Type != types.StateMachineTypeStandard {
		differs(Problem, fmt.Sprintf("is of type %s, not %s", out.Type, types.StateMachineTypeStandard))
	}
	if got, want := aws.ToString(out.RoleArn), s.in(region).Role(names.ComposerRole); got != want {
		differs(Problem, fmt.Sprintf("acts as %s, not as role %s", orNone("role", got), want))
	}
	if wrong := s.plan.ComposerOf(region).Differences(aws.ToString(out.Definition)); len(wrong) > 0 {
		differs(Problem, "has a different definition: "+strings.Join(wrong, "; "))
	}
	if e := out.EncryptionConfiguration; e != nil && (e.Type != types.EncryptionTypeAwsOwnedKey || aws.ToString(e.KmsKeyId) != "") {
		differs(Problem, "is encrypted with the key "+aws.ToString(e.KmsKeyId)+": without it, no alert is sent")
	}
	if l := out.LoggingConfiguration; l != nil && (l.Level != "" && l.Level != types.LogLevelOff || len(l.Destinations) > 0) {
		differs(Warning, fmt.Sprintf("logs its executions (%s), which copies alerts", l.Level))
	}
	if out.TracingConfiguration != nil && out.TracingConfiguration.Enabled {
		differs(Warning, "has tracing, which is not in breakglass.yaml")
	}
	return true
}

// published reports aliases and versions: the rules start the machine itself, so that neither is ever needed.
func (s *scene) published(ctx context.Context, api composerAPI, r *result, region, arn string) {
	// report lists what there is of one kind; page returns the ARNs, and deletes the command that deletes one.
	report := func(r *result, one, kinds string, deletes func(arn string) string, page func(token *string) ([]string, *string, error)) {
		all, err := whole.List(page)
		if err != nil {
			r.unanswered(region, "the composer's "+kinds, err)
			return
		}
		var found, remove []string
		for _, arn := range all {
			found = append(found, arn[strings.LastIndex(arn, ":")+1:])
			remove = append(remove, deletes(arn))
		}
		if len(found) > 0 {
			r.warning(region, fmt.Sprintf("state machine %s has %s that nothing of breakglass.yaml starts: %s", names.Composer,
				map[bool]string{true: one, false: kinds}[len(found) == 1], strings.Join(found, ", ")),
				"find out who made that, then: "+strings.Join(remove, "; "))
		}
	}
	deleteAlias := func(arn string) string {
		return inRegion("stepfunctions", "delete-state-machine-alias", "--state-machine-alias-arn", arn)
	}
	deleteVersion := func(arn string) string {
		return inRegion("stepfunctions", "delete-state-machine-version", "--state-machine-version-arn", arn)
	}
	aliases, versions := of(r.check), of(r.check)
	atOnce(func() {
		report(aliases, "an alias", "aliases", deleteAlias, func(token *string) (arns []string, next *string, err error) {
			out, err := api.ListStateMachineAliases(ctx, &sfn.ListStateMachineAliasesInput{StateMachineArn: aws.String(arn), NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			for _, one := range out.StateMachineAliases {
				arns = append(arns, aws.ToString(one.StateMachineAliasArn))
			}
			return arns, out.NextToken, nil
		})
	}, func() {
		report(versions, "a version", "versions", deleteVersion, func(token *string) (arns []string, next *string, err error) {
			out, err := api.ListStateMachineVersions(ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: aws.String(arn), NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			for _, one := range out.StateMachineVersions {
				arns = append(arns, aws.ToString(one.StateMachineVersionArn))
			}
			return arns, out.NextToken, nil
		})
	})
	r.add(aliases, versions)
}

// unsuccessful are the ways in which an execution ends without its alert.
var unsuccessful = []types.ExecutionStatus{types.ExecutionStatusFailed, types.ExecutionStatusTimedOut, types.ExecutionStatusAborted}

// executionsKept is for how long a failed execution is worth a note.
const executionsKept = 24 * time.Hour

// executions reports those that ended without success: of the last hours as a problem, and of the last day as a note.
func (s *scene) executions(ctx context.Context, api composerAPI, r *result, region, arn string) {
	type answer struct {
		found []types.ExecutionListItem
		err   error
	}
	var all []types.ExecutionListItem
	for _, a := range each(unsuccessful, len(unsuccessful), func(status types.ExecutionStatus) (a answer) {
		pages := sfn.NewListExecutionsPaginator(api, &sfn.ListExecutionsInput{StateMachineArn: aws.String(arn), StatusFilter: status, MaxResults: 100})
		for e, err := range whole.Each(ctx, pages, func(page *sfn.ListExecutionsOutput) []types.ExecutionListItem { return page.Executions }) {
			if err != nil {
				return answer{err: err}
			}
			if s.now.Sub(aws.ToTime(e.StartDate)) > executionsKept {
				break // the newest come first
			}
			a.found = append(a.found, e)
		}
		return a
	}) {
		if a.err != nil {
			r.unanswered(region, "the composer's executions", a.err)
			return
		}
		all = append(all, a.found...)
	}
	since := func(kept time.Duration) (failed []types.ExecutionListItem) {
		return slices.DeleteFunc(slices.Clone(all), func(e types.ExecutionListItem) bool { return s.now.Sub(aws.ToTime(e.StartDate)) > kept })
	}
	severity, kept := Problem, beatsKept
	failed := since(kept)
	if len(failed) == 0 {
		severity, kept = Note, executionsKept
		failed = since(kept)
	}
	if len(failed) == 0 {
		return
	}
	newest := slices.MaxFunc(failed, func(a, b types.ExecutionListItem) int {
		return aws.ToTime(a.StartDate).Compare(aws.ToTime(b.StartDate))
	})
	r.say(severity, region, "", fmt.Sprintf("%s of the composer failed within %s, the last at %s (%s): people may have missed an alert", english.Plural(len(failed), "execution", ""), hours(kept),
		aws.ToTime(newest.StartDate).UTC().Format("2006-01-02 15:04 UTC"), newest.Status),
		"read the ledger of that time, and the cause: "+inRegion("stepfunctions", "describe-execution", "--query", "[error,cause]", "--execution-arn",
			aws.ToString(newest.ExecutionArn)))
}

// composerRoles checks the role of the composers, and the one with which the rules start them. stack makes both.
func (s *scene) composerRoles(ctx context.Context, api forwardingAPI, stack string) *result {
	r := of("composer")
	var hubs []place.Place
	for _, region := range s.config.HubRegions() {
		hubs = append(hubs, s.in(region))
	}
	by := maker{place: s.config.HubPlace(), stack: stack}
	carriers := []carrier{
		{role: names.ComposerRole, policy: names.ComposerPolicy, trust: access.ComposerTrust(hubs), rights: access.Composer(hubs, s.config.Chat.On())},
		{role: names.ComposerStartRole, policy: names.ComposerStartPolicy, trust: access.ComposerStartTrust(hubs), rights: access.ComposerStart(hubs)},
	}
	for _, found := range each(carriers, len(carriers), func(c carrier) *result { return s.carrier(ctx, api, by, c) }) {
		for _, f := range found.found {
			f.Check = r.check
			r.found = append(r.found, f)
		}
	}
	if r.well() {
		r.fine("", "its two roles match breakglass.yaml, with their trust and policies")
	}
	return r
}
