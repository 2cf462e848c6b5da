package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/place"
)

// The documents are made for a partition, a Region and accounts that nothing in the package may take for granted.
const (
	partition = "aws-us-gov"
	region    = "us-gov-west-1"
	account   = "012345678901"
)

var here = place.Place{Partition: partition, Account: account, Region: region}

var (
	topic    = "arn:aws-us-gov:sns:us-gov-west-1:012345678901:alerts"
	queue    = "arn:aws-us-gov:sqs:us-gov-west-1:012345678901:letters"
	logGroup = "arn:aws-us-gov:logs:us-gov-west-1:012345678901:log-group:/aws/events/x"
	buses    = []string{"arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default", "arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default"}
)

// someUsers makes users with names of a length.
func someUsers(n, length int) []User {
	users := make([]User, n)
	for i := range users {
		users[i] = User{Place: here, Name: fmt.Sprintf("%0*d", length, i)}
	}
	return users
}

// guarded is what the organization's policies protect, with as many roles as may deploy.
func guarded(users []User) GuardrailScope {
	return GuardrailScope{
		Hub: here, Users: users, Role: "BreakGlassRole", Deployers: []string{"OrganizationAccountAccessRole", "stacksets-exec-*", "team/Deployer"},
		Policies: []string{"team/Boundary"}, StackSets: true,
	}
}

func statements(d Document) []map[string]any {
	var all []map[string]any
	for _, s := range d["Statement"].([]any) {
		all = append(all, s.(map[string]any))
	}
	return all
}

// bySid returns the statement with that Sid.
func bySid(t *testing.T, d Document, sid string) map[string]any {
	t.Helper()
	for _, s := range statements(d) {
		if s["Sid"] == sid {
			return s
		}
	}
	t.Fatalf("no statement %s", sid)
	return nil
}

// texts flattens a text, a list or the values of a map.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, inner := range v {
			all = append(all, texts(inner)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, inner := range v {
			all = append(all, texts(inner)...)
		}
		return all
	}
	return nil
}

// same compares values by their JSON.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := compact(t, got), compact(t, want); g != w {
		t.Errorf("%s is %s, want %s", what, g, w)
	}
}

func compact(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryStatementIsWellFormed(t *testing.T) {
	sidForm := regexp.MustCompile(`^[A-Za-z0-9]+$`)
	for name, d := range everyDocument() {
		t.Run(name, func(t *testing.T) {
			same(t, "Version", d["Version"], "2012-10-17")
			var sids []string
			for _, s := range statements(d) {
				sid, _ := s["Sid"].(string)
				if !sidForm.MatchString(sid) && !(sid == "" && withoutSid[name]) || sid != "" && slices.Contains(sids, sid) {
					t.Errorf("the Sid %q is missing, given twice or not of letters and digits", sid)
				}
				sids = append(sids, sid)
				for key := range s {
					if !slices.Contains([]string{"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}, key) {
						t.Errorf("%s has the element %s", sid, key)
					}
				}
				if len(texts(s["Action"])) == 0 == (len(texts(s["NotAction"])) == 0) {
					t.Errorf("%s needs either Action or NotAction", sid)
				}
				if seen := slices.Sorted(slices.Values(texts(s["Action"]))); len(slices.Compact(slices.Clone(seen))) != len(seen) {
					t.Errorf("%s names an action twice: %q", sid, seen)
				}
			}
		})
	}
}

// No grant is to everything or of everything, and none is by exclusion.
func TestNoGrantIsOpen(t *testing.T) {
	for name, d := range everyDocument() {
		for _, s := range statements(d) {
			if s["Effect"] != "Allow" {
				continue
			}
			if s["NotAction"] != nil || s["NotResource"] != nil || s["NotPrincipal"] != nil {
				t.Errorf("%s: %s grants all but something", name, s["Sid"])
			}
			for _, a := range texts(s["Action"]) {
				if a == "*" || strings.HasSuffix(a, ":*") {
					t.Errorf("%s: %s grants %s", name, s["Sid"], a)
				}
			}
			if slices.Contains(texts(s["Principal"]), "*") && open[name+" lets everybody in"] == "" {
				t.Errorf("%s: %s lets everybody in", name, s["Sid"])
			}
			if slices.Contains(texts(s["Resource"]), "*") && open[name+" grants on everything"] == "" {
				t.Errorf("%s: %s grants it on everything", name, s["Sid"])
			}
		}
	}
}

func TestEveryARNIsOfThePartition(t *testing.T) {
	for name, d := range everyDocument() {
		text := compact(t, d)
		if n, own := strings.Count(text, `"arn:`), strings.Count(text, `"arn:`+partition+":"); n != own {
			t.Errorf("%s has %d ARNs, %d of them of the partition", name, n, own)
		}
	}
}

func TestTenUsersWithTheLongestNamesFit(t *testing.T) {
	for name, d := range everyDocument() {
		most := sizes[name]
		if most == 0 {
			t.Errorf("nobody says how large %s may be", name)
		}
		if n := d.Size(); n > most {
			t.Errorf("%s has %d characters, AWS allows %d", name, n, most)
		}
	}
	if n := Trust(someUsers(40, 64), false).Size(); n <= MaxTrustPolicy {
		t.Errorf("a trust policy of 40 users has %d characters: users are missing", n)
	}
}

func TestSizeCountsTheCompactText(t *testing.T) {
	for name, d := range everyDocument() {
		indented, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := json.Compact(&text, indented); err != nil {
			t.Fatal(err)
		}
		if d.Size() != text.Len() {
			t.Errorf("%s has the size %d, its text has %d characters", name, d.Size(), text.Len())
		}
	}
	few, more := someUsers(1, 10), someUsers(2, 10)
	if got, want := Trust(more, false).Size()-Trust(few, false).Size(), len(`,"`+more[1].ARN()+`"`); got != want {
		t.Errorf("a further user takes %d characters, want %d", got, want)
	}
}

func TestAUserHasAnARNBeforeItExists(t *testing.T) {
	u := User{Place: place.Place{Partition: "aws", Account: "111111111111"}, Name: "alice+bg@example.com"}
	if got, want := u.ARN(), "arn:aws:iam::111111111111:user/alice+bg@example.com"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPolicyARN(t *testing.T) {
	for policy, want := range map[string]string{
		"IAMFullAccess":                              "arn:aws-us-gov:iam::aws:policy/IAMFullAccess",
		"job-function/ViewOnlyAccess":                "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess",
		"arn:aws:iam::aws:policy/IAMFullAccess":      "arn:aws:iam::aws:policy/IAMFullAccess",
		"arn:aws:iam::111111111111:policy/team/Mine": "arn:aws:iam::111111111111:policy/team/Mine",
		"arnold": "arn:aws-us-gov:iam::aws:policy/arnold",
	} {
		if got := PolicyARN(here, policy); got != want {
			t.Errorf("%s is %s, want %s", policy, got, want)
		}
	}
}
