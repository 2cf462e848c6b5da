package watch

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
)

func TestQueriesHaveNamesReasonsAndRoom(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range Queries {
		if seen[q.Name] {
			t.Errorf("%s stands twice", q.Name)
		}
		seen[q.Name] = true
		if q.Name == "" || strings.Contains(q.Name, "/") || len(names.Queries+q.Name) > 255 {
			t.Errorf("%q is no name: a slash makes a folder, and 255 characters is all", q.Name)
		}
		if q.Why == "" || strings.Contains(q.Why, "\n") {
			t.Errorf("%s: the reason is one line of comment, not %q", q.Name, q.Why)
		}
		if n := len(q.Saved()); n > maxQuery {
			t.Errorf("%s has %d characters", q.Name, n)
		}
		if q.Saved() != "# "+q.Why+"\n"+q.Text {
			t.Errorf("%s is saved as\n%s", q.Name, q.Saved())
		}
		if q.Group != names.Ledger && (q.Group != names.Heartbeats || !strings.Contains(q.Text, HeartbeatSource)) {
			t.Errorf("%s searches %q", q.Name, q.Group)
		}
		// A hub's own heartbeat passes its rules, and would stand in the ledger for something that happened.
		only := strings.HasPrefix(q.Text, `filter source = "`)
		if left := strings.Contains(q.Text, `source != "`+HeartbeatSource+`"`); !only && left != (q.Group == names.Ledger) {
			t.Errorf("%s leaves the heartbeats out of %s: %v", q.Name, q.Group, left)
		}
	}
	for _, shown := range []Query{TimelineQuery, RolesQuery, HeartbeatsQuery} {
		if !seen[shown.Name] {
			t.Errorf("%s is shown and not saved", shown.Name)
		}
	}
}

// TestQueriesReadFieldsThatEventsHave keeps a field that no event has, such as one misspelt, out of the queries: Logs Insights
// would show an empty column without an error.
func TestQueriesReadFieldsThatEventsHave(t *testing.T) {
	there := map[string]bool{}
	for _, s := range Samples {
		for field := range flat("", s.Event()) {
			there[field] = true
		}
	}
	for _, q := range Queries {
		read := reads(t, q)
		if len(read) == 0 {
			t.Errorf("%s reads nothing", q.Name)
		}
		for _, field := range read {
			if !there[field] {
				t.Errorf("%s reads %s, which no sample has", q.Name, field)
			}
		}
	}
}

func TestQueriesNameNoFieldTwice(t *testing.T) {
	for _, q := range Queries {
		shown := map[string]bool{}
		for _, command := range commands(q) {
			if rest, ok := strings.CutPrefix(command, "fields "); ok {
				for _, column := range columns(rest) {
					if shown[column] {
						t.Errorf("%s shows %s twice", q.Name, column)
					}
					shown[column] = true
				}
			}
			for _, list := range regexp.MustCompile(`coalesce\(([^)]*)\)`).FindAllStringSubmatch(command, -1) {
				fields := strings.Fields(strings.ReplaceAll(list[1], ",", " "))
				if slices.Sort(fields); len(slices.Compact(slices.Clone(fields))) != len(fields) {
					t.Errorf("%s tries a field twice in %s", q.Name, list[0])
				}
			}
		}
	}
}

// TestQueriesKeepToTheLanguage checks the queries against the CloudWatch Logs user guide's rules for each command.
func TestQueriesKeepToTheLanguage(t *testing.T) {
	for _, q := range Queries {
		counted := 0
		for i, command := range commands(q) {
			name, _, _ := strings.Cut(command, " ")
			switch name {
			case "filter", "fields", "parse":
				if counted > 0 {
					t.Errorf("%s: after stats, %s reads what is gone", q.Name, name)
				}
			case "stats":
				counted++
			case "sort":
				if i != len(commands(q))-1 {
					t.Errorf("%s sorts before its end", q.Name)
				}
			default:
				t.Errorf("%s has the command %q", q.Name, name)
			}
			if n := strings.Count(command, "(") - strings.Count(command, ")"); n != 0 {
				t.Errorf("%s: %d parentheses are open in %s", q.Name, n, command)
			}
		}
		if first := commands(q)[0]; !strings.HasPrefix(first, `filter source = "`) && !strings.HasPrefix(first, `filter source != "`+DrillSource+`"`) {
			t.Errorf("%s begins with %q: drills would look real", q.Name, first)
		}
		if last := commands(q); !strings.HasPrefix(last[len(last)-1], "sort ") {
			t.Errorf("%s is in no order", q.Name)
		}
		if strings.Contains(strings.ReplaceAll(q.Text, "`detail-type`", ""), "detail-type") {
			t.Errorf("%s: a name with a hyphen stands in backticks", q.Name)
		}
	}
}

