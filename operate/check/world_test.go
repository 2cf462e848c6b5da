package check

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	signin "github.com/aws/aws-sdk-go-v2/service/signin/types"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/plan"
)

const hub, forwarder = "us-east-1", "eu-west-1"

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a Region of an account in which all is well, until a test breaks it. It answers every narrow interface.
type world struct {
	composing
	s *scene
	// account is the hub's, or a target's.
	account, region string
	// hangs means that nothing there answers.
	hangs bool
	// profile returns the profile of the AWS CLI for an account; nil means that there is none.
	profile func(account string) string
	// perPage is how many items a page has; 0 means one on the first two pages and the rest on the third, so that all have to be read.
	perPage int
	// refused are the operations that AWS refuses, with the error.
	refused map[string]error
	// alter, if set, changes an answer before it is given.
	alter    func(out any)
	altering sync.Mutex

	regions map[string]regions.RegionOptStatus
	stacks  map[string]*cfn.Stack
	// owns are the physical IDs of what is in a stack, by its name.
	owns    map[string][]string
	rules   map[string]*eb.Rule
	targets map[string][]eb.Target
	bus     string
	topic   map[string]string
	// beatTopic is that of the heartbeats.
	beatTopic map[string]string
	subs      []types.Subscription
	sub       map[string]string
	phones    []types.SMSSandboxPhoneNumber // nil outside the sandbox
	optedOut  string

	spendLimit string
	key        *kt.KeyMetadata
	rotates    bool
	trails     []ct.Trail
	logging    *cloudtrail.GetTrailStatusOutput
	selected   *cloudtrail.GetEventSelectorsOutput
	queues     map[string]map[string]string
	alarms     map[string]*cw.MetricAlarm
	groups     map[string]*cw.CompositeAlarm
	schedule   *scheduler.GetScheduleOutput
	calls      map[string]*scheduler.GetScheduleOutput // the schedules of a canary, by their names
	beats      []logs.FilteredLogEvent
	// recorded is what the ledger has.
	recorded []logs.FilteredLogEvent
	kept     map[string]int32
	policies map[string]string // of logs
	ofGroups map[string]string // resource policies of single log groups
	// protection is the topic's data protection policy.
	protection string
	keyRules   string

	users     map[string]*it.User
	passwords map[string]*it.LoginProfile
	devices   map[string][]it.MFADevice
	keys      map[string][]it.AccessKeyMetadata
	memberOf  map[string][]string
	direct    map[string][]string // inline policies of the users
	direction map[string]string   // documents of inline policies of users and of other groups, by the policy's or group's name
	attached  map[string][]string // to users directly
	expiry    *it.PasswordPolicy
	// changed is when a password was changed, by the user's name, where that is not when it was created.
	changed   map[string]time.Time
	reported  atomic.Bool // whether somebody asked for a credential report
	members   []string
	groupARN  string
	ofGroup   []string // ARNs of the group's policies
	inline    []string // of the group
	documents map[string]string
	roles     map[string]*it.Role
	ofRole    map[string][]string
	inRole    map[string]map[string]string

	// restricted is whether the account restricts sign-in to the console, and signInPolicy how.
	restricted   bool
	signInPolicy []signin.PolicyStatement

	units     *organization
	sets      map[string]*cfn.StackSet
	instances map[string][]cfn.StackInstanceSummary
	changes   map[string][]cfn.StackSetOperationSummary
}

const keyID = "0f0f0f0f-1111-2222-3333-444444444444"

// well returns a Region of the hub account of sample.yaml.
func well(t *testing.T, region string) *world {
	t.Helper()
	return wellIn(t, "sample", "111111111111", region)
}

// wells are the worlds that were made, by file, account and Region.
var wells sync.Map

// wellIn returns a Region of an account, made of the templates of a file below testdata.
func wellIn(t testing.TB, file, account, region string) *world {
	t.Helper()
	key := [3]string{file, account, region}
	made, ok := wells.Load(key)
	if !ok {
		made, _ = wells.LoadOrStore(key, newWorld(t, file, account, region))
	}
	w := made.(*world).copied()
	w.s = sceneOf(t, file)
	return w
}

