package destroy

import (
	"errors"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
)

// silent shows no progress.
type silent struct{}

func (silent) Begin(int, string) {}
func (silent) Step(string)       {}
func (silent) End()              {}

// found makes a request on a cloud, as the command does; the caller is in the hub account.
func found(t *testing.T, c *cloud, file string) (*Found, error) {
	t.Helper()
	c.Direct(t)
	parsed, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := account.Load(t.Context(), "", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	return Find(t.Context(), Request{Config: parsed, Caller: caller, Keys: account.NewKeys(caller, parsed, nil), Profile: "hub", Progress: silent{}})
}

const small = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, eu-south-2]
alerts: {email: [a@example.com]}
monitoring: {heartbeats: false, dashboard: false, tampering: false, deliveryFailures: false, newRegions: false}
`

func TestFindAndRemove(t *testing.T) {
	c := newCloud(t)
	c.Answer("account:POST/listRegions",
		`{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"eu-south-2","RegionOptStatus":"DISABLED"}]}`)
	f, err := found(t, c, small)
	if err != nil {
		t.Fatal(err)
	}
	// A Region that is not enabled has no stacks.
	for _, s := range f.Stacks {
		if s.Region != "us-east-1" || !s.Protected || s.Status != "CREATE_COMPLETE" {
			t.Errorf("%+v", s)
		}
	}
	if got := f.CLIProfile("111111111111"); got != "hub" {
		t.Errorf("the AWS CLI reaches the hub with the profile %q", got)
	}
	ended := 0
	r, err := f.Remove(t.Context(), func(Outcome) { ended++ }, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.Stacks); n == 0 || r.Removed() != n || ended != n || len(c.deleted) != n {
		t.Errorf("removed %d of %d, deleted %q", r.Removed(), n, c.deleted)
	}
	// The rest of the cloud refuses, so that the search is not complete, and nothing claims that it is.
	if len(r.Blind) == 0 || f.Complete(r) {
		t.Errorf("complete is %v with %+v", f.Complete(r), r.Blind)
	}
	for _, b := range r.Blind {
		if b.Region == "eu-south-2" {
			t.Errorf("a Region that is not enabled is missed: %+v", b)
		}
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "accounts that the file no longer names") {
		t.Errorf("notes %q", r.Notes)
	}
	whole := &Result{Stacks: []Outcome{{State: Removed}}, Remains: []Remain{{Kept: true}}}
	if !f.Complete(whole) {
		t.Error("what is kept on purpose is a failure")
	}
	for name, r := range map[string]*Result{
		"a stack": {Stacks: []Outcome{{State: Failed}}}, "a remain": {Remains: []Remain{{}}}, "a place": {Blind: []Blind{{}}},
	} {
		if f.Complete(r) {
			t.Errorf("%s is left, and it is complete", name)
		}
	}
	if unsure := (&Found{Unknown: map[string]error{"BreakGlass-Hub": errors.New("no answer")}}); unsure.Complete(whole) {
		t.Error("of a stack, nothing is known, and it is complete")
	}
	if len(whole.Left(true)) != 1 || len(whole.Left(false)) != 0 {
		t.Errorf("left %v and %v", whole.Left(true), whole.Left(false))
	}
}

func TestNothingIsFoundWithoutTheHub(t *testing.T) {
	c := newCloud(t)
	if _, err := found(t, c, strings.Replace(small, "111111111111", "999999999999", 1)); err == nil ||
		!strings.Contains(err.Error(), "the hub account 999999999999 cannot be entered; nothing was changed") {
		t.Errorf("%v", err)
	}
	c.Fail("cloudformation:DescribeStacks", "AccessDenied", "User: x is not authorized to perform: cloudformation:DescribeStacks on resource: y")
	if _, err := found(t, c, small); err == nil || !strings.Contains(err.Error(), "no stack can be found: ") {
		t.Errorf("%v", err)
	}
}

// A key waits for its deletion, and can be kept until then.
func TestAKeyThatWaits(t *testing.T) {
	c := newCloud(t)
	for state, want := range map[string]int{"PendingDeletion": 1, "Enabled": 0} {
		c.Answer("kms:DescribeKey", `{"KeyMetadata":{"KeyId":"1","KeyState":"`+state+`","DeletionDate":1798761600}}`)
		r := &Removal{Keys: keys{c.Server}, Plan: thePlan(t, ""), outlived: []Resource{{resourceKinds["AWS::KMS::Key"], "1111-2222", "111111111111", "us-east-1"}}}
		kept, notes := r.Afterwards(t.Context())
		if len(kept) != 0 || len(notes) != want {
			t.Errorf("%s: kept %v, notes %q", state, kept, notes)
		}
		if want == 1 &&
			notes[0] != "key 1111-2222 in us-east-1 is deleted on 2027-01-01; to keep it: aws kms cancel-key-deletion --key-id 1111-2222 --region us-east-1" {
			t.Errorf("%s", notes[0])
		}
	}
	c.Fail("kms:DescribeKey", "NotFoundException", "no")
	r := &Removal{Keys: keys{c.Server}, Plan: thePlan(t, ""), outlived: []Resource{{"key", "1", "111111111111", "us-east-1"}}}
	if _, notes := r.Afterwards(t.Context()); len(notes) != 0 {
		t.Errorf("%q", notes)
	}
}
