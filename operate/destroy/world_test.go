package destroy

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

// world is AWS after the deployment of the app that package check keeps the templates of: each account has what its templates create,
// and something that belongs to others. Every list has one item a page. It refuses what AWS refuses.
type world struct {
	plan     plan.Plan
	accounts map[string]*site
}

// site is an account.
type site struct {
	*stub.Server
	number string
	users  *users
	// stacks by "region name", in the order of their names; has are the names of resources by "region type", or " type" for IAM.
	stacks map[string]*made
	has    map[string][]string
	// waiting are the keys that wait for their deletion.
	waiting map[string]bool
	// notes are calls that change something, such as "delete us-east-1 BreakGlass-Hub".
	notes []string
}

// made is a stack with its resources.
type made struct {
	name, id, status string
	protected        bool
	resources        []resource
	imports          []string
	// stays is why its resources cannot be deleted, if they cannot.
	stays string
}

type resource struct {
	logical, kind, name, region string
	kept                        bool
	// skipped means that CloudFormation could not delete it, and left it out of the stack.
	skipped bool
}

const templatesOfTheCheck = "../check/testdata/templates/sample"

// nameProperties are where the names of resources are in a template.
var nameProperties = map[string]string{
	"AWS::Events::Rule": "Name", "AWS::SNS::Topic": "TopicName", "AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::CompositeAlarm": "AlarmName",
	"AWS::Logs::LogGroup": "LogGroupName", "AWS::Logs::ResourcePolicy": "PolicyName", "AWS::Scheduler::Schedule": "Name",
	"AWS::StepFunctions::StateMachine": "StateMachineName",
	"AWS::DynamoDB::Table":             "TableName", "AWS::KMS::Alias": "AliasName", "AWS::CloudWatch::Dashboard": "DashboardName", "AWS::IAM::User": "UserName",
	"AWS::IAM::Group":         "GroupName",
	"AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::Role": "RoleName", "AWS::Events::EventBusPolicy": "StatementId",
	"AWS::CloudTrail::Trail": "TrailName",
}

// physical returns the name or ARN by which AWS lists a resource.
func physical(account, region, kind, name string) string {
	switch kind {
	case "AWS::SNS::Topic":
		return "arn:aws:sns:" + region + ":" + account + ":" + name
	case "AWS::StepFunctions::StateMachine":
		return "arn:aws:states:" + region + ":" + account + ":stateMachine:" + name
	case "AWS::SQS::Queue":
		return "https://sqs." + region + ".amazonaws.com/" + account + "/" + name
	case "AWS::IAM::ManagedPolicy":
		return "arn:aws:iam::" + account + ":policy/" + name
	}
	return name
}

var imported = regexp.MustCompile(`Fn::ImportValue: ([^:\s]+):`)

