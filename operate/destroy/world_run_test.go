package destroy

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// kindOf are the words of the search for the types of the templates.
var kindOf = map[string]string{
	"AWS::Events::Rule": "rule", "AWS::SNS::Topic": "topic", "AWS::SQS::Queue": "queue", "AWS::CloudWatch::Alarm": "alarm",
	"AWS::CloudWatch::CompositeAlarm": "alarm",
	"AWS::Logs::LogGroup":             "log group", "AWS::Logs::ResourcePolicy": "policy of the logs", "AWS::Scheduler::Schedule": "schedule",
	"AWS::StepFunctions::StateMachine": "state machine",
	"AWS::DynamoDB::Table":             "table", "AWS::KMS::Alias": "key alias", "AWS::CloudWatch::Dashboard": "dashboard", "AWS::IAM::User": "user",
	"AWS::IAM::Group":         "group",
	"AWS::IAM::ManagedPolicy": "policy", "AWS::IAM::Role": "role", "AWS::Events::EventBusPolicy": "statement on the event bus", "AWS::CloudTrail::Trail": "trail",
	"AWS::Events::ApiDestination": "API destination", "AWS::Events::Connection": "connection",
}

// notSearched are the types that the search leaves out, and why.
var notSearched = map[string]string{
	"AWS::SQS::QueuePolicy": "goes with its queue", "AWS::SNS::TopicPolicy": "goes with its topic", "AWS::SNS::Subscription": "goes with its topic",
	"AWS::KMS::Key":              "has no name; Afterwards reports it",
	"AWS::S3::Bucket":            "Afterwards reports that of the trail, and the stack's failure those of the pipeline",
	"AWS::S3::BucketPolicy":      "goes with its bucket",
	"AWS::Logs::QueryDefinition": "is text that costs nothing", "AWS::CloudFormation::StackSet": "CloudFormation reports that it is removed",
	"AWS::Chatbot::SlackChannelConfiguration":          "sends nothing without the topic",
	"AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "sends nothing without the topic",
	"AWS::Notifications::NotificationConfiguration":    "its stack is found", "AWS::Notifications::EventRule": "its stack is found",
	"AWS::Notifications::ChannelAssociation":   "its stack is found",
	"AWS::NotificationsContacts::EmailContact": "its stack is found", "AWS::CodePipeline::Pipeline": "its stack is found",
	"AWS::CodeBuild::Project": "its stack is found",
}

