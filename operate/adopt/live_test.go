//go:build emulator

// Adopting the reference solution on the local AWS, as far as that goes: it has no import of resources (LocalEmu 1.3.2 raises
// NotImplementedError for ChangeSetType IMPORT). go test -tags emulator ./operate/adopt

package adopt

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	events "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/access"
	"example.com/breakglass/compose"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
	"example.com/breakglass/watch"
)

const (
	root    = "../.."
	adopted = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, us-west-2]
alerts: {sqs: ["arn:aws:sqs:us-east-1:111111111111:mailbox"]}
targets: [{account: "222222222222", name: production}]
deploy: {access: organization}
`
)

// live is a local AWS with the reference solution on it, and the app's templates.
type live struct {
	*local.Run
	old    *reference
	made   Assembly
	stacks []plan.Placement
}

func newLive(t *testing.T) *live {
	t.Helper()
	server := localtest.Start(t, root)
	path, assembly := localtest.App(t, root, adopted)
	run, err := local.New(root, path, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &live{Run: run, old: newReference(t, server, "us-west-2"), stacks: plan.Of(run.Config).Placements}
	if l.made, err = Read(assembly); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *live) open(_ context.Context, account, region string) (aws.Config, error) {
	return l.Server.Config(account, region), nil
}

func (l *live) look(t *testing.T) map[string]Stack {
	t.Helper()
	all, err := Look(t.Context(), l.open, l.stacks, l.made, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Stack{}
	for _, s := range all {
		if s.Unknown != "" {
			t.Fatalf("%s: %s", s.Stack, s.Unknown)
		}
		by[s.Stack] = s
	}
	return by
}

func TestLiveReference(t *testing.T) {
	l := newLive(t)
	found := l.look(t)
	t.Run("what is there is found", func(t *testing.T) { l.mapping(t, found) })
	t.Run("the command says it", l.command)
	t.Run("no Region is without alarm", func(t *testing.T) { l.alarms(t, found) })
}

// command runs breakglass adopt as an identity of the organization's management account.
func (l *live) command(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/breakglass", "adopt", "--config", l.File, "--assembly", l.made.Folder, "--out", out)
	cmd.Dir = root
	cmd.Env = append(l.Server.Env(local.ManagementAccount, hubRegion), "NO_COLOR=1")
	said, err := cmd.CombinedOutput()
	t.Logf("%s", said)
	if err != nil || !strings.Contains(string(said), "15 existing resources outside the stacks") || !strings.Contains(string(said), "BreakGlassRole") {
		t.Errorf("breakglass adopt: %v", err)
	}
	if written, err := Read(out); err != nil || len(written.Templates) != 3 {
		t.Errorf("the folder has %d templates: %v", len(written.Templates), err)
	}
}

// mapping compares what adopt found with what the reference made.
func (l *live) mapping(t *testing.T, found map[string]Stack) {
	const region = "arn:aws:events:us-east-1:111111111111:rule/"
	want := map[string]map[string]string{ // by type and name
		"BreakGlass-Hub": {
			"AWS::IAM::User BreakglassUser":                         "BreakglassUser",
			"AWS::IAM::ManagedPolicy BreakGlassAssumeRole":          "arn:aws:iam::111111111111:policy/BreakGlassAssumeRole",
			"AWS::IAM::Role breakglass-event-bus-role":              "breakglass-event-bus-role",
			"AWS::IAM::ManagedPolicy breakglass-event-bus-policy":   "arn:aws:iam::111111111111:policy/breakglass-event-bus-policy",
			"AWS::KMS::Alias alias/breakglassSNS":                   "alias/breakglassSNS",
			"AWS::KMS::Key " + l.old.keyID:                          l.old.keyID,
			"AWS::SNS::Topic breakglassuser-console-logins":         topicARN,
			"AWS::SNS::Subscription " + mailbox:                     l.old.subscription,
			"AWS::Events::Rule capture-breakglass-user-sign-in":     region + "capture-breakglass-user-sign-in",
			"AWS::Events::Rule capture-breakglass-user-switch-role": region + "capture-breakglass-user-switch-role",
			"AWS::Events::Rule capture-breakglass-user-assume-role": region + "capture-breakglass-user-assume-role",
		},
		"BreakGlass-Forwarder-us-west-2": {
			"AWS::Events::Rule capture-breakglass-user-sign-in":     "arn:aws:events:us-west-2:111111111111:rule/capture-breakglass-user-sign-in",
			"AWS::Events::Rule capture-breakglass-user-switch-role": "arn:aws:events:us-west-2:111111111111:rule/capture-breakglass-user-switch-role",
			"AWS::Events::Rule capture-breakglass-user-assume-role": "arn:aws:events:us-west-2:111111111111:rule/capture-breakglass-user-assume-role",
		},
		"BreakGlass-Role-222222222222": {"AWS::IAM::Role BreakGlassRole": "BreakGlassRole"},
	}
	for _, at := range l.stacks {
		got := map[string]string{}
		for _, r := range found[at.Stack].Import {
			got[r.Type+" "+r.Name] = r.Identifier[identifierOf(r.Type)]
		}
		if len(got)+len(want[at.Stack]) > 0 && !maps.Equal(got, want[at.Stack]) {
			t.Errorf("%s is to import\n%q, want\n%q", at.Stack, got, want[at.Stack])
		}
	}
	role := found["BreakGlass-Role-222222222222"]
	if t.Failed() {
		return
	}
	var trust map[string]any
	if err := json.Unmarshal([]byte(trustWithoutMFA), &trust); err != nil {
		t.Fatal(err)
	}
	if !same(role.Import[0].record["AssumeRolePolicyDocument"], trust) || !slices.Contains(role.Import[0].Changes, "AssumeRolePolicyDocument") {
		t.Errorf("the record of the role is %v, and the deployment would change %q: the trust without MFA would stay", role.Import[0].record, role.Import[0].Changes)
	}
	if got := role.Import[0].record["ManagedPolicyArns"]; !same(got, []string{iamFullAccess}) {
		t.Errorf("the record of the role has the policies %v: the deployment would take something away, or the way back would", got)
	}
	steps := Steps(slices.Collect(maps.Values(found)), l.stacks, Caller{Folder: "out", Profile: func(string) string { return "" }})
	last := strings.Join(steps[len(steps)-1].Commands, "\n")
	for _, command := range []string{
		"aws iam detach-user-policy --user-name BreakglassUser --policy-arn arn:aws:iam::aws:policy/IAMFullAccess",
		"aws iam detach-role-policy --role-name BreakGlassRole --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess",
		"aws events remove-targets --rule capture-breakglass-user-sign-in --ids SendToSNS --region us-east-1",
		"aws events remove-targets --rule capture-breakglass-user-sign-in --ids SendToDefaultEventBus --region us-west-2",
	} {
		if !strings.Contains(last, command) {
			t.Errorf("what is left lacks %q:\n%s", command, last)
		}
	}
	for _, s := range found {
		for _, trouble := range s.InTheWay {
			t.Errorf("%s: in the way: %v", s.Stack, trouble)
		}
	}
}

// alarms carries out on each adopted rule what CloudFormation's update does, call by call, and signs in after each of them.
func (l *live) alarms(t *testing.T, found map[string]Stack) {
	mails, err := l.NewMailbox(t.Context(), mailbox)
	if err != nil {
		t.Fatal(err)
	}
	l.composer(t)
	// The mailbox takes the text of a composed alert from the email.
	_, err = sns.NewFromConfig(l.AWS(hubRegion)).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(topicARN), Protocol: aws.String("email"), Endpoint: aws.String("security-team@example.com"),
	})
	l.old.must(err)
	played := 0
	signIn := func(region string) int {
		for _, s := range watch.Samples {
			if s.Entry == "sign-in" && s.Alert == "" {
				event := watch.InRegion(s.Event(), region)
				played++ // the composer sends the same event once, and few in a minute
				_, err := dynamodb.NewFromConfig(l.AWS(hubRegion)).DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
					TableName: aws.String(names.AlertsTable),
					Key:       map[string]dynamotypes.AttributeValue{compose.TableKey: &dynamotypes.AttributeValueMemberS{Value: "rate#alert"}},
				})
				l.old.must(err)
				event["detail"].(watch.Fields)["eventID"] = fmt.Sprint("sign-in-", played)
				if err := l.Play(t.Context(), event); err != nil {
					t.Fatal(err)
				}
				got, err := mails.Collect(t.Context(), 1, 4*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				for end := len(got); end > 0; { // and those that came twice
					more, err := mails.Collect(t.Context(), 1, time.Second)
					if err != nil {
						t.Fatal(err)
					}
					end = len(more)
				}
				return len(got)
			}
		}
		t.Fatal("no sample of a sign-in")
		return 0
	}
	for _, region := range []string{"us-east-1", "us-west-2"} {
		if signIn(region) == 0 {
			t.Fatalf("the reference itself does not alert on a sign-in in %s", region)
		}
	}
	queues := map[string]string{}
	for _, region := range []string{"us-east-1", "us-west-2"} {
		if _, err := sqs.NewFromConfig(l.AWS(region)).CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("dead")}); err != nil {
			t.Fatal(err)
		}
		queues[region] = "arn:aws:sqs:" + region + ":111111111111:dead"
	}
	const rule = "capture-breakglass-user-sign-in"
	// A rule recorded with its old targets would have none for a moment, which is what the test must be able to see.
	silent := 0
	for _, stack := range []string{"BreakGlass-Hub", "BreakGlass-Forwarder-us-west-2"} {
		s := found[stack]
		i := slices.IndexFunc(s.Import, func(r Resource) bool { return r.Name == rule })
		r := s.Import[i]
		old := toTheTopic
		if s.Region != hubRegion {
			old = toTheHubBus
		}
		ours := s.template.Resources[r.LogicalID].Properties
		for _, call := range l.update(t, s.Region, rule, r.record["Targets"], ours, queues[s.Region]) {
			if signIn(s.Region) == 0 {
				t.Errorf("%s: after %s nobody was alerted to a sign-in", stack, call)
			}
		}
		l.restore(t, s.Region, rule, old)
		for range l.update(t, s.Region, rule, []any{map[string]any{"Id": old}}, ours, queues[s.Region]) {
			if signIn(s.Region) == 0 {
				silent++
			}
		}
	}
	if silent != 2 {
		t.Errorf("with the old targets in the record, %d moments without alarm were seen, want one in each Region: the test can't see one", silent)
	}
}

// composer makes what the hub's rules start, as its stack does before the hub is deployed.
func (l *live) composer(t *testing.T) {
	m := plan.Of(l.Config).ComposerOf(hubRegion)
	cfg := l.AWS(hubRegion)
	_, err := dynamodb.NewFromConfig(cfg).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &m.Table, BillingMode: dynamotypes.BillingModePayPerRequest,
		KeySchema:            []dynamotypes.KeySchemaElement{{AttributeName: aws.String(compose.TableKey), KeyType: dynamotypes.KeyTypeHash}},
		AttributeDefinitions: []dynamotypes.AttributeDefinition{{AttributeName: aws.String(compose.TableKey), AttributeType: dynamotypes.ScalarAttributeTypeS}},
	})
	l.old.must(err)
	hubs, roles := []place.Place{m.Place}, iam.NewFromConfig(cfg)
	for name, one := range map[string]struct{ trust, may access.Document }{
		names.ComposerRole:      {access.ComposerTrust(hubs), access.Composer(hubs, false)},
		names.ComposerStartRole: {access.ComposerStartTrust(hubs), access.ComposerStart(hubs)},
	} {
		trust, err := json.Marshal(one.trust)
		l.old.must(err)
		may, err := json.Marshal(one.may)
		l.old.must(err)
		_, err = roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(string(trust))})
		l.old.must(err)
		_, err = roles.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: &name, PolicyDocument: aws.String(string(may))})
		l.old.must(err)
	}
	_, err = sfn.NewFromConfig(cfg).CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(names.Composer), Definition: aws.String(m.Text()), RoleArn: aws.String(m.Place.Role(names.ComposerRole)),
	})
	l.old.must(err)
}

// update does to a rule what CloudFormation's handler does (aws-cloudformation-resource-providers-events, UpdateHandler): the
// rule, then the removal of the recorded targets that the template lacks, then the template's targets. It stops after each.
func (l *live) update(t *testing.T, region, name string, recorded any, ours map[string]any, queue string) func(func(int, string) bool) {
	bus := eventbridge.NewFromConfig(l.AWS(region))
	pattern, isText := ours["EventPattern"].(string)
	if !isText {
		t.Fatalf("the pattern of %s is %v", name, ours["EventPattern"])
	}
	var targets []events.Target
	var ids []string
	for _, one := range ours["Targets"].([]any) {
		m := one.(map[string]any)
		to := events.Target{Id: aws.String(m["Id"].(string)), DeadLetterConfig: &events.DeadLetterConfig{Arn: aws.String(queue)}}
		if arn, literal := m["Arn"].(string); literal {
			to.Arn = aws.String(arn)
		} else {
			to.Arn = aws.String(topicARN)
		}
		if role, ok := m["RoleArn"].(string); ok {
			to.RoleArn = aws.String(role)
		}
		if in, ok := m["InputTransformer"].(map[string]any); ok {
			paths := map[string]string{}
			for key, path := range in["InputPathsMap"].(map[string]any) {
				paths[key] = path.(string)
			}
			to.InputTransformer = &events.InputTransformer{InputTemplate: aws.String(in["InputTemplate"].(string)), InputPathsMap: paths}
		}
		targets, ids = append(targets, to), append(ids, *to.Id)
	}
	var gone []string
	list, _ := recorded.([]any)
	for _, one := range list {
		if id := one.(map[string]any)["Id"].(string); !slices.Contains(ids, id) {
			gone = append(gone, id)
		}
	}
	return func(yield func(int, string) bool) {
		if _, err := bus.PutRule(t.Context(), &eventbridge.PutRuleInput{
			Name: &name, EventPattern: &pattern, State: events.RuleState(ours["State"].(string)),
		}); err != nil {
			t.Fatal(err)
		}
		if !yield(0, "PutRule") {
			return
		}
		if len(gone) > 0 {
			if _, err := bus.RemoveTargets(t.Context(), &eventbridge.RemoveTargetsInput{Rule: &name, Ids: gone}); err != nil {
				t.Fatal(err)
			}
			if !yield(1, "RemoveTargets") {
				return
			}
		}
		if _, err := bus.PutTargets(t.Context(), &eventbridge.PutTargetsInput{Rule: &name, Targets: targets}); err != nil {
			t.Fatal(err)
		}
		yield(2, "PutTargets")
	}
}

// restore makes a rule what it was.
func (l *live) restore(t *testing.T, region, name, old string) {
	bus := eventbridge.NewFromConfig(l.AWS(region))
	out, err := bus.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: &name})
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range out.Targets {
		if *target.Id == old {
			continue
		}
		if _, err := bus.RemoveTargets(t.Context(), &eventbridge.RemoveTargetsInput{Rule: &name, Ids: []string{*target.Id}}); err != nil {
			t.Fatal(err)
		}
	}
}