func newWorld(t *testing.T, more string) *world {
	t.Helper()
	text, err := os.ReadFile("../check/testdata/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse("breakglass.yaml", []byte(string(text)+more))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{plan: plan.Of(c), accounts: map[string]*site{}}
	paths, err := filepath.Glob(filepath.Join(templatesOfTheCheck, "*", "*", "*.yaml"))
	if err != nil || len(paths) != len(w.plan.Placements) {
		t.Fatalf("%d templates, %d stacks, %v", len(paths), len(w.plan.Placements), err)
	}
	for _, path := range paths {
		region := filepath.Base(filepath.Dir(path))
		w.at(t, filepath.Base(filepath.Dir(filepath.Dir(path)))).make(t, region, path)
	}
	return w
}

func (w *world) at(t *testing.T, number string) *site {
	t.Helper()
	if s := w.accounts[number]; s != nil {
		return s
	}
	s := &site{Server: stub.New(), number: number, stacks: map[string]*made{}, has: map[string][]string{}, waiting: map[string]bool{}}
	t.Cleanup(s.Close)
	s.users = newUsers(s.Server)
	s.answer()
	w.accounts[number] = s
	return s
}

// make creates the stack of a template.
func (s *site) make(t *testing.T, region, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type           string         `yaml:"Type"`
			DeletionPolicy string         `yaml:"DeletionPolicy"`
			Properties     map[string]any `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".yaml")
	stack := &made{name: name, id: "arn:aws:cloudformation:" + region + ":" + s.number + ":stack/" + name + "/1", status: "CREATE_COMPLETE", protected: true}
	for _, m := range imported.FindAllStringSubmatch(string(text), -1) {
		stack.imports = append(stack.imports, m[1])
	}
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		r := template.Resources[id]
		of := region
		if strings.HasPrefix(r.Type, "AWS::IAM::") {
			of = ""
		}
		called, ok := r.Properties[nameProperties[r.Type]].(string)
		if !ok {
			called = name + "-" + id + "-1A2B3C"
		}
		one := resource{logical: id, kind: r.Type, name: physical(s.number, region, r.Type, called), region: of, kept: strings.HasPrefix(r.DeletionPolicy, "Retain")}
		stack.resources = append(stack.resources, one)
		s.has[of+" "+r.Type] = append(s.has[of+" "+r.Type], one.name)
		if r.Type == "AWS::IAM::User" {
			s.users.has[called] = map[string][]string{}
		}
	}
	s.stacks[region+" "+name] = stack
}

// gone removes the stacks, and leaves their resources.
func (s *site) gone() { s.stacks = map[string]*made{} }

// find returns a stack by its name or ARN; one that is deleted is found by its ARN only.
func (s *site) find(region, name string) *made {
	for key, stack := range s.stacks {
		if strings.HasPrefix(key, region+" ") && (stack.id == name || stack.name == name && stack.status != "DELETE_COMPLETE") {
			return stack
		}
	}
	return nil
}

func describe(s *made) string {
	return fmt.Sprintf("<member><StackName>%s</StackName><StackId>%s</StackId><StackStatus>%s</StackStatus><EnableTerminationProtection>%v</EnableTerminationProtection>"+
		"<CreationTime>2026-01-01T00:00:00Z</CreationTime></member>", s.name, s.id, s.status, s.protected)
}

func event(s *made, logical, kind, physical, status, reason string) string {
	return "<member><EventId>" + logical + status + "</EventId><LogicalResourceId>" + logical + "</LogicalResourceId><ResourceType>" + kind +
		"</ResourceType><PhysicalResourceId>" + physical +
		"</PhysicalResourceId><StackId>" + s.id + "</StackId><ResourceStatus>" + status + "</ResourceStatus><ResourceStatusReason>" + reason +
		"</ResourceStatusReason><Timestamp>2026-01-01T00:00:00Z</Timestamp></member>"
}

// delete does what CloudFormation does, and returns why it cannot.
func (s *site) delete(region string, stack *made) {
	fail := func(why string) { stack.status, stack.stays = "DELETE_FAILED", why }
	for key, other := range s.stacks {
		if strings.HasPrefix(key, region+" ") && other.status != "DELETE_COMPLETE" && slices.Contains(other.imports, stack.name) {
			fail("Export " + stack.name + ":x cannot be deleted as it is in use by " + other.name)
			return
		}
	}
	for _, r := range stack.resources {
		if r.kind == "AWS::IAM::User" && s.users.fullOf(r.name) {
			fail("Cannot delete entity, must delete login profile first.")
			return
		}
	}
	if stack.stays != "" {
		fail(stack.stays)
		return
	}
	stack.status = "DELETE_COMPLETE"
	for _, r := range stack.resources {
		if r.kind == "AWS::KMS::Key" {
			s.waiting[r.name] = true
		}
		if !r.kept {
			key := r.region + " " + r.kind
			s.has[key] = slices.DeleteFunc(s.has[key], func(name string) bool { return name == r.name })
		}
	}
}
