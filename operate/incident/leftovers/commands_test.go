package leftovers

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/breakglass/operate/incident/chain"
)

// A name that the AWS CLI takes for an option or a file makes no command; a hyphen alone is an account to some services.
func TestNoNameIsAnOption(t *testing.T) {
	for name, shown := range map[string]bool{
		"--profile": false, "-x": false, "file:///etc/passwd": false, "fileb://x": false, "-": true, "a-b": true, "a=--profile": true,
	} {
		items := find(t, sample{Event: "ssm:CreateDocument", Request: map[string]any{"name": name}}, &answer{status: http.StatusOK})
		if (items[0].Undo != "") != shown || shown == strings.Contains(items[0].Note, "looks like an option or a file") || items[0].State != There {
			t.Errorf("%s: %+v", name, items[0])
		}
	}
}

// Names of others end up in commands that a person pastes into a shell, and in requests.
func TestHostileNamesAreQuoted(t *testing.T) {
	hostile := `x"; rm -rf / #'$(id)&Action=DeleteUser/../..`
	s := sample{Event: "iam:CreateUser", Request: map[string]any{"userName": hostile}}
	a := &answer{status: http.StatusOK}
	items := find(t, s, a)
	if want := `aws iam delete-user --user-name 'x"; rm -rf / #'\''$(id)&Action=DeleteUser/../..'`; items[0].Undo != want {
		t.Errorf("the command is %s", items[0].Undo)
	}
	if len(a.asked) != 1 || strings.Count(a.asked[0], "Action=") != 1 {
		t.Errorf("asked %q", a.asked)
	}
	s = sample{Event: "lambda:CreateFunction", Request: map[string]any{"functionName": hostile}}
	a = &answer{status: http.StatusOK}
	find(t, s, a)
	if len(a.asked) != 1 || !strings.HasPrefix(a.asked[0], "GET https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/x%22") ||
		strings.Contains(a.asked[0], "/../") {
		t.Errorf("asked %q", a.asked)
	}
	s = sample{Event: "ssm:CreateDocument", Request: map[string]any{"name": hostile}}
	a = &answer{status: http.StatusOK}
	find(t, s, a)
	_, body, _ := strings.Cut(a.asked[0], "DescribeDocument ")
	var parsed map[string]string
	if err := json.Unmarshal([]byte(body), &parsed); err != nil || parsed["Name"] != hostile {
		t.Errorf("asked %q", a.asked)
	}
}

// A command that is printed cannot write other lines on a terminal, nor be another one than it looks like.
func TestACommandShowsWhatItIs(t *testing.T) {
	for _, name := range []string{"x\n0 things left, 0 things not known", "x\x1b[31m", "x\u202ey", "x\u00a0y"} {
		items := find(t, sample{Event: "iam:CreateUser", Request: map[string]any{"userName": name}}, &answer{status: http.StatusOK})
		if len(items) != 1 || items[0].Undo != "" || items[0].Note == "" || !items[0].Left || strings.ContainsAny(items[0].What, "\n\x1b\u202e") {
			t.Errorf("%q: %+v", name, items)
		}
	}
}

// A command runs with the profile of the account that the thing is in.
func TestACommandHasTheProfileOfItsAccount(t *testing.T) {
	made := sample{Event: "iam:CreateUser", Request: map[string]any{"userName": "x"}}.call()
	for profile, want := range map[string]string{"": "aws iam delete-user --user-name x", "my own": "aws iam delete-user --user-name x --profile 'my own'"} {
		items, err := Find(t.Context(), Options{Calls: []*chain.Call{made}, Keys: &answer{status: http.StatusOK, body: "{}"}, Profile: func(number string) string {
			if number != made.Account {
				t.Errorf("asked for account %s", number)
			}
			return profile
		}})
		if err != nil || len(items) != 1 || items[0].Undo != want {
			t.Errorf("%+v, %v, not %s", items, err, want)
		}
	}
}
