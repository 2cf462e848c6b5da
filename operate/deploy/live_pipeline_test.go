//go:build emulator

package deploy_test

import (
	"slices"
	"testing"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

const pipelineFile = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, ap-east-2]
alerts: {email: [security-team@example.com]}
monitoring: {heartbeats: false, dashboard: false, tampering: false, newRegions: false, deliveryFailures: false}
targets: [{account: "222222222222", name: production}]
deploy: {access: bootstrap}
terminationProtection: false
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`

// The worst day, on which the pipeline is out of order too: its stages are deployed by hand, through the roles that cdk
// bootstrap made.
func TestLivePastThePipeline(t *testing.T) {
	l, ctx := newLifeOf(t, hub, pipelineFile), t.Context()
	for account, regions := range map[string][]string{hub: {"us-east-1", "ap-east-2"}, "222222222222": {"us-east-1"}} {
		args := []string{"bootstrap"}
		for _, region := range regions {
			args = append(args, "aws://"+account+"/"+region)
		}
		args = append(args, "--trust", hub, "--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess")
		if err := cdkcli.Run(ctx, cdkcli.Options{Root: root, Args: args, Env: append(l.server.Env(account, "us-east-1"), "CDK_VALIDATION=false")}); err != nil {
			t.Fatal(err)
		}
	}
	far := slices.IndexFunc(l.plan.Placements, func(at plan.Placement) bool { return at.Region == "ap-east-2" })
	byHand := l.plan.Placements[far : far+1]
	if later := deploy.ForLater(ctx, l.keys.Stacks, l.plan, byHand); len(later) != 1 {
		t.Errorf("before there is a hub, for later are %v", later)
	}
	// The pipeline itself is another matter, and its services are not there.
	whole := l.plan.Placements
	l.plan.Placements = slices.DeleteFunc(slices.Clone(whole), func(at plan.Placement) bool { return at.Kind == plan.Pipeline || at.Kind == plan.Artifacts })
	for _, want := range []deploy.State{deploy.Deployed, deploy.Unchanged} {
		outcomes := l.deploys(t, ctx, nil)
		for stack, o := range outcomes {
			if o.State != want {
				t.Errorf("%s: %+v, want %s", stack, o, want)
			}
		}
		if len(outcomes) != len(l.plan.Placements) {
			t.Errorf("%d outcomes", len(outcomes))
		}
	}
	l.plan.Placements = whole
	if later := deploy.ForLater(ctx, l.keys.Stacks, l.plan, byHand); len(later) != 0 {
		t.Errorf("when there is a hub, for later are %v", later)
	}
}
