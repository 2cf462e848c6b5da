// Package docs holds the documents against the code: what a reader is told is what the program does. The tables stand
// between comments in README.md; go test ./docs -update writes them anew.
package docs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/cost"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const (
	root   = ".."
	readme = "../README.md"
)

var update = flag.Bool("update", false, "write the tables of README.md anew")

// tables are what stands between <!-- begin NAME --> and <!-- end NAME -->.
var tables = map[string]func(*testing.T) string{
	"regions":       func(*testing.T) string { return regionCounts() },
	"names":         func(*testing.T) string { return nameTable() },
	"configuration": configurationTable,
	"alerts":        func(*testing.T) string { return alertTable() },
	"mail":          sampleMail,
	"count":         sampleCount,
	"cost":          costTable,
}

func TestTablesAreThoseOfTheCode(t *testing.T) {
	text := read(t, readme)
	for name, table := range tables {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
		before, rest, ok := strings.Cut(text, begin)
		got, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Errorf("README.md has no place for %s", name)
			continue
		}
		want := strings.TrimSpace(table(t)) + "\n"
		if *update {
			text = before + begin + want + end + after
			continue
		}
		if got != want {
			t.Errorf("%s is out of date (go test ./docs -update); README.md has\n%s\nthe code says\n%s", name, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func regionCounts() string {
	all, alwaysOn := len(config.AllRegions()), len(config.AlwaysOnRegions())
	return fmt.Sprintf("AWS has %d commercial Regions: %d that no account can switch off (`regions: always-on`, the default), and %d that are off until an account enables them.",
		all, alwaysOn, all-alwaysOn)
}

func nameTable() string {
	rows := [][]string{
		{"users", code(config.DefaultUser), "the file's `users`; no password, key or MFA device"},
		{"group of the users", code(names.Group), "rights reach the users through it only"},
		{"policies of the group", code(names.AssumePolicy) + ", " + code(names.GuardPolicy), "besides `userAccess.managedPolicies`"},
		{"role in a target account", code(config.DefaultRole), "the file's `role.name`"},
		{"topic", code(names.Topic), "in the hub and in the standby; a mail comes from " + code(names.TopicDisplayName)},
		{"key of the topic", code(names.KeyAlias), "customer managed, one in each hub"},
		{"forwarding role and its policy", code(names.ForwardRole) + ", " + code(names.ForwardPolicy), "in the hub stack; IAM is global"},
		{"ledger", code(names.Ledger), "log group in each hub"},
		{"log of heartbeats", code(names.Heartbeats), "in each hub, kept for 30 days"},
		{"heartbeat's schedule, role and policy", code(names.Heartbeat) + ", " + code(names.HeartbeatRole) + ", " + code(names.HeartbeatPolicy), "a schedule in every Region; the role in the hub stack"},
		{"alarms", code(names.HeartbeatAlarm("<region>")) + ", " + code(names.SilentAlarm+"<part>") + ", " + code(names.DeadLettersAlarm+"<kind>") + ", " + code(names.UndeliveredAlarm), "besides those that count, which are named after their rule"},
		{"observers' role and its policy", code(names.ObserverRole) + ", " + code(names.ObserverPolicy), "in each target account, with `observers` only"},
		{"stack sets of a unit", code(names.RoleStack+"<unit>") + ", " + code(names.ObserverStack+"<unit>"), "made by its `BreakGlass-StackSet-<unit>`"},
		{"dashboard", code(names.Dashboard), "saved queries begin with " + code(names.Queries)},
		{"trail", code(names.Trail), "with `trail: create` only"},
		{"rules", code(names.Capture+"…") + ", " + code(names.Forward+"…") + ", " + code(names.Record+"…") + ", " + code(names.Observe+"…"), "those of the standby end in " + code(names.StandbySuffix)},
		{"stacks", strings.Join([]string{
			code(names.HubStack), code(names.StandbyStack), code(names.LinksStack + "<n>"), code(names.IntegrityStack + "<region>"), code(names.HeartbeatsStack + "<part>"),
			code(names.DashboardStack), code(names.TrailStack), code(names.ChatStack + "<region>"), code(names.NotificationsStack),
			code(names.ForwarderStack + "<region>"), code(names.RoleStack + "<account>"),
			code(names.ObservedStack + "<region>-<n>"), code(names.ObserverStack + "<region>-<account>"), code(names.StackSetStack + "<unit>"),
			code(names.PipelineStack), code(names.ArtifactsStack + "<region>"),
		}, ", "), "Links: only when the hub's template has no room for all switch-role addresses"},
	}
	return table([]string{"What", "Name", "Note"}, rows)
}

// property is a key of the file in its JSON Schema.
type property struct {
	Description string     `json:"description"`
	Default     any        `json:"default"`
	Required    []string   `json:"required"`
	Properties  properties `json:"properties"`
	Items       *property  `json:"items"`
	Type        string     `json:"type"`
}

func configurationTable(t *testing.T) string {
	var schema property
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var role property
	var rows [][]string
	var walk func(path string, p property, required bool)
	walk = func(path string, p property, required bool) {
		inner, prefix := p, path+"."
		if p.Items != nil && p.Items.Properties != nil {
			inner, prefix = *p.Items, path+"[]."
		}
		if path == "" {
			prefix = ""
		}
		document := strings.HasSuffix(path, "inlinePolicy")
		if path != "" && (p.Type != "object" || document || len(p.Properties) == 0) {
			rows = append(rows, []string{code(path), byDefault(role, path, p, required), cell(p.Description)})
		}
		if document {
			return
		}
		for _, next := range inner.Properties {
			walk(prefix+next.key, next.property, slices.Contains(inner.Required, next.key))
			if path == "" && next.key == "role" {
				role = next.property
			}
		}
	}
	walk("", schema, true)
	return table([]string{"Key", "Default", "Meaning"}, rows)
}

// byDefault is what a key stands for that the file does not have.
func byDefault(role property, path string, p property, required bool) string {
	if required {
		return "required"
	}
	if key, ok := strings.CutPrefix(path, "targets[]."); ok {
		if role.Properties.has(key) && key != "name" {
			return code("role." + key)
		}
		return map[string]string{"name": "the account number, or the unit's ID", "region": code("hub.region"), "account": "this or " + code("organizationalUnit"), "organizationalUnit": "this or " + code("account")}[key]
	}
	switch path {
	case "stackSets.region":
		return code("hub.region")
	case "stackSets.managementAccount":
		return code("hub.account")
	case "stackSets.retainOnAccountRemoval":
		return "required with units"
	case "observers.organization":
		return "the listed accounts"
	}
	switch d := p.Default.(type) {
	case nil:
		return "none"
	case string:
		return code(d)
	default:
		compact, err := json.Marshal(d)
		if err != nil {
			panic(err) // it was read as JSON
		}
		return code(strings.ReplaceAll(string(compact), `"`, ""))
	}
}

// properties are keys in the order of the schema, which is that of the file.
type properties []struct {
	key string
	property
}

func (p *properties) UnmarshalJSON(text []byte) error {
	object := json.NewDecoder(bytes.NewReader(text))
	if _, err := object.Token(); err != nil {
		return err
	}
	for object.More() {
		key, err := object.Token()
		if err != nil {
			return err
		}
		var one property
		if err := object.Decode(&one); err != nil {
			return err
		}
		*p = append(*p, struct {
			key string
			property
		}{key.(string), one})
	}
	return nil
}

func (p properties) has(key string) bool {
	for _, one := range p {
		if one.key == key {
			return true
		}
	}
	return false
}

func alertTable() string {
	var rows [][]string
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		calls := ""
		if named := eventNames(e.Detail(watch.SampleScope)); len(named) > 0 {
			calls = ": " + code(strings.Join(named, "`, `"))
		}
		told := "at once"
		if len(e.Counts) > 0 {
			var counts []string
			for _, c := range e.Counts {
				counts = append(counts, fmt.Sprint(c.AtLeast))
			}
			told = fmt.Sprintf("when %s within %.0f minutes", strings.Join(counts, " and again when "), watch.CountPeriod.Minutes())
		}
		rows = append(rows, []string{code(e.ID), cell(e.Title), code(strings.Join(e.Sources, "`, `")) + calls, told, cell(e.Why)})
	}
	return table([]string{"Alert", "What happened", "Records", "People are told", "Why it matters"}, rows)
}

// eventNames are the calls that a pattern names, also in its branches.
func eventNames(pattern watch.Fields) []string {
	var found []string
	for key, value := range pattern {
		if list, ok := value.([]string); ok && key == "eventName" {
			found = append(found, list...)
		}
	}
	branches, _ := pattern["$or"].([]any)
	for _, b := range branches {
		for _, name := range eventNames(b.(watch.Fields)) {
			if !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

const (
	sampleHub          = "us-east-1"
	sampleInstructions = "Call the duty officer, +1 555 0100. Runbook: https://example.com/runbook"
)

func sampleMail(t *testing.T) string {
	sample, ok := watch.SampleNamed("a sign-in in an opt-in Region")
	if !ok {
		t.Fatal("the sample is gone: choose another one for README.md")
	}
	entry, _ := watch.ByID(sample.Entry)
	return "```text\n" + entry.Alerts[0].Fill(sampleInstructions, sampleHub, sample.Event()) + "\n```"
}

func sampleCount(*testing.T) string {
	entry, _ := watch.ByID("failed-sign-in")
	return "```text\n" + entry.Counts[0].Text(entry, watch.SampleScope.Account, sampleHub, sampleInstructions) + "\n```"
}

// costTable estimates three files: the one that ships, every Region, and every Region with a standby.
func costTable(t *testing.T) string {
	head := []string{"Item", "USD each", "17 Regions", "34 Regions", "34 and a standby"}
	var rows [][]string
	total := []string{"**together**", "", "", "", ""}
	for i, keys := range []string{"regions: always-on", "regions: all", "regions: all\nhub: {account: \"111111111111\", standby: us-west-2}"} {
		if !strings.Contains(keys, "hub:") {
			keys += "\nhub: {account: \"111111111111\"}"
		}
		c, err := config.Parse("readme.yaml", []byte("version: 1\nalerts: {email: [security-team@example.com]}\n"+keys+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if n := fmt.Sprint(len(c.Regions)); !strings.HasPrefix(head[i+2], n) {
			t.Fatalf("the column %s is of %s Regions", head[i+2], n)
		}
		lines := cost.Estimate(plan.New(c))
		for j, l := range lines {
			if i == 0 {
				rows = append(rows, []string{l.Price.Item, fmt.Sprintf("%.2f / %s", l.Price.USD, l.Price.Unit), "", "", ""})
			}
			rows[j][i+2] = fmt.Sprintf("%s: %.2f", quantity(l.Quantity), l.USD)
		}
		total[i+2] = fmt.Sprintf("**%.2f**", cost.Total(lines))
	}
	// What only a pipeline costs is in its own document.
	rows = slices.DeleteFunc(rows, func(row []string) bool {
		return !slices.ContainsFunc(row[2:], func(cell string) bool { return !strings.HasPrefix(cell, "0: ") })
	})
	return table(head, append(rows, total))
}

func quantity(n float64) string {
	if n == float64(int(n)) {
		return fmt.Sprint(int(n))
	}
	return fmt.Sprintf("%.2f", n)
}

func table(head []string, rows [][]string) string {
	lines := []string{"| " + strings.Join(head, " | ") + " |", "|" + strings.Repeat("---|", len(head))}
	for _, row := range rows {
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	return strings.Join(lines, "\n")
}

func code(text string) string { return "`" + text + "`" }

// cell keeps a text inside its cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents are all Markdown files of the project.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../*.md", "*.md", "decisions/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 5 {
		t.Fatalf("only %q", files)
	}
	return files
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)

func TestLinksResolve(t *testing.T) {
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			to := m[1] + m[2]
			if strings.Contains(to, "://") {
				continue
			}
			path, anchor, _ := strings.Cut(to, "#")
			at := file
			if path != "" {
				at = filepath.Join(filepath.Dir(file), path)
			}
			if _, err := os.Stat(at); err != nil {
				t.Errorf("%s: no %s", file, to)
			} else if anchor != "" && !slices.Contains(anchors(read(t, at)), anchor) {
				t.Errorf("%s: no heading for %s", file, to)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors are the headings as a link names them.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(name, " ", "-"))
	}
	return all
}

func TestCommandsExist(t *testing.T) {
	makefile := read(t, "../Makefile")
	target := regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
	for _, file := range documents(t) {
		for _, m := range target.FindAllStringSubmatch(read(t, file), -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
				t.Errorf("%s: the Makefile has no %s", file, m[1])
			}
		}
	}
	if first := target.FindAllStringSubmatch(read(t, readme), 2); len(first) < 2 || first[0][1] != "demo" || first[1][1] != "test" {
		t.Errorf("the first two commands are %q", first)
	}
}

// TestStacksInCommandsExist: every stack that a document names is one that a plan may have.
func TestStacksInCommandsExist(t *testing.T) {
	c, err := config.Parse("readme.yaml", []byte("version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nregions: all\n"+
		"alerts: {email: [security-team@example.com]}\ntrail: create\nuserNotifications: {email: [a@example.com]}\nchat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\ntargets: [{account: \"111111111111\"}, {account: \"222222222222\"}, {account: \"333333333333\"}, {organizationalUnit: ou-ab12-11111111}]\n"+
		"stackSets: {retainOnAccountRemoval: true}\nobservers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n"+
		"deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{names.LinksStack + "1"}
	for _, u := range c.Units { // the stack sets of its stack
		known = append(known, names.RoleStack+u.ID(), names.ObserverStack+u.ID())
	}
	for _, p := range plan.New(c).Placements {
		known = append(known, p.Stack)
	}
	for _, file := range documents(t) {
		for _, name := range regexp.MustCompile(`BreakGlass-[A-Z][A-Za-z]+(-Artifacts)?(-[a-z0-9-]*[a-z0-9])?`).FindAllString(read(t, file), -1) {
			if !slices.ContainsFunc(known, func(k string) bool { return k == name || strings.HasPrefix(k, name+"-") }) {
				t.Errorf("%s: no stack is called %s", file, name)
			}
		}
	}
}

func TestEveryDecisionIsListed(t *testing.T) {
	list := read(t, "decisions/README.md")
	files, err := filepath.Glob("decisions/[0-9]*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		title := strings.TrimPrefix(strings.SplitN(read(t, file), "\n", 2)[0], "# ")
		if !strings.Contains(list, "["+title+"]("+filepath.Base(file)+")") {
			t.Errorf("decisions/README.md does not list %s as %q", file, title)
		}
	}
}