func newWorld(t testing.TB, file, account, region string) *world {
	t.Helper()
	w := &world{s: sceneOf(t, file), account: account, region: region, refused: map[string]error{}}
	w.regions = map[string]regions.RegionOptStatus{"sa-east-1": regions.RegionOptStatusEnabledByDefault, "af-south-1": regions.RegionOptStatusDisabled}
	for _, r := range w.s.config.Regions {
		w.regions[r] = regions.RegionOptStatusEnabledByDefault
	}
	w.deploy(templatesOf(t, file))
	w.trust(t)
	w.confirm()
	w.organize()
	for _, u := range w.s.config.Users {
		if w.account != w.s.account() || region != w.s.config.Hub.Region {
			break
		}
		for _, way := range exercise.WaysOf(w.s.plan.Ways(), u.Name) {
			w.exercise(t, u.Name, way, now.Add(-10*day), true)
		}
	}
	return w
}

func newScene(c *config.Config, now time.Time) *scene {
	return &scene{config: c, plan: plan.Of(c), now: now, caller: c.Hub.Account}
}

var scenes sync.Map

// sceneOf returns what every area knows of a file below testdata; tests may change the configuration.
func sceneOf(t testing.TB, file string) *scene {
	t.Helper()
	known, ok := scenes.Load(file)
	if !ok {
		c, err := config.Load("testdata/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		known, _ = scenes.LoadOrStore(file, newScene(c, now))
	}
	s := *known.(*scene)
	c := *s.config
	c.Deploy.Access = config.AccessBootstrap // its target accounts trust the hub account: world_bootstrap_test.go
	s.config = &c
	return &s
}

func (w *world) placements() []plan.Placement {
	return slices.DeleteFunc(slices.Clone(w.s.plan.Placements), func(at plan.Placement) bool {
		return at.Region != w.region || at.Account != w.account
	})
}

// confirm makes what no template of the sample has: how the subscriptions were confirmed, and the organization's trail.
func (w *world) confirm() {
	w.sub = map[string]string{"ConfirmationWasAuthenticated": "true"}
	w.trails = []ct.Trail{{
		Name: aws.String("organization"), TrailARN: aws.String("arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization"), HomeRegion: aws.String("eu-west-1"),
		IsMultiRegionTrail: aws.Bool(true), IncludeGlobalServiceEvents: aws.Bool(true), IsOrganizationTrail: aws.Bool(true),
	}}
	w.logging, w.selected = &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true)}, &cloudtrail.GetEventSelectorsOutput{}
}

// denied returns AWS's error for a missing permission.
func denied(permission string) error {
	return &smithy.GenericAPIError{Code: "AccessDenied", Message: "User: x is not authorized to perform: " + permission + " on resource: *"}
}

// refuse makes AWS refuse an operation.
func (w *world) refuse(service, operation string) {
	err := denied(service + ":" + operation)
	if service == "dynamodb" && operation == "GetResourcePolicy" {
		operation = "TableGetResourcePolicy"
	}
	w.refused[operation] = err
}

func answer[T any](w *world, operation string, out T) (T, error) {
	if err := w.refused[operation]; err != nil {
		var none T
		return none, err
	}
	if w.alter != nil {
		w.altering.Lock()
		defer w.altering.Unlock()
		w.alter(out)
	}
	return out, nil
}

// paged returns one page of a list, and the token of the next.
func paged[T any](w *world, all []T, token *string) (one []T, next *string) {
	i := 0
	if token != nil {
		if n, err := fmt.Sscan(*token, &i); n != 1 || err != nil || i >= len(all) {
			panic("there is no page " + *token)
		}
	}
	after := min(i+max(w.perPage, 1), len(all))
	if w.perPage == 0 && i == 2 {
		after = len(all)
	}
	if after < len(all) {
		next = aws.String(fmt.Sprint(after))
	}
	return all[i:after], next
}

// values returns the values of a map, in the order of its keys.
func values[V any](m map[string]V) []V {
	var all []V
	for _, key := range sorted(m) {
		all = append(all, m[key])
	}
	return all
}

var noSuchEntity = &it.NoSuchEntityException{}
