package deploy

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

func staged(t *testing.T) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
regions: [us-east-1, eu-west-1, ap-east-2]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}]
observers: {regions: [us-east-1, ap-east-2]}
monitoring: {heartbeats: false, dashboard: false}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return plan.Of(c)
}

func TestForLater(t *testing.T) {
	const gone = "ValidationError Stack with id x does not exist"
	p := staged(t)
	far := []string{"BreakGlass-Forwarder-ap-east-2", "BreakGlass-Observer-ap-east-2-222222222222"}
	for name, c := range map[string]struct {
		script string
		stacks []plan.Placement
		want   []string
	}{
		"the hub is not there":       {"cloudformation:DescribeStacks fail " + gone, p.ByHand(), far},
		"the hub was never finished": {"cloudformation:DescribeStacks " + status("ROLLBACK_COMPLETE", false), p.ByHand(), far},
		"the hub is there":           {"cloudformation:DescribeStacks " + status("CREATE_COMPLETE", false), p.ByHand(), nil},
		"nobody may ask":             {"cloudformation:DescribeStacks fail AccessDenied no", p.ByHand(), nil},
		"past the pipeline":          {"cloudformation:DescribeStacks fail " + gone, p.Placements, nil},
		"without a pipeline":         {"cloudformation:DescribeStacks fail " + gone, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := stub.New()
			defer server.Close()
			if err := server.Script(c.script); err != nil {
				t.Fatal(err)
			}
			whole, stacks := p, c.stacks
			if stacks == nil {
				whole = thePlan(t)
				stacks = whole.Placements[len(whole.Placements)-1:]
			}
			later := ForLater(t.Context(), opened(server), whole, stacks)
			var got []string
			for stack, o := range later {
				got = append(got, stack)
				if o.State != Later || !strings.Contains(o.Reason, "it depends on BreakGlass-") || !strings.Contains(o.Fix, "run breakglass deploy again when stage ") {
					t.Errorf("%+v", o)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("for later are %q, want %q", got, c.want)
			}
		})
	}
	broken := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	if later := ForLater(t.Context(), broken, p, p.ByHand()); len(later) > 0 {
		t.Errorf("%+v", later)
	}
}

// The CDK CLI takes the stacks of a stage by path, and reports them by name. A stack that depends on one in another account waits
// for it, whoever deploys it.
func TestPastThePipeline(t *testing.T) {
	p := staged(t)
	var calls [][]string
	fails, aws := "", newCloud(t)
	cli := func(_ context.Context, o cdkcli.Options) error {
		var stacks []string
		for _, arg := range o.Args {
			if i := strings.Index(arg, "BreakGlass-"); i >= 0 {
				stacks = append(stacks, arg)
				if arg == fails {
					aws.happens(arg[i:], "y")
					continue
				}
				aws.happens(arg[i:], "")
				o.OnEvent(cdkcli.Event{Kind: cdkcli.Done, Stack: arg[i:]})
			}
		}
		calls = append(calls, stacks)
		if fails != "" && slices.Contains(stacks, fails) {
			return &cdkcli.Error{Action: "deploy", Err: errors.New("exit status 1")}
		}
		return nil
	}
	d := &Deployment{Stacks: p.Placements, Profile: func(string) string { return "" }, Open: opened(aws.Server), cli: cli}
	for _, o := range d.Run(t.Context()) {
		if o.State != Deployed {
			t.Errorf("%+v", o)
		}
	}
	want := [][]string{
		{
			"Hub/BreakGlass-Composer-us-east-1", "Hub/BreakGlass-Hub", "Hub/BreakGlass-Integrity-us-east-1", "Hub/BreakGlass-Observed-us-east-1-1",
			"Hub/BreakGlass-Forwarder-eu-west-1", "BreakGlass-Pipeline-Artifacts-eu-west-1", "BreakGlass-Pipeline",
		},
		{"BreakGlass-Forwarder-ap-east-2", "Targets/BreakGlass-Role-222222222222"},
		{"BreakGlass-Observer-ap-east-2-222222222222"},
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Error(diff)
	}
	fails, calls = "Hub/BreakGlass-Observed-us-east-1-1", nil
	for _, o := range d.Run(t.Context()) {
		if held := strings.Contains(o.Stack, "-222222222222"); held != (o.State == Held) {
			t.Errorf("%+v", o)
		}
	}
}

// A stack may come after one that this run leaves out: that is deployed already, or fails as CloudFormation says.
func TestWhatIsLeftOutTakesNoTurn(t *testing.T) {
	p := staged(t)
	role := slices.DeleteFunc(slices.Clone(p.Placements), func(at plan.Placement) bool { return at.Kind != plan.Role })
	if len(role) != 1 || len(role[0].After) == 0 {
		t.Fatalf("%+v", role)
	}
	if got := turns(role, role); len(got) != 1 || len(got[0]) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestNextWithAPipeline(t *testing.T) {
	p := staged(t)
	lines := strings.Join(Next(p.Config, []Outcome{{Stack: "BreakGlass-Pipeline", State: Deployed}, {Stack: "x", State: Later, Fix: "do that"}}, ""), "\n")
	for _, words := range []string{"The pipeline deploys the rest", "deferred: do that", "who has to confirm"} {
		if !strings.Contains(lines, words) {
			t.Errorf("%q is not in %s", words, lines)
		}
	}
	if strings.Contains(lines, "skipped Regions") {
		t.Errorf("what is left for later is taken for a Region that is off: %s", lines)
	}
}
