// Package draft writes breakglass.yaml: a first one from answers, or a changed list of Regions in an existing one, where every
// other byte stays unchanged. It may import the plan and what the plan is made from; it asks AWS nothing and prints nothing.
package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// Answers has what a first file needs to know. The zero value of every field but HubAccount and Email means the file's default.
type Answers struct {
	HubAccount string
	// HubRegion of the alert topic, and Standby, the second one.
	HubRegion, Standby string
	Email              []string
	Users              []string
	Targets            []Target
	// Watched has the Regions to watch: those that are enabled in the hub account, without those of Unwatched. None means
	// those that no account can disable.
	Watched []string
	// Unwatched has the Regions that are deliberately left out.
	Unwatched []config.Unwatched
	// Access selects the credentials with which the stacks are deployed.
	Access config.Access
	// Instructions end every alert.
	Instructions string
	// Policies are the managed policies of the role in the target accounts.
	Policies []string
	// Trail that delivers CloudTrail's events.
	Trail config.Trail
}

// Target is an account that the users can enter. Without a name, its number is its name.
type Target struct {
	Account, Name string
}

// Text returns the shipped example with the answers filled in and its comments kept. It checks nothing: see Check.
func (a Answers) Text() ([]byte, error) {
	e := &example{text: string(config.Shipped())}
	e.replace(`  account: "111111111111"`+"\n", "  account: "+number(a.HubAccount)+"\n")
	if a.HubRegion != "" && a.HubRegion != config.DefaultRegion {
		e.replace("  # region: us-east-1\n  # Second", "  region: "+scalar(a.HubRegion)+"\n  # Second")
	}
	if a.Standby != "" {
		e.replace("  # standby: us-west-2\n", "  standby: "+scalar(a.Standby)+"\n")
	}
	e.replace("    - security-team@example.com\n", items("    - ", a.Email))
	if len(a.Users) > 0 && !slices.Equal(a.Users, []string{config.DefaultUser}) {
		e.replace("# users:\n#   - name: "+config.DefaultUser+"\n", "users:\n"+items("  - name: ", a.Users))
	}
	e.targets(a.Targets)
	if len(a.Unwatched) > 0 {
		e.replace("# unwatched:\n#   - region: sa-east-1\n#     reason: denied by policy for all principals\n", unwatched(a.Unwatched))
	}
	if a.Access != "" && a.Access != config.AccessCredentials {
		e.uncomment("# deploy:\n", "#   accessRole: "+config.DefaultAccessRole+"\n")
		e.replace("  access: credentials\n", "  access: "+scalar(string(a.Access))+"\n")
	}
	if a.Instructions != "" && a.Instructions != config.DefaultInstructions {
		e.line("  # instructions: ", "  instructions: "+scalar(a.Instructions)+"\n")
	}
	if len(a.Policies) > 0 && !slices.Equal(a.Policies, []string{config.DefaultPolicy}) {
		e.uncomment("# role:\n", "#   sessionDuration: 1h\n")
		e.replace("\n  managedPolicies: [IAMFullAccess]\n", "\n  managedPolicies:\n"+items("    - ", a.Policies))
	}
	if a.Trail != "" && a.Trail != config.TrailExisting {
		e.replace("# trail: existing\n", "trail: "+scalar(string(a.Trail))+"\n")
	}
	if e.err != nil {
		return nil, e.err
	}
	if value := a.regions(); value.keyword != config.RegionsAlwaysOn {
		return rewrite([]byte(e.text), value)
	}
	return []byte(e.text), nil
}

// SchemaFile is the name of the schema that the project has beside its breakglass.yaml.
const SchemaFile = "breakglass.schema.json"

// WithSchema returns a new file's text with another path to the schema, relative to the file; empty where there is none, and editors
// are then told nothing.
func WithSchema(text []byte, path string) []byte {
	const line = "# yaml-language-server: $schema="
	comment := ""
	if path != "" {
		comment = line + path + "\n\n"
	}
	return []byte(strings.Replace(string(text), line+"./"+SchemaFile+"\n\n", comment, 1))
}

