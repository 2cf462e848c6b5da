package enter

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/shell"
	"github.com/dustin/go-humanize/english"
)

// variable is one of the environment.
type variable struct{ name, value string }

func (e Entered) variables() []variable {
	return []variable{
		{"AWS_ACCESS_KEY_ID", e.Keys.ID}, {"AWS_SECRET_ACCESS_KEY", e.Keys.Secret}, {"AWS_SESSION_TOKEN", e.Keys.Token},
		{"AWS_CREDENTIAL_EXPIRATION", e.Expires.Format(time.RFC3339)},
		{"AWS_REGION", e.Region}, {"AWS_DEFAULT_REGION", e.Region},
		{inAccount, e.Account},
	}
}

// inAccount tells a shell, and this program, that they run in a session.
const inAccount = "BREAKGLASS_ACCOUNT"

// Within returns the account of the session that an environment has; empty where it has none.
func Within(environment []string) string {
	for _, v := range environment {
		if account, ok := strings.CutPrefix(v, inAccount+"="); ok {
			return account
		}
	}
	return ""
}

// stale are the variables that would take precedence over the session, or mix with it.
var stale = []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}

// Environment returns an environment with the session in it, and without what would be in its way.
func (e Entered) Environment(of []string) []string {
	ours := e.variables()
	kept := slices.DeleteFunc(slices.Clone(of), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(stale, name) || slices.ContainsFunc(ours, func(o variable) bool { return o.name == name })
	})
	for _, v := range ours {
		kept = append(kept, v.name+"="+v.value)
	}
	return kept
}

// dialect is how a shell sets a variable that programs get, and how it removes one.
type dialect struct {
	set, unset string
	quote      func(string) string
}

// POSIX is the shell of those that do not name another one.
const POSIX = "posix"

var dialects = map[string]dialect{
	POSIX:        {"export %s=%s\n", "unset %s\n", func(text string) string { return shell.Quote(text) }},
	"fish":       {"set -gx %s %s\n", "set -e %s\n", singly(`\`, `\\`, `'`, `\'`)},
	"powershell": {"$Env:%s = %s\n", "Remove-Item Env:%s -ErrorAction Ignore\n", singly(`'`, `''`)},
}

// singly quotes a text with single quotation marks; in it, each second text stands for the one before it.
func singly(escapes ...string) func(string) string {
	return func(text string) string { return "'" + strings.NewReplacer(escapes...).Replace(text) + "'" }
}

// CheckShell reports a shell whose commands are not known.
func CheckShell(name string) error {
	if _, ok := dialects[name]; !ok {
		return fmt.Errorf("invalid --env %q: use %s", name, english.OxfordWordSeries(slices.Sorted(maps.Keys(dialects)), "or"))
	}
	return nil
}

// Exports returns the session as the commands of a shell that CheckShell knows.
func (e Entered) Exports(of string) string {
	var b strings.Builder
	in := dialects[of]
	for _, v := range e.variables() {
		fmt.Fprintf(&b, in.set, v.name, in.quote(v.value))
	}
	for _, name := range stale {
		fmt.Fprintf(&b, in.unset, name)
	}
	return b.String()
}

// ProcessJSON returns the session as the AWS CLI and the SDKs take it from a credential_process (AWS SDKs reference guide, process
// credential provider).
func (e Entered) ProcessJSON() (string, error) {
	text, err := json.Marshal(struct {
		Version         int
		AccessKeyId     string
		SecretAccessKey string
		SessionToken    string
		Expiration      string
	}{1, e.Keys.ID, e.Keys.Secret, e.Keys.Token, e.Expires.Format(time.RFC3339)})
	return string(text) + "\n", err
}

// Until returns when the session ends, as text: the time in UTC and how long that is from now.
func (e Entered) Until(now time.Time) string {
	return fmt.Sprintf("%s UTC (%s)", e.Expires.Format("15:04"), english.Plural(int(e.Expires.Sub(now).Round(time.Minute)/time.Minute), "minute", ""))
}

// As returns who the session is.
func (e Entered) As() string {
	if e.Role == "" {
		return e.User
	}
	return e.User + " in the role " + e.Role
}