// TestQueriesFindTheirEvents runs the filter of each query over every sample that reaches the ledger, and over its drill.
func TestQueriesFindTheirEvents(t *testing.T) {
	find := map[string]func(Sample) bool{
		"Timeline":        func(Sample) bool { return true },
		"By user":         func(s Sample) bool { return s.Event()["detail"].(Fields)["eventName"] != nil },
		"Failed sign-ins": func(s Sample) bool { return s.Entry == "failed-sign-in" },
		"Roles and accounts": func(s Sample) bool {
			return slices.Contains(append([]string{"SwitchRole"}, credentialCalls...), Text(s.Event(), "detail.eventName"))
		},
		"Without MFA": func(s Sample) bool {
			event := flat("", s.Event())
			signIn := event["detail.eventName"] == "ConsoleLogin" && event["detail.responseElements.ConsoleLogin"] != "Failure" &&
				event["detail.additionalEventData.MFAUsed"] == "No"
			session := event["detail.userIdentity.type"] == "IAMUser" && event["detail.userIdentity.sessionContext.attributes.mfaAuthenticated"] == "false"
			key := strings.HasPrefix(event["detail.userIdentity.accessKeyId"], "AKIA") && event["detail.requestParameters.serialNumber"] == ""
			return signIn || session || key
		},
		"Failed calls": func(s Sample) bool { return Text(s.Event(), "detail.errorCode") != "" },
		"Changes to the alerting": func(s Sample) bool {
			e, _ := ByID(s.Entry)
			return e.Part == Tampering || Text(s.Event(), "detail.eventName") == "UpdateAccountPasswordPolicy" ||
				strings.Contains(Text(s.Event(), "detail.requestParameters.policyArn"), ":policy/BreakGlass")
		},
		"Drills":     func(Sample) bool { return false },
		"Heartbeats": func(Sample) bool { return false },
	}
	if got, want := len(find), len(Queries); got != want {
		t.Errorf("%d queries are tried, want %d", got, want)
	}
	for _, q := range Queries {
		t.Run(q.Name, func(t *testing.T) {
			for _, s := range Samples {
				if s.Entry == "" {
					continue
				}
				if got, want := finds(q, s.Event()), find[q.Name](s); got != want {
					t.Errorf("%s: found is %v", s.Name, got)
				}
				if got, want := finds(q, s.AsDrill()), q.Name == "Drills"; got != want {
					t.Errorf("a drill of %s: found is %v", s.Name, got)
				}
			}
			beat := Fields{"source": HeartbeatSource, "detail-type": HeartbeatType, "region": "eu-west-1", "detail": Fields{}}
			if got, want := finds(q, beat), q.Group == names.Heartbeats; q.Group == names.Heartbeats && got != want {
				t.Errorf("a heartbeat: found is %v", got)
			}
		})
	}
}

func TestTheTimelineNamesWhatEachEventIsAbout(t *testing.T) {
	columns := map[string][]string{}
	for _, m := range regexp.MustCompile(`coalesce\(([^)]*)\) as (\w+)`).FindAllStringSubmatch(TimelineQuery.Text, -1) {
		columns[m[2]] = strings.Fields(strings.NewReplacer(",", " ", "`", "").Replace(m[1]))
	}
	value := func(event map[string]string, column string) string {
		for _, field := range columns[column] {
			if event[field] != "" {
				return event[field]
			}
		}
		return ""
	}
	for _, s := range Samples {
		if s.Entry == "" {
			continue
		}
		event := flat("", s.Event())
		if value(event, "at") == "" || value(event, "what") == "" {
			t.Errorf("%s: at %q, what %q", s.Name, value(event, "at"), value(event, "what"))
		}
		e, _ := ByID(s.Entry)
		if event["detail.eventName"] != "" && value(event, "who") == "" {
			t.Errorf("%s: nobody did it", s.Name)
		}
		// The default bus has no name, nor has the account, and the query has no room for the IDs of all that is the account's: the call is enough.
		enough := []string{
			"PutPermission", "LeaveOrganization", "DeleteConsoleAuthorizationConfiguration", "UpdateAccountPasswordPolicy", "DeactivateOrganizationsAccess",
			"SetTextMessageSpendLimitOverride", "DeleteTextMessageSpendLimitOverride", "AssociateDatasetKmsKey",
		}
		if e.Part != Access && value(event, "target") == "" && !slices.Contains(enough, event["detail.eventName"]) {
			t.Errorf("%s: it is about nothing", s.Name)
		}
	}
}

