package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func TestStackSets(t *testing.T) {
	instance := func(do func(*cfn.StackInstanceSummary)) func(*world) {
		return func(w *world) { do(&w.instances[theSet][1]) }
	}
	breakEach(t, []broken{
		{
			"the account of the sets is let go", "", func(w *world) { w.units.delegates = nil }, "stacksets", Problem, "not a delegated administrator",
			"register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id 111111111111",
		},
		{
			"trusted access is taken away", "", func(w *world) { w.units.access = cfn.OrganizationStatusDisabled }, "stacksets", Problem, "trusted access is DISABLED",
			"activate-organizations-access",
		},
		{
			"the hub is the management account", "", func(w *world) { w.units.management = "111111111111" }, "stacksets", Problem,
			"which cannot be a delegated administrator", `managementAccount: "111111111111"`,
		},
		{"a listed account moves below the unit", "", func(w *world) { w.units.above["222222222222"] = "ou-ab12-11111111" }, "stacksets", Problem,
			"account 222222222222 is in unit ou-ab12-11111111 (workloads), which the file lists as well", "remove the account from targets"},
		{
			"the unit is gone", "", func(w *world) { delete(w.units.above, "ou-ab12-11111111") }, "stacksets", Problem, "no unit ou-ab12-11111111 (workloads)",
			"the console of AWS Organizations",
		},
		{
			"the stack has lost its set", "", func(w *world) { w.sets = nil }, "stacksets", Problem, "has 0 of 2 stack sets",
			"--revert-drift --only BreakGlass-StackSet-ou-ab12-11111111",
		},
		{
			"automatic deployment is off", "", func(w *world) { w.sets[theSet].AutoDeployment.Enabled = aws.Bool(false) }, "stacksets", Problem,
			"accounts that join the unit get no role", "--revert-drift",
		},
		{
			"it would take roles away", "", func(w *world) { w.sets[theSet].AutoDeployment.RetainStacksOnAccountRemoval = nil }, "stacksets", Warning,
			"retainOnAccountRemoval false; breakglass.yaml sets true", "--revert-drift",
		},
		{
			"it says nothing of its units", "", func(w *world) { w.sets[theSet].OrganizationalUnitIds = nil }, "stacksets", Warning,
			"stack set " + theSet + " does not name its organizational units", "--revert-drift",
		},
		{
			"it serves another unit", "", func(w *world) { w.sets[theSet].OrganizationalUnitIds = []string{"ou-ab12-22222222"} }, "stacksets", Problem,
			"targets other units: ou-ab12-22222222", "--revert-drift",
		},
		{"its last change failed", "", func(w *world) {
			last := &w.changes[theSet][0]
			last.Status, last.StatusReason = cfn.StackSetOperationStatusFailed, aws.String("too many accounts failed")
		}, "stacksets", Problem, "is FAILED: too many accounts failed", "list-stack-set-operation-results --region us-east-1 --call-as DELEGATED_ADMIN --stack-set-name " + theSet},
		{"its last change failed, whatever comes first", "", func(w *world) {
			w.perPage = 1
			at := func(hour int, status cfn.StackSetOperationStatus) cfn.StackSetOperationSummary {
				return cfn.StackSetOperationSummary{
					OperationId: aws.String("2"), Action: cfn.StackSetOperationActionUpdate, Status: status,
					CreationTimestamp: aws.Time(now.Add(time.Duration(hour) * time.Hour)),
				}
			}
			w.changes[theSet] = []cfn.StackSetOperationSummary{
				at(-3, cfn.StackSetOperationStatusSucceeded), at(-1, cfn.StackSetOperationStatusFailed), at(-2, cfn.StackSetOperationStatusSucceeded),
			}
		}, "stacksets", Problem, "is FAILED", "list-stack-set-operation-results"},
		{"it is being changed", "", func(w *world) { w.changes[theSet][0].Status = cfn.StackSetOperationStatusRunning }, "stacksets", Note, "in progress", ""},
		{"an account is behind", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status, i.StatusReason = cfn.StackInstanceStatusOutdated, aws.String("BreakGlassRole already exists.")
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusFailed}
		}), "stacksets", Problem, "OUTDATED, FAILED: BreakGlassRole already exists", "update-stack-instances"},
		{"an account's turn has yet to come", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status = cfn.StackInstanceStatusOutdated
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusPending}
		}), "stacksets", Warning, "not yet", "check again"},
		{"an account can't be served any more", "", instance(func(i *cfn.StackInstanceSummary) { i.Status = cfn.StackInstanceStatusInoperable }),
			"stacksets", Problem, "INOPERABLE",
			"delete-stack-instances --region us-east-1 --call-as DELEGATED_ADMIN --stack-set-name BreakGlass-Role-ou-ab12-11111111 --retain-stacks "},
		{"an account is suspended", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status = cfn.StackInstanceStatusOutdated
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusSkippedSuspendedAccount}
		}), "stacksets", Note, "suspended: stack set " + theSet + " leaves the account out", ""},
		{"the stack makes one more", "", func(w *world) { w.sets["Mine"] = w.sets[theSet] }, "stacksets", Problem, "a stack set that is not planned: Mine",
			"--revert-drift"},
		{"an account of a unit below is left out", "", func(w *world) {
			w.instances[theSet] = w.instances[theSet][:1]
			w.perPage = 1
			w.units.above["999999999999"] = "ou-ab12-22222222" // the management account
			w.units.above["333333333333"] = "ou-ab12-22222222"
			w.units.suspended["333333333333"] = true
		}, "stacksets", Problem, "in unit ou-ab12-11111111, and stack set " + theSet + " has no stack there: nobody gets in",
			"create-stack-instances --region us-east-1 --call-as DELEGATED_ADMIN --stack-set-name " + theSet +
				" --deployment-targets OrganizationalUnitIds=ou-ab12-11111111 --regions us-east-1"},
		{"no account is left", "", func(w *world) {
			w.instances[theSet] = nil
			delete(w.units.above, "333333333331")
			delete(w.units.above, "333333333332")
		}, "stacksets", Warning, "has no account", "list-accounts-for-parent"},
	})
	w := well(t, hub)
	w.instances[theSet][0].Status = cfn.StackInstanceStatusOutdated
	var at plan.Placement
	for _, one := range w.s.plan.Placements {
		if one.Kind == plan.StackSet {
			at = one
		}
	}
	r := w.s.stackSets(t.Context(), w, w, at)
	if r.tallies[accountsServed] != (Tally{3, 4}) {
		t.Errorf("served are %+v", r.tallies[accountsServed])
	}
	if found := bad(w.s.merge(r.found)); len(found) != 1 || !slices.Equal(found[0].Where, []string{"333333333331"}) {
		t.Errorf("%+v", found)
	}
}