// expected returns what the search has to find in a world, without the stacks.
func (w *world) expected(t *testing.T) []string {
	t.Helper()
	var all []string
	for number, s := range w.accounts {
		for key, things := range s.has {
			region, kind, _ := strings.Cut(key, " ")
			word, ok := kindOf[kind]
			if !ok && notSearched[kind] == "" {
				t.Errorf("nobody says whether a %s is searched for", kind)
			}
			for _, name := range things {
				if kind == "AWS::IAM::ManagedPolicy" {
					name = name[strings.LastIndex(name, "/")+1:]
				}
				if ok {
					all = append(all, strings.Join([]string{number, region, word, name}, " "))
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func (w *world) search() Search {
	return Search{
		Keys: siteKeys{w}, Plan: w.plan, Regions: []string{"ap-northeast-1"}, Step: func(string) {},
		Leave:   func(string, string) bool { return false },
		Profile: func(account string) string { return "for " + account },
	}
}

func lines(left []Remain) []string {
	var all []string
	for _, r := range left {
		all = append(all, strings.Join([]string{r.Account, r.Region, r.Kind, r.Name}, " "))
	}
	slices.Sort(all)
	return all
}

// Everything that the templates create is found where its stack is not known any more, and nothing that belongs to others.
func TestWhatTheTemplatesCreateIsFound(t *testing.T) {
	w := newWorld(t, "")
	for _, s := range w.accounts {
		s.gone()
	}
	steps := map[string]bool{}
	search := w.search()
	search.Step = func(place string) { steps[place] = true }
	left, blind := search.Remains(t.Context())
	if diff := cmp.Diff(w.expected(t), lines(left)); diff != "" || len(blind) > 0 {
		t.Errorf("blind %v, found\n%s", blind, diff)
	}
	if len(steps) != search.Places() || !steps["111111111111 IAM"] || !steps["111111111111 ap-northeast-1"] || !steps["222222222222 eu-west-1"] {
		t.Errorf("%d of %d steps: %v", len(steps), search.Places(), steps)
	}
	for _, r := range left {
		if r.Kept != (r.Name == names.Ledger) {
			t.Errorf("kept: %+v", r)
		}
		if !strings.Contains(r.Remove, " --profile 'for "+r.Account+"'") || strings.Contains(r.Remove, "--region ") != (r.Region != "") ||
			strings.Contains(r.Remove, "--region") && !strings.Contains(r.Remove, "--region "+r.Region+" ") {
			t.Errorf("the command does not reach it: %+v", r)
		}
		if name := r.Name; r.Kind != "queue" && !strings.Contains(r.Remove, name) {
			t.Errorf("the command does not name it: %+v", r)
		}
	}
}

// Every name that a template of the app gives is searched for in the hub account, whatever the file has switched on; what has none of
// its own is in a stack, or goes with it.
func TestEveryNameOfTheTemplatesIsSearchedFor(t *testing.T) {
	w := &world{accounts: map[string]*site{}}
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [a@example.com]}
targets: [{account: "111111111111"}]
observers: {regions: [us-east-1]}
`))
	if err != nil {
		t.Fatal(err)
	}
	w.plan = plan.Of(c)
	s := w.at(t, "111111111111")
	paths, err := filepath.Glob("../../stacks/testdata/golden/*.yaml")
	if err != nil || len(paths) < 20 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		s.make(t, "us-east-1", path)
	}
	s.gone()
	// What observers have in a target account, and the logs of the pipeline's builds, are found with their stacks.
	elsewhere := func(name string) bool {
		return name == names.ObserverRole || strings.HasPrefix(name, "/aws/codebuild/")
	}
	for key, named := range s.has {
		// What is not named in the template has a name that CloudFormation makes, with the number of the fake at its end.
		s.has[key] = slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(named,
			func(name string) bool { return strings.HasSuffix(name, "-1A2B3C") || elsewhere(name) }))))
	}
	left, blind := w.search().Remains(t.Context())
	if diff := cmp.Diff(w.expected(t), lines(left)); diff != "" || len(blind) > 0 {
		t.Errorf("blind %v, found\n%s", blind, diff)
	}
}

// Of a stack that is left, what belongs to it is not listed: the stack's command removes it.
func TestOfAStackThatIsLeftNothingElseIsListed(t *testing.T) {
	w := newWorld(t, "")
	var stacks []string
	for number, s := range w.accounts {
		for key := range s.stacks {
			region, name, _ := strings.Cut(key, " ")
			stacks = append(stacks, strings.Join([]string{number, region, "stack", name}, " "))
		}
	}
	slices.Sort(stacks)
	left, blind := w.search().Remains(t.Context())
	if diff := cmp.Diff(stacks, slices.DeleteFunc(lines(left), func(line string) bool {
		return strings.Contains(line, "statement on the event bus")
	})); diff != "" || len(blind) > 0 {
		t.Errorf("blind %v, found\n%s", blind, diff)
	}
	// What a stack does not own any more, since it could not delete it and skipped it, is listed, and so is what an account has besides.
	hub := w.accounts["111111111111"]
	hub.has["eu-west-1 AWS::Events::Rule"] = append(hub.has["eu-west-1 AWS::Events::Rule"], "forward-breakglass-of-nobody")
	of := hub.stacks["us-east-1 BreakGlass-Hub"].resources
	skipped := slices.IndexFunc(of, func(r resource) bool {
		return r.kind == "AWS::SNS::Topic" && strings.HasSuffix(r.name, ":"+names.Topic)
	})
	of[skipped].skipped = true
	left, _ = w.search().Remains(t.Context())
	for _, want := range []string{"111111111111 eu-west-1 rule forward-breakglass-of-nobody", "111111111111 us-east-1 topic " + of[skipped].name} {
		if !slices.Contains(lines(left), want) || len(left) < len(stacks)+2 {
			t.Errorf("%q is not in %q", want, lines(left))
		}
	}
	of[skipped].skipped = false
	// Where nobody may read the stacks' resources, the list is longer.
	for _, s := range w.accounts {
		s.Fail("cloudformation:ListStackResources", "AccessDenied", "no")
	}
	left, blind = w.search().Remains(t.Context())
	if want := append(w.expected(t), stacks...); len(left) != len(want) || len(blind) > 0 {
		t.Errorf("left are %d of %d, blind %v", len(left), len(want), blind)
	}
}

// An account that cannot be entered is not taken for an empty one.
func TestAnAccountThatCannotBeEnteredIsNotSearched(t *testing.T) {
	w := newWorld(t, "")
	target := w.accounts["222222222222"]
	delete(w.accounts, "222222222222")
	left, blind := w.search().Remains(t.Context())
	var places []string
	for _, b := range blind {
		if !b.earlier {
			places = append(places, b.Account+" "+b.Region+": "+b.Reason)
		}
	}
	slices.Sort(places)
	const why = "account 222222222222 cannot be entered"
	if diff := cmp.Diff([]string{"222222222222 : " + why, "222222222222 eu-west-1: " + why, "222222222222 us-east-1: " + why}, places); diff != "" {
		t.Error(diff)
	}
	for _, r := range left {
		if r.Account == target.number {
			t.Errorf("%+v", r)
		}
	}
	r := &Removal{Keys: siteKeys{w}, Plan: w.plan, outlived: []Resource{{"key", "1", target.number, "eu-west-1"}}}
	if kept, notes := r.Afterwards(t.Context()); len(kept)+len(notes) > 0 {
		t.Errorf("kept %v, notes %q", kept, notes)
	}
	found, unknown := FindStacks(t.Context(), siteKeys{w}, w.plan, func(string) {})
	if len(unknown) != len(target.stacks) || len(found)+len(unknown) != len(w.plan.Placements) {
		t.Errorf("unknown are %v", unknown)
	}
}

// The deployment of the templates is removed as a whole, against a CloudFormation and an IAM that refuse as AWS does: each stack is
// deleted once, after its protection is lifted and after those that import from it, and the trail, the keys and the ledger remain.
func TestTheDeploymentOfTheTemplatesIsRemoved(t *testing.T) {
	w := newWorld(t, "")
	hub := w.accounts["111111111111"]
	for _, user := range []string{"alice", "bob"} {
		hub.users.has[user] = everything(user)
	}
	hub.users.has["somebody"] = everything("somebody")
	seen := 0
	found, unknown := FindStacks(t.Context(), siteKeys{w}, w.plan, func(string) { seen++ })
	if len(found) != len(w.plan.Placements) || len(unknown) > 0 || seen != len(found) {
		t.Fatalf("found %d of %d with %d steps, unknown %v", len(found), len(w.plan.Placements), seen, unknown)
	}
	for _, s := range found {
		if at := w.accounts[s.Account].stacks[s.Region+" "+s.Stack]; s.ID != at.id || s.Status != "CREATE_COMPLETE" || !s.Protected {
			t.Errorf("%+v is %+v", s, at)
		}
	}
	var said []string
	ended := map[string]bool{}
	r := &Removal{
		Keys: siteKeys{w}, Plan: w.plan, Stacks: found, Poll: time.Millisecond,
		OnEnd: func(o Outcome) { ended[o.Stack] = true }, Say: func(text string) { said = append(said, text) },
	}
	for _, o := range r.Run(t.Context()) {
		at := w.accounts[o.Account].stacks[o.Region+" "+o.Stack]
		if o.State != Removed || at.status != "DELETE_COMPLETE" || !ended[o.Stack] || o.Reason != "" || o.Seconds < 0 || o.Seconds > 60 ||
			math.Mod(o.Seconds*10, 1) != 0 {
			t.Errorf("%+v: %+v", o, at)
		}
	}
	for number, s := range w.accounts {
		var want []string
		for key := range s.stacks {
			want = append(want, "delete "+key, "lift "+key)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(s.notes))); diff != "" {
			t.Errorf("%s: %s", number, diff)
		}
		for _, key := range slices.Collect(maps.Keys(s.stacks)) {
			if slices.Index(s.notes, "lift "+key) > slices.Index(s.notes, "delete "+key) {
				t.Errorf("%s is deleted before its protection is lifted", key)
			}
		}
	}
	const all = "the password, 3 MFA devices, 2 access keys, 1 signing certificate, 2 SSH keys, 3 service credentials"
	if diff := cmp.Diff([]string{"alice: deleted " + all, "bob: deleted " + all}, said); diff != "" {
		t.Error(diff)
	}
	if !hub.users.fullOf("somebody") || hub.users.fullOf("alice") || len(hub.users.inactive) > 0 {
		t.Errorf("the users have %v and %v", hub.users.has, hub.users.inactive)
	}
	left, blind := w.search().Remains(t.Context())
	if diff := cmp.Diff([]string{
		"111111111111 us-east-1 log group " + names.Ledger, "111111111111 us-west-2 log group " + names.Ledger,
	}, lines(left)); diff != "" || len(blind) > 0 {
		t.Errorf("blind %v, left\n%s", blind, diff)
	}
	kept, notes := r.Afterwards(t.Context())
	slices.Sort(notes)
	if len(kept) != 0 || len(notes) != 2 {
		t.Fatalf("kept %v, notes %q", kept, notes)
	}
	for i, want := range []string{"BreakGlass-Hub-TopicKey2615B30A-1A2B3C in us-east-1", "BreakGlass-Standby-TopicKey2615B30A-1A2B3C in us-west-2"} {
		if key, region, _ := strings.Cut(want, " in "); notes[i] != fmt.Sprintf("key %s is deleted on 2027-01-01; to keep it: aws kms cancel-key-deletion --key-id %s --region %s", want, key, region) {
			t.Errorf("%s", notes[i])
		}
	}
	// What is gone is not there the next time.
	if again, unknown := FindStacks(t.Context(), siteKeys{w}, w.plan, func(string) {}); len(again)+len(unknown) > 0 {
		t.Errorf("found again: %v, %v", again, unknown)
	}
}

// A hub that cannot be deleted is still there, and so is all that it needs; what went before it is gone.
func TestAHubThatStaysKeepsWhatItNeeds(t *testing.T) {
	w := newWorld(t, "")
	hub := w.accounts["111111111111"]
	hub.stacks["us-east-1 BreakGlass-Hub"].stays = "Resource is in use"
	found, _ := FindStacks(t.Context(), siteKeys{w}, w.plan, func(string) {})
	ended := map[string]State{}
	r := &Removal{Keys: siteKeys{w}, Plan: w.plan, Stacks: found, Poll: time.Millisecond, OnEnd: func(o Outcome) { ended[o.Stack] = o.State }}
	states := map[string]string{}
	for _, o := range r.Run(t.Context()) {
		if ended[o.Stack] != o.State {
			t.Errorf("%s ended as %q, and is %q", o.Stack, ended[o.Stack], o.State)
		}
		if o.State != Removed {
			states[o.Stack] = string(o.State) + ": " + o.Reason
		}
	}
	if diff := cmp.Diff(map[string]string{
		"BreakGlass-Hub":                "failed: First (AWS::X::Y): Resource is in use",
		"BreakGlass-Composer-us-east-1": "blocked: BreakGlass-Composer-us-west-2 depends on it and is not removed",
		"BreakGlass-Composer-us-west-2": "blocked: BreakGlass-Hub depends on it and is not removed",
	}, states); diff != "" {
		t.Error(diff)
	}
	if hub.waiting["BreakGlass-Hub-TopicKey2615B30A-1A2B3C"] || len(r.outlived) != 1 {
		t.Errorf("outlived %v", r.outlived)
	}
}