// commands returns the commands of a query, in its order.
func commands(q Query) []string {
	return strings.Split(q.Text, "\n| ")
}

// columns returns the names under which a list of fields is shown.
func columns(list string) []string {
	var shown []string
	list = regexp.MustCompile(`(?s)\w+\([^)]*\)`).ReplaceAllString(list, "call")
	for _, field := range strings.Split(list, ",") {
		field = strings.TrimSpace(field)
		if _, alias, ok := strings.Cut(field, " as "); ok {
			field = alias
		}
		shown = append(shown, field)
	}
	return shown
}

var (
	texts   = regexp.MustCompile(`"[^"]*"|/(\\/|[^/\n])+/`)
	aliases = regexp.MustCompile(`\bas (\w+)|\?<(\w+)>`)
	word    = regexp.MustCompile("`[^`]+`|[@A-Za-z][@A-Za-z0-9._]*\\(?")
)

// reads lists the fields of an event that a query reads.
func reads(t *testing.T, q Query) []string {
	t.Helper()
	known := map[string]bool{}
	for _, w := range strings.Fields("filter fields parse stats sort by as and or not in like asc desc @timestamp h " +
		"coalesce( ispresent( count( max( sum( bin( toMillis( now( in(") {
		known[w] = true
	}
	for _, m := range aliases.FindAllStringSubmatch(q.Text, -1) {
		known[m[1]+m[2]] = true
	}
	fields := map[string]bool{}
	for _, w := range word.FindAllString(texts.ReplaceAllString(q.Text, ""), -1) {
		if known[w] {
			continue
		}
		if strings.HasSuffix(w, "(") {
			t.Errorf("%s calls %s), which this test does not know", q.Name, w)
		}
		fields[strings.Trim(w, "`")] = true
	}
	return slices.Sorted(maps.Keys(fields))
}

// flat returns an event as Logs Insights shows it: the paths of its values; a null has none.
func flat(path string, value any) map[string]string {
	all := map[string]string{}
	add := func(key string, inner any) {
		if path != "" {
			key = path + "." + key
		}
		maps.Copy(all, flat(key, inner))
	}
	if path == "" {
		value = asJSON(value.(Fields))
	}
	switch v := value.(type) {
	case Fields:
		for key, inner := range v {
			add(key, inner)
		}
	case []any:
		for i, inner := range v {
			add(fmt.Sprint(i), inner)
		}
	case nil:
	default:
		all[path] = fmt.Sprint(v)
	}
	return all
}

// finds reports whether an event passes the filters of a query, in the part of the language that the queries use.
func finds(q Query, event Fields) bool {
	for _, command := range commands(q) {
		if condition, ok := strings.CutPrefix(command, "filter "); ok {
			f := filter{words: regexp.MustCompile(`"[^"]*"|/(?:\\/|[^/])+/|!=|[=()\[\],]|[\w.]+`).FindAllString(condition, -1), event: flat("", event)}
			if !f.or() {
				return false
			}
			if len(f.words) > 0 {
				panic(fmt.Sprint("words that this test does not know: ", f.words))
			}
		}
	}
	return true
}

type filter struct {
	words []string
	event map[string]string
}

func (f *filter) next() string {
	w := f.words[0]
	f.words = f.words[1:]
	return w
}

func (f *filter) is(w string) bool {
	if len(f.words) > 0 && f.words[0] == w {
		f.next()
		return true
	}
	return false
}

func (f *filter) or() bool {
	yes := f.and()
	for f.is("or") {
		yes = f.and() || yes
	}
	return yes
}

func (f *filter) and() bool {
	yes := f.one()
	for f.is("and") {
		yes = f.one() && yes
	}
	return yes
}

func (f *filter) one() bool {
	switch {
	case f.is("not"):
		return !f.one()
	case f.is("("):
		yes := f.or()
		f.is(")")
		return yes
	case f.is("ispresent"):
		f.is("(")
		_, yes := f.event[f.next()]
		f.is(")")
		return yes
	}
	value := f.event[f.next()]
	switch operator := f.next(); operator {
	case "=":
		return value == strings.Trim(f.next(), `"`)
	case "!=":
		return value != strings.Trim(f.next(), `"`)
	case "like":
		return regexp.MustCompile(strings.ReplaceAll(strings.Trim(f.next(), "/"), `\/`, "/")).MatchString(value)
	case "in":
		yes := false
		for f.is("["); !f.is("]"); f.is(",") {
			yes = value == strings.Trim(f.next(), `"`) || yes
		}
		return yes
	default:
		panic("an operator that this test does not know: " + operator)
	}
}
