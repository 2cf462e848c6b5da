//go:build emulator

// How long a deployment takes against the floor: go test -tags emulator -run '^$' -bench Deployment -benchtime 1x ./operate/deploy

package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/prove/local"
)

const wideFile = `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: all
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}, {account: "333333333333"}, {account: "444444444444"}]
deploy: {access: organization}
terminationProtection: false
`

// BenchmarkDeployment deploys the same templates by plain CreateStack calls, each as soon as the stacks that it depends on are
// complete, and by breakglass deploy's code with 12 and 48 stacks at once. Each has a local AWS of its own: one that has
// served many calls is slow for a minute. The ratios are to the plain calls of the same run.
func BenchmarkDeployment(b *testing.B) {
	for b.Loop() {
		floor := timed(b, func(l *life) error { return l.creates(b.Context()) })
		b.ReportMetric(floor, "s/plain")
		for _, atOnce := range []int{12, cdkcli.Concurrency} {
			took := timed(b, func(l *life) error { return l.deploysAtOnce(b.Context(), atOnce) })
			b.ReportMetric(took, fmt.Sprintf("s/%d-at-once", atOnce))
			b.ReportMetric(took/floor, fmt.Sprintf("ratio/%d-at-once", atOnce))
		}
	}
	b.ReportMetric(0, "ns/op")
}

// timed returns how many seconds something takes on a fresh local AWS.
func timed(b *testing.B, do func(*life) error) float64 {
	l := newLifeOf(b, local.ManagementAccount, wideFile)
	defer l.server.Stop()
	began := time.Now()
	if err := do(l); err != nil {
		b.Fatal(err)
	}
	return time.Since(began).Seconds()
}

func (l *life) deploysAtOnce(ctx context.Context, n int) error {
	d := &deploy.Deployment{
		Root: root, Assembly: l.assembly, Stacks: l.plan.Placements, Concurrency: n,
		Profile: func(string) string { return "" }, Open: l.keys.Stacks,
	}
	for _, o := range d.Run(ctx) {
		if o.State != deploy.Deployed {
			return fmt.Errorf("%+v", o)
		}
	}
	return nil
}

// creates creates each stack when those that it depends on are there.
func (l *life) creates(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	done := map[string]chan struct{}{}
	for _, at := range l.plan.Placements {
		done[at.Stack] = make(chan struct{})
	}
	var wait sync.WaitGroup
	failed := make([]error, len(l.plan.Placements))
	for i, at := range l.plan.Placements {
		wait.Go(func() {
			for _, before := range at.After {
				select {
				case <-done[before]:
				case <-ctx.Done():
					failed[i] = ctx.Err()
					return
				}
			}
			failed[i] = l.create(ctx, at.Stack, at.Account, at.Region)
			if failed[i] != nil {
				cancel()
			}
			close(done[at.Stack])
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

func (l *life) create(ctx context.Context, stack, account, region string) error {
	template, err := os.ReadFile(filepath.Join(l.assembly, stack+".template.json"))
	if err != nil {
		return err
	}
	client := cloudformation.NewFromConfig(l.server.Config(account, region))
	if _, err := client.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: aws.String(stack), TemplateBody: aws.String(string(template)), Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	}); err != nil {
		return fmt.Errorf("%s: %w", stack, err)
	}
	for {
		out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stack)})
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", stack, err)
		case out.Stacks[0].StackStatus == types.StackStatusCreateComplete:
			return nil
		case out.Stacks[0].StackStatus != types.StackStatusCreateInProgress:
			return fmt.Errorf("%s is %s", stack, out.Stacks[0].StackStatus)
		}
		time.Sleep(250 * time.Millisecond)
	}
}
