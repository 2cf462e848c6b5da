package check

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// BenchmarkRun measures a check of every Region and a target account where each call takes 100 ms. Besides the time, it
// reports the number of calls and how many of them one after another would take as long, which does not depend on the machine.
func BenchmarkRun(b *testing.B) {
	const delay = 100 * time.Millisecond
	c, err := config.Parse("breakglass.yaml", []byte(`version: 1
hub: {account: "111111111111"}
regions: all
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}]
`))
	if err != nil {
		b.Fatal(err)
	}
	all := cloudOf(c)
	all.delay = delay
	for b.Loop() {
		if _, err := Run(b.Context(), Options{Config: c, Keys: all, Began: now}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(all.calls.Load())/float64(b.N), "calls/op")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(delay), "deep/op")
}

// cloudOf returns a deployment of a file by names only: enough for a run to make all the calls that it makes on a whole one.
func cloudOf(c *config.Config) *cloud {
	s, all := newScene(c, now), &cloud{worlds: map[[2]string]*world{}}
	for _, at := range s.plan.Placements {
		w := all.worlds[[2]string{at.Account, at.Region}]
		if w == nil {
			w = &world{s: s, account: at.Account, region: at.Region, perPage: 100, regions: map[string]regions.RegionOptStatus{}}
			for _, region := range c.Regions {
				w.regions[region] = regions.RegionOptStatusEnabledByDefault
			}
			w.deploy(nil)
			w.confirm()
			w.organize()
			for _, u := range c.Users {
				w.users[u.Name], w.passwords[u.Name] = &it.User{Arn: aws.String(c.HubPlace().User(u.Name))}, &it.LoginProfile{CreateDate: aws.Time(now)}
				w.members = append(w.members, u.Name)
			}
			w.topic, w.key = map[string]string{}, &kt.KeyMetadata{KeyId: aws.String(keyID), KeyState: kt.KeyStateEnabled}
			w.subs = []types.Subscription{{Protocol: aws.String("email"), Endpoint: aws.String(c.Alerts.Email[0]), SubscriptionArn: aws.String("arn:1")}}
			w.kept["/aws/events/breakglass-heartbeats"] = 7
			for _, role := range []string{"breakglass-event-bus-role", "breakglass-heartbeat-role", c.Role.Name} {
				w.roles[role] = &it.Role{Arn: aws.String(config.PlaceOf(at.Account, at.Region).Role(role)), AssumeRolePolicyDocument: aws.String("{}")}
			}
			for _, policy := range []string{"breakglass-event-bus-policy", "breakglass-heartbeat-policy", "BreakGlassGuard", "BreakGlassAssumeRole"} {
				w.documents["arn:aws:iam::"+at.Account+":policy/"+policy] = "{}"
			}
			all.worlds[[2]string{at.Account, at.Region}] = w
		}
		w.stacks[at.Stack] = &cfn.Stack{StackName: aws.String(at.Stack), StackStatus: cfn.StackStatusUpdateComplete}
		w.queues["https://sqs/"+at.Account+"/"+at.Stack+"-DeadLetters"] = map[string]string{"QueueArn": "arn:aws:sqs:" + at.Region + ":" + at.Account + ":" +
			at.Stack}
		for _, rule := range s.plan.Rules(at, plan.Refs{Key: keyID}) {
			w.rules[rule.Name] = &eb.Rule{Name: aws.String(rule.Name)}
		}
	}
	return all
}
