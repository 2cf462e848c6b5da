package paper

import (
	"regexp"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

// TestThePaperIsTheReviewedOne holds cards and runbooks of three files: the shortest, a large one whose users have every way in, and
// one of accounts that differ in what the role may do, and in how that is raised.
func TestThePaperIsTheReviewedOne(t *testing.T) {
	const key = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
	const other = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
	for name, text := range map[string]string{
		"shortest": "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n",
		"every-way": strings.Replace(many(8), "[{name: Ada}, {name: Grace}]", "[{name: Ada, accessKey: sealed}, {name: Grace}]", 1) +
			"credentials: {passwordHolders: [" + key + "], mfaHolders: [" + other + "]}\n" +
			"userAccess: {managedPolicies: [IAMFullAccess, SignInLocalDevelopmentAccess]}\n",
		"rights": `version: 1
hub: {account: "111111111111", region: eu-west-1}
alerts: {email: [a@example.com], instructions: Call the duty officer.}
observers: {regions: [us-east-1], organization: o-ab12cd34ef}
stackSets: {retainOnAccountRemoval: true, managementAccount: "222222222222"}
targets:
  - {account: "222222222222", name: management}
  - {account: "333333333333", managedPolicies: [SecurityAudit]}
  - {account: "444444444444", name: limited, managedPolicies: [SecurityAudit], permissionsBoundary: Limit, sessionDuration: 90m}
  - {account: "555555555555", managedPolicies: [AdministratorAccess]}
  - {account: "666666666666", managedPolicies: [SecurityAudit]}
  - {organizationalUnit: ou-ab12-11111111, name: workloads}
`,
	} {
		all := ""
		for _, d := range both(t, text) {
			all += string(d.Markdown()) + "\n"
		}
		reviewed.Text(t, name+".md", all)
		if name == "rights" {
			page := ""
			for _, d := range both(t, text) {
				page += regexp.MustCompile(`(?s)<svg .*?</svg>|<style>.*?</style>`).ReplaceAllString(pageOf(t, d), "") + "\n"
			}
			reviewed.Text(t, name+".html", page)
		}
	}
}

// A fence is longer than the backticks in it, and keeps apart from those at its ends.
func TestCodeKeepsItsBackticks(t *testing.T) {
	for text, want := range map[string]string{"a|b": "`a|b`", "`a": "`` `a ``", "a`": "`` a` ``", "a`b": "``a`b``", "a``b": "```a``b```"} {
		if got := code(text); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
	d := Document{Sheets: []Sheet{{Blocks: []Block{{Table: Table{Head: []string{"A"}, Rows: [][]Text{{say("`a|b`, c|d")}}}}}}}}
	if got := string(d.Markdown()); !strings.Contains(got, "\n| `a\\|b`, c\\|d |\n") {
		t.Errorf("in a table: %s", got)
	}
}