// Each account of a stack set is served in every Region of it.
func TestAnAccountWithoutAStackInARegion(t *testing.T) {
	w, r := well(t, hub), of("stacksets")
	const set = "BreakGlass-Observer-ou-ab12-11111111"
	w.instances[set] = append(w.instances[set], cfn.StackInstanceSummary{
		Account: aws.String("333333333331"), Region: aws.String("ap-east-2"), Status: cfn.StackInstanceStatusCurrent,
	})
	w.s.instances(t.Context(), w, r, "ou-ab12-11111111", set, cfn.CallAsDelegatedAdmin, []string{"ap-east-2", "eu-west-1"})
	found := bad(w.s.merge(r.found))
	if len(found) != 1 || found[0].What != "stack set "+set+" has no stack in ap-east-2" || !slices.Equal(found[0].Where, []string{"333333333332"}) ||
		!strings.Contains(found[0].Fix, "create-stack-instances --region us-east-1") || !strings.Contains(found[0].Fix, "--regions ap-east-2") {
		t.Errorf("%+v", found)
	}
	if r.tallies[accountsServed] != (Tally{3, 4}) {
		t.Errorf("served are %+v", r.tallies[accountsServed])
	}
}

func TestTheBusAcceptsTheObserversOnly(t *testing.T) {
	for name, c := range map[string]struct {
		file, find, put string
		want            []string
	}{
		"of the organization": {file: "sample"},
		"of listed accounts":  {file: "accounts"},
		"another organization": {
			"sample", "o-ab12cd34ef", "o-zz12cd34ef", []string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"any source": {
			"sample", `"events:source"`, `"events:detail-type"`, []string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"one account more": {
			"accounts", `"arn:aws:iam::222222222222:root"`, `["arn:aws:iam::222222222222:root","arn:aws:iam::999999999999:root"]`,
			[]string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"nobody": {"sample", "", "", []string{"does not admit the observers"}},
	} {
		w := wellIn(t, c.file, "111111111111", hub)
		if c.find != "" && !strings.Contains(w.bus, c.find) {
			t.Fatalf("%s: %q is not in %s", name, c.find, w.bus)
		}
		if w.bus = strings.ReplaceAll(w.bus, c.find, c.put); name == "nobody" {
			w.bus = ""
		}
		found := bad(w.s.merge(w.s.bus(t.Context(), w, hub, "BreakGlass-Observed-us-east-1-1").found))
		if len(found) != len(c.want) {
			t.Errorf("%s: %+v", name, found)
			continue
		}
		for i, words := range c.want {
			if !strings.Contains(found[i].What, words) {
				t.Errorf("%s: it says %q, want %q", name, found[i].What, words)
			}
		}
	}
	// Until its stack exists, the bus must not admit the account.
	w := well(t, hub)
	if found := bad(w.s.bus(t.Context(), w, hub, "").found); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// What CloudFormation does not have any more is named, and what has never changed is no finding.
func TestAStackSetThatIsGone(t *testing.T) {
	w := well(t, hub)
	var at plan.Placement
	for _, one := range w.s.plan.Placements {
		if one.Kind == plan.StackSet {
			at = one
		}
	}
	r := of("stacksets")
	w.s.stackSet(t.Context(), w, r, at, "BreakGlass-Gone", []string{hub})
	if found := w.s.merge(r.found); len(bad(found)) != 1 || bad(found)[0].What != "stack set BreakGlass-Gone is missing: accounts that join get no role" ||
		!strings.Contains(bad(found)[0].Fix, "--revert-drift --only "+at.Stack) {
		t.Errorf("%+v", found)
	}
	clear(w.changes)
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("without an operation: %+v", found)
	}
	// Observed nowhere else, a unit has one set.
	w = well(t, hub)
	w.s.config.Observers.Regions = []string{w.s.config.StackSets.Region}
	if sets := w.s.setsOfUnit("ou-ab12-11111111"); len(sets) != 1 {
		t.Errorf("a unit has %v", sets)
	}
}

// observe asks for what observes a Region of the target account.
func (w *world) observe(t *testing.T) []Finding {
	t.Helper()
	ctx, s := t.Context(), w.s
	queues, arns := s.queuesOf(ctx, w, w.account, w.region, nil)
	rules := s.rules(ctx, w, deployedIn{region: w.region, placements: w.placements(), queues: arns})
	return w.s.merge(slices.Concat(queues.found, rules.found, s.observerRole(ctx, w, w.account).found))
}

func TestObservers(t *testing.T) {
	const rule = "observe-breakglass-target-access"
	in := func(region string) *world { return wellIn(t, "sample", "222222222222", region) }
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		found := in(region).observe(t)
		if len(bad(found)) > 0 || !slices.ContainsFunc(found, func(f Finding) bool { return f.What == "2 rules match breakglass.yaml" }) {
			t.Errorf("%s: %+v", region, found)
		}
	}
	for name, c := range map[string]struct {
		do    func(w *world)
		check string
		says  string
		fix   string
	}{
		"a rule is off": {
			func(w *world) { w.rules[rule].State = eb.RuleStateDisabled }, "rules", rule + " is disabled",
			"--revert-drift --only BreakGlass-Observer-eu-west-1-222222222222",
		},
		"a rule misses what reads": {func(w *world) { w.rules[rule].State = eb.RuleStateEnabled }, "rules", "in state ENABLED", "--revert-drift"},
		"a rule sees another role": {func(w *world) { w.rules[rule].EventPattern = aws.String("{}") }, "rules", "a different pattern", "--revert-drift"},
		"a hub is no target":       {func(w *world) { w.targets[rule] = w.targets[rule][:1] }, "rules", "has no target", "--revert-drift"},
		"it acts as another role": {
			func(w *world) { w.targets[rule][0].RoleArn = aws.String("arn:aws:iam::222222222222:role/other") }, "rules",
			"not role arn:aws:iam::222222222222:role/" + names.ObserverRole, "--revert-drift",
		},
		"something waits": {
			func(w *world) { w.queues[sorted(w.queues)[0]]["ApproximateNumberOfMessages"] = "1" }, "queues", "undelivered events in", "receive-message",
		},
		"its policy is gone": {func(w *world) { w.inRole[names.ObserverRole] = nil }, "forwarding", "lacks its policy " + names.ObserverPolicy, "--revert-drift"},
		"its policy is another one": {func(w *world) {
			w.inRole[names.ObserverRole][names.ObserverPolicy] = `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`
		}, "forwarding", "differs: it", "--revert-drift"},
		"anybody may act as it": {func(w *world) {
			w.roles[names.ObserverRole].AssumeRolePolicyDocument = aws.String(`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}`)
		}, "forwarding", "has a different trust policy", "--revert-drift"},
		"it is not bounded": {
			func(w *world) { w.roles[names.ObserverRole].PermissionsBoundary = nil }, "forwarding",
			"role " + names.ObserverRole + " lacks the permissions boundary arn:aws:iam::222222222222:policy/", "--revert-drift --only BreakGlass-Role-222222222222",
		},
		"the role is gone": {
			func(w *world) { delete(w.roles, names.ObserverRole) }, "forwarding", names.ObserverRole + " is missing",
			"--revert-drift --only BreakGlass-Role-222222222222",
		},
		"the role may do something": {func(w *world) {
			w.ofRole[names.ObserverRole] = append(w.ofRole[names.ObserverRole], "arn:aws:iam::aws:policy/AdministratorAccess")
		}, "forwarding", "AdministratorAccess", "--revert-drift"},
	} {
		w := in("eu-west-1")
		c.do(w)
		found := bad(w.observe(t))
		if len(found) != 1 || found[0].Check != c.check || !strings.Contains(found[0].What, c.says) || !strings.Contains(found[0].Fix, c.fix) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// A pipeline's stacks have their stage before their name when they are deployed by hand.
func TestFixesNameTheStage(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`version: 1
hub: {account: "111111111111"}
regions: [us-east-1, ap-east-2]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := of("stacks")
	r.say(Problem, hub, names.HubStack, "not deployed: <stack>", redeploy)
	r.say(Problem, "ap-east-2", names.ForwarderStack+"ap-east-2", "not deployed: <stack>", redeploy)
	r.say(Warning, hub, names.HubStack, "lacks termination protection: <stack>", "aws --stack-name <stack>")
	report := (&run{scene: newScene(c, now), Options: Options{Began: now}, results: []*result{r}}).report()
	if got, want := report.Of("stacks", Problem)[0].Fix, "breakglass deploy --all-stages --only BreakGlass-Forwarder-ap-east-2,BreakGlass-Hub"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := report.Of("stacks", Warning)[0].Fix, "aws --stack-name BreakGlass-Hub"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
