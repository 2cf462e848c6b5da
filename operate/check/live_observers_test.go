//go:build emulator

package check

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/names"
)

// What observers a target account is deployed with is what check expects, and each break of them is named.
func TestLiveObservers(t *testing.T) {
	const target = "222222222222"
	l, ctx := deployFile(t, "testdata/live-observers.yaml"), t.Context()
	for _, id := range []string{"stacks", "rules", "bus", "queues", "forwarding", "roles"} {
		for _, s := range []Severity{Problem, Warning} {
			for _, f := range l.check(t).Of(id, s) {
				t.Errorf("of a new deployment: %+v", f)
			}
		}
	}
	if fine := l.last.Of("bus", Fine); len(fine) != 1 || !strings.HasPrefix(fine[0].What, "from outside the account, only the observers") ||
		len(fine[0].Where) != 2 {
		t.Errorf("of the buses: %+v", fine)
	}
	events := eventbridge.NewFromConfig(l.Server.Config(target, "eu-west-1"))
	people := iam.NewFromConfig(l.Server.Config(target, "us-east-1"))
	for _, b := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"a rule is disabled", func() error {
			_, err := events.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String("observe-breakglass-target-access")})
			return err
		}, []string{"problem rules [eu-west-1 in 222222222222]", "observe-breakglass-target-access is disabled"}},
		{"the role may do something else", func() error {
			_, err := people.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
				RoleName: aws.String(names.ObserverRole), PolicyName: aws.String(names.ObserverPolicy),
				PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}}`),
			})
			return err
		}, []string{"problem forwarding [222222222222]", names.ObserverPolicy, "differs: it"}},
		{"the hub's bus hears nobody", func() error {
			_, err := eventbridge.NewFromConfig(l.AWS("us-east-1")).RemovePermission(ctx,
				&eventbridge.RemovePermissionInput{EventBusName: aws.String("default"), StatementId: aws.String(names.HubBusStatement)})
			return err
		}, []string{"problem bus [us-east-1]", "does not admit the observers"}},
	} {
		t.Run(b.name, func(t *testing.T) {
			before := l.last
			if err := b.do(); err != nil {
				t.Fatal(err)
			}
			said := news(before, l.check(t))
			if len(said) != 1 {
				t.Fatalf("%d findings are new:\n%s", len(said), strings.Join(said, "\n"))
			}
			for _, words := range b.want {
				if !strings.Contains(said[0], words) {
					t.Errorf("it says %q, without %q", said[0], words)
				}
			}
		})
	}
}