// regions returns the value of regions.
func (a Answers) regions() value {
	if len(a.Watched) == 0 {
		a.Watched = without(config.AlwaysOnRegions(), a.Unwatched)
	}
	return shortest(a.Watched, a.Unwatched)
}

// Check returns the problems that config.Parse finds in the answers, without line numbers, since no file exists yet.
func (a Answers) Check() error {
	text, err := a.Text()
	if err != nil {
		return err
	}
	c, err := config.Parse("", text)
	if err == nil {
		_, err = plan.New(c)
	}
	var problems config.Problems
	if !errors.As(err, &problems) {
		return err
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		p.Line, p.Key = 0, "" // who asks knows which answer it is about
		lines[i] = strings.TrimPrefix(p.String(), ": ")
	}
	return errors.New(strings.Join(lines, "\n"))
}

// example is the shipped file while it is being filled in.
type example struct {
	text string
	err  error
}

// replace replaces a text that must occur exactly once.
func (e *example) replace(old, with string) {
	if e.err == nil && strings.Count(e.text, old) != 1 {
		e.err = fmt.Errorf("the built-in example does not have exactly one %q, so it cannot be filled in; copy the project's breakglass.yaml", strings.TrimSpace(old))
	}
	if e.err == nil {
		e.text = strings.Replace(e.text, old, with, 1)
	}
}

// line replaces the one line that begins with a text.
func (e *example) line(begin, with string) {
	_, after, _ := strings.Cut(e.text, "\n"+begin)
	rest, _, _ := strings.Cut(after, "\n")
	e.replace(begin+rest+"\n", with)
}

// block returns the text from the line first to the line last.
func (e *example) block(first, last string) string {
	from := strings.Index(e.text, "\n"+first)
	if from < 0 {
		return first // which replace does not find, and reports
	}
	length := strings.Index(e.text[from:], "\n"+last)
	if length < 0 {
		return first + last
	}
	return e.text[from+1 : from+length+1+len(last)]
}

// uncomment turns the lines from first to last, which are comments, into keys.
func (e *example) uncomment(first, last string) {
	block := e.block(first, last)
	e.replace(block, strings.ReplaceAll("\n"+block, "\n# ", "\n")[1:])
}

// targets puts the first target where the example has one, so that its comments stay, and the others after it.
func (e *example) targets(targets []Target) {
	const account, name = "  - account: \"222222222222\"\n", "    name: production\n"
	block := e.block("targets:\n", "    # managedPolicies: [AdministratorAccess]\n")
	if len(targets) == 0 {
		e.replace(block, "# "+strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n# ")+"\n")
		return
	}
	e.replace(account, targets[0].account())
	e.replace(name, targets[0].name())
	more := strings.Builder{}
	for _, t := range targets[1:] {
		more.WriteString(t.account())
		if t.Name != "" {
			more.WriteString(t.name())
		}
	}
	const last = "    # managedPolicies: [AdministratorAccess]\n"
	e.replace(last, last+more.String())
}

func (t Target) account() string { return "  - account: " + number(t.Account) + "\n" }

func (t Target) name() string {
	if t.Name == "" {
		return "    # name: production\n"
	}
	return "    name: " + scalar(t.Name) + "\n"
}

func unwatched(list []config.Unwatched) string {
	var b strings.Builder
	b.WriteString("unwatched:\n")
	for _, u := range list {
		fmt.Fprintf(&b, "  - region: %s\n    reason: %s\n", scalar(u.Region), scalar(u.Reason))
	}
	return b.String()
}

func items(before string, values []string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(before + scalar(v) + "\n")
	}
	return b.String()
}

// number returns an account number, always quoted.
func number(account string) string { return fmt.Sprintf("%q", account) }

// scalar returns a text as YAML on one line, quoted where needed.
func scalar(text string) string {
	out, err := yaml.Marshal(strings.Join(strings.Fields(text), " "))
	if err != nil {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSpace(string(out))
}
