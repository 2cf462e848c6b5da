package check

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func TestStacks(t *testing.T) {
	state := func(to cfn.StackStatus) func(*world) {
		return func(w *world) { w.stacks["BreakGlass-Dashboard"].StackStatus = to }
	}
	breakEach(t, []broken{
		{"one is missing, and what it makes is not looked for", forwarder, func(w *world) {
			w.stacks, w.rules, w.targets, w.alarms, w.queues = nil, nil, nil, nil, nil
		}, "stacks", Problem, "not deployed: BreakGlass-Forwarder-eu-west-1", "breakglass deploy --only BreakGlass-Forwarder-eu-west-1"},
		{
			"one was never deployed", "", state(cfn.StackStatusRollbackComplete), "stacks", Problem, "ROLLBACK_COMPLETE: BreakGlass-Dashboard",
			"breakglass deploy --only BreakGlass-Dashboard",
		},
		{
			"one failed to change", "", state(cfn.StackStatusUpdateRollbackComplete), "stacks", Warning, "the previous one is in force",
			"breakglass deploy --only BreakGlass-Dashboard",
		},
		{"one is stuck", "", state(cfn.StackStatusUpdateRollbackFailed), "stacks", Problem, "UPDATE_ROLLBACK_FAILED", "describe-stack-events --region us-east-1"},
		{"one is being changed", "", state(cfn.StackStatusUpdateInProgress), "stacks", Warning, "UPDATE_IN_PROGRESS", "wait"},
		{
			"one is not protected", "", func(w *world) { w.stacks["BreakGlass-Hub"].EnableTerminationProtection = nil }, "stacks", Warning,
			"lacks termination protection", "--stack-name BreakGlass-Hub",
		},
		{"one is not in the file", "", func(w *world) { w.leave("BreakGlass-Pipeline") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Pipeline", "for stack in us-east-1/BreakGlass-Pipeline; do "},
		{"one is left in a Region with a single planned stack", forwarder, func(w *world) { w.leave("BreakGlass-Integrity-eu-west-1") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Integrity-eu-west-1", "for stack in eu-west-1/BreakGlass-Integrity-eu-west-1; do "},
		// The standby was taken out of the file: what its stacks own is not a finding each.
		{"a standby is left in a Region that is still watched", forwarder, func(w *world) {
			rule, alarm, queue := "capture-breakglass-user-sign-in-standby", "breakglass-undelivered-standby", "https://sqs.eu-west-1.amazonaws.com/111111111111/BreakGlass-Standby-DeadLetters-X"
			w.leave("BreakGlass-Standby", rule, alarm, queue)
			w.leave("BreakGlass-Heartbeats-standby", "breakglass-silent-standby")
			w.rules[rule] = &eb.Rule{Name: aws.String(rule)}
			for _, name := range []string{alarm, "breakglass-silent-standby"} {
				w.alarms[name] = &cw.MetricAlarm{AlarmName: aws.String(name), StateValue: cw.StateValueAlarm}
			}
			w.queues[queue] = map[string]string{"QueueArn": "arn:aws:sqs:eu-west-1:111111111111:BreakGlass-Standby-DeadLetters-X", "ApproximateNumberOfMessages": "3"}
		}, "stacks", Warning, "deployed, but not in breakglass.yaml: BreakGlass-Heartbeats-standby, BreakGlass-Standby",
			// The later first: it may import what the earlier exports.
			"for stack in eu-west-1/BreakGlass-Heartbeats-standby eu-west-1/BreakGlass-Standby; do "},
		{"a Region is taken out of the file", "sa-east-1", func(w *world) { w.leave("BreakGlass-Forwarder-sa-east-1") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Forwarder-sa-east-1", "for stack in sa-east-1/BreakGlass-Forwarder-sa-east-1; do "},
		{"a Region that nothing is planned in may not be asked", "sa-east-1", func(w *world) { w.refuse("cloudformation", "DescribeStacks") }, "stacks", Note,
			"not searched for stacks that breakglass.yaml no longer has: the permission cloudformation:DescribeStacks is missing", "grant it to these credentials"},
	})
	w := well(t, hub)
	w.stacks["Other"] = &cfn.Stack{StackName: aws.String("Other")}
	w.stacks["BreakGlass-Hub"].StackStatus = cfn.StackStatusDeleteComplete
	w.s.config.TerminationProtection = false
	r, there := w.s.stacks(t.Context(), w, hub, w.placements())
	found := w.s.merge(r.found)
	if _, ok := there["BreakGlass-Hub"]; ok || len(bad(found)) != 1 {
		t.Errorf("of a stack that was deleted: %+v", bad(found))
	}
	if !strings.Contains(found[len(found)-1].What, "although breakglass.yaml sets terminationProtection: false") {
		t.Errorf("of more protection than wanted: %+v", found)
	}
}

// leave deploys a stack that the file does not have, later than those that are there, and names what it owns.
func (w *world) leave(stack string, owns ...string) {
	if w.stacks == nil {
		w.stacks, w.owns = map[string]*cfn.Stack{}, map[string][]string{}
	}
	w.stacks[stack] = &cfn.Stack{
		StackName: aws.String(stack), StackStatus: cfn.StackStatusCreateComplete, CreationTime: aws.Time(now.Add(time.Duration(len(w.owns)) * time.Hour)),
	}
	w.owns[stack] = owns
}

// TestTheCommandsForStacksThatAreLeftRun, in a shell, with each stack's own Region and in the order that CloudFormation demands.
func TestTheCommandsForStacksThatAreLeftRun(t *testing.T) {
	w := well(t, hub)
	w.leave("BreakGlass-Heartbeats-standby")
	w.leave("BreakGlass-Standby")
	for _, f := range w.ask(t) {
		_, script, ok := strings.Cut(f.Fix, "delete what is no longer needed: ")
		if !ok {
			continue
		}
		out, err := exec.Command("sh", "-c", `aws() { echo "$@"; }; `+script).CombinedOutput()
		var want strings.Builder
		for _, stack := range []string{"BreakGlass-Standby", "BreakGlass-Heartbeats-standby"} {
			for _, words := range []string{"update-termination-protection --no-enable-termination-protection", "delete-stack", "wait stack-delete-complete"} {
				fmt.Fprintf(&want, "cloudformation %s --region %s --stack-name %s\n", words, "us-east-1", stack)
			}
		}
		if err != nil || string(out) != want.String() {
			t.Errorf("%v\n%s\nruns\n%s, not\n%s", err, script, out, want.String())
		}
		return
	}
	t.Error("nothing says how to delete them")
}

// Observers that were taken out of the file stay in the target accounts that it still names.
func TestObserversThatTheFileNoLongerHas(t *testing.T) {
	w := well(t, hub)
	w.profile = func(number string) string {
		return map[bool]string{true: "a hub", false: "a target"}[number == w.s.account()]
	}
	const left = "BreakGlass-Observer-us-west-2-222222222222"
	look := func(do func(*world)) (all []string) {
		t.Helper()
		o := w.options(t)
		do(o.Keys.(*cloud).worlds[[2]string{"222222222222", "us-west-2"}])
		report, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if strings.Contains(f.What, left) || strings.Contains(f.What, "no longer has") {
				all = append(all, fmt.Sprintf("%s %s [%s]: %s → %s", f.Severity, f.Check, f.Places(), f.What, f.Fix))
			}
		}
		return all
	}
	for _, c := range []struct {
		do   func(*world)
		want string
	}{
		{func(w *world) { w.leave("BreakGlass-Observer-us-west-2-333333333333") }, ""}, // no account of the file
		{func(w *world) { w.leave(left) }, "warning stacks [us-west-2 in 222222222222]: deployed, but not in breakglass.yaml: " + left +
			" → delete it if it is no longer needed: aws cloudformation update-termination-protection --region us-west-2 --no-enable-termination-protection --stack-name " + left +
			" --profile 'a target'; aws cloudformation delete-stack --region us-west-2 --stack-name " + left + " --profile 'a target'"},
		{func(w *world) {
			w.leave(left)
			w.refused = map[string]error{}
			w.refuse("cloudformation", "DescribeStacks")
		}, "note stacks [us-west-2 in 222222222222]: not searched for observers that breakglass.yaml no longer has: " +
			"the permission cloudformation:DescribeStacks is missing → grant it to these credentials on *"},
	} {
		if got := strings.Join(look(c.do), "\n"); got != c.want {
			t.Errorf("it says\n%s\nwant\n%s", got, c.want)
		}
	}
	// Nor does it have to be a Region that is watched.
	const unwatched = "BreakGlass-Observer-sa-east-1-222222222222"
	o := w.options(t)
	o.Keys.(*cloud).worlds[[2]string{"222222222222", "sa-east-1"}].leave(unwatched)
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if found := saying(report.Findings, "stacks", unwatched); len(found) != 1 || found[0].Places() != "sa-east-1 in 222222222222" {
		t.Errorf("of a Region that is not watched: %+v", found)
	}
}

// What the file no longer names can't be asked: that is said.
func TestAccountsThatTheFileNoLongerNamesAreSaidToBeUnknown(t *testing.T) {
	for _, f := range well(t, hub).ask(t) {
		if f.Check == "stacks" && f.Severity == Note && strings.Contains(f.What, "accounts that breakglass.yaml does not name are not searched") {
			return
		}
	}
	t.Error("nothing says so")
}

// A Region, an account: each cause is one finding, whatever the number of stacks.
func TestStacksThatAreLeftInManyRegionsAreOneFinding(t *testing.T) {
	w := well(t, hub)
	c := w.cloud(t)
	for _, region := range []string{"us-east-1", "sa-east-1"} {
		one := well(t, region)
		one.leave("BreakGlass-Forwarder-" + region + "-old")
		c.worlds[[2]string{"111111111111", region}] = one
	}
	report, err := Run(t.Context(), Options{Config: w.s.config, Plan: w.s.plan, Keys: c, Began: now})
	if err != nil {
		t.Fatal(err)
	}
	found := bad(report.Findings)
	if len(found) != 1 || found[0].Places() != "sa-east-1, us-east-1" ||
		!strings.Contains(found[0].What, "BreakGlass-Forwarder-sa-east-1-old, BreakGlass-Forwarder-us-east-1-old") {
		t.Errorf("%+v", found)
	}
}
