package check

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/names"
)

// ask runs the whole check on the deployment of sample.yaml, with one of its Regions as the world is, and returns the findings.
func (w *world) ask(t *testing.T) []Finding {
	t.Helper()
	return w.report(t).Findings
}

func (w *world) report(t *testing.T) *Report {
	t.Helper()
	report, err := Run(t.Context(), w.options(t))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (w *world) options(t *testing.T) Options {
	t.Helper()
	return Options{Config: w.s.config, Plan: w.s.plan, Keys: w.cloud(t), Began: now, Profile: w.profile}
}

func TestMain(m *testing.M) {
	reportPause = time.Millisecond
	debug.SetGCPercent(400) // a run leaves megabytes behind, and there are hundreds
	m.Run()
}

// bad returns the findings that are neither notes nor OK.
func bad(found []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Severity == Note || f.Severity == Fine })
}

func TestAllIsWell(t *testing.T) {
	reviewed.Text(t, "well.txt", changed(nil, well(t, hub).report(t)))
	for _, region := range []string{hub, "us-west-2", forwarder} {
		report := well(t, region).report(t)
		found := report.Findings
		for _, f := range bad(found) {
			t.Errorf("%s: %+v", region, f)
		}
		if i := slices.IndexFunc(report.Checks, func(o Outcome) bool { return o.Incomplete }); i >= 0 {
			t.Errorf("%s: of %s, AWS is said not to have answered everything", region, report.Checks[i].ID)
		}
		for _, c := range Checks {
			if region == hub && !slices.ContainsFunc(found, func(f Finding) bool { return f.Check == c.ID && f.Severity == Fine }) {
				t.Errorf("%s says nothing of what is fine", c.ID)
			}
		}
	}
}

// broken is a way to break a world, and the one finding that check must report.
type broken struct {
	name  string
	in    string // the Region
	do    func(w *world)
	check string
	// severity; where it is a note, no other finding may be worse.
	severity Severity
	says     string
	fix      string
}

// undisturbed are the reports on the sample as it was deployed, by the Regions that are asked.
var undisturbed sync.Map

// asDeployed returns what some of the jobs report on the sample as it was deployed.
func asDeployed(t *testing.T, concerns func(job) bool) *Report {
	t.Helper()
	w := well(t, hub)
	regions := slices.DeleteFunc(slices.Clone(w.s.config.Regions), func(region string) bool { return !concerns(job{name: region}) })
	key := strings.Join(regions, " ")
	known, ok := undisturbed.Load(key)
	if !ok {
		known, _ = undisturbed.LoadOrStore(key, w.part(t, concerns))
	}
	return known.(*Report)
}

// lines returns a report in lines that can be compared.
func (r *Report) lines() []string {
	all := strings.Split(r.Coverage, ", ")
	for _, f := range r.Findings {
		line := string(f.Severity) + " " + f.Check
		if len(f.Where) > 0 {
			line += " [" + strings.Join(f.Where, ", ") + "]"
		}
		all = append(all, line+": "+f.What)
	}
	return all
}

// changed returns what is different in a report from the lines before, such as what is fine no longer.
func changed(before []string, is *Report) string {
	var all strings.Builder
	after := is.lines()
	findings := len(after) - len(is.Findings)
	for _, line := range before {
		if !slices.Contains(after, line) {
			all.WriteString("- " + line + "\n")
		}
	}
	for i, line := range after {
		if slices.Contains(before, line) {
			continue
		}
		all.WriteString("+ " + line + "\n")
		if i >= findings && is.Findings[i-findings].Fix != "" {
			all.WriteString("  " + is.Findings[i-findings].Fix + "\n")
		}
	}
	return all.String()
}

// breakEach breaks worlds, and compares what each fault changes in the report with the file of the test below testdata/faults.
func breakEach(t *testing.T, cases []broken) {
	t.Helper()
	var changes strings.Builder
	ran := 0
	for _, b := range cases {
		t.Run(b.name, func(t *testing.T) {
			ran++
			if b.in == "" {
				b.in = hub
			}
			w := well(t, b.in)
			w.profile = func(number string) string {
				return map[bool]string{true: "a hub", false: "a target"}[number == w.s.account()]
			}
			b.do(w)
			concerns := w.concerns(t, well(t, b.in))
			quiet, report := asDeployed(t, concerns), w.part(t, concerns)
			fmt.Fprintf(&changes, "# %s\n%s\n", b.name, changed(quiet.lines(), report))
			isNew := func(f Finding) bool {
				return f.Severity != Fine && !slices.ContainsFunc(quiet.Findings, func(q Finding) bool { return q.What == f.What && q.Check == f.Check })
			}
			var said []Finding
			for _, f := range report.Findings {
				if isNew(f) {
					said = append(said, f)
				}
			}
			if len(said) != 1 {
				t.Fatalf("%d findings: %+v", len(said), said)
			}
			f := said[0]
			f.Fix = withoutProfiles(t, f.Fix)
			if f.Check != b.check || f.Severity != b.severity || !strings.Contains(f.What, b.says) || !strings.Contains(f.Fix, b.fix) {
				t.Errorf("it says %+v; want a %s of %s with %q and the fix %q", f, b.severity, b.check, b.says, b.fix)
			}
			if f.Severity != Note && f.Fix == "" {
				t.Errorf("nothing says what to do about %q", f.What)
			}
			if strings.ContainsAny(f.What+strings.ReplaceAll(f.Fix, " > "+theExecFile, ""), "<>") {
				t.Errorf("a place is not filled in: %+v", f)
			}
		})
	}
	if ran == len(cases) {
		reviewed.Text(t, filepath.Join("faults", t.Name()+".txt"), changes.String())
	}
}

// Nothing may crash for want of an answer: each operation is refused once, and named with its permission.
func TestEachPermissionThatIsMissingIsNamedOnce(t *testing.T) {
	services := map[string]string{}
	for _, c := range Checks {
		for _, permission := range c.Asks {
			service, operation, _ := strings.Cut(permission, ":")
			services[operation] = service
		}
	}
	delete(services, "GetCallerIdentity")
	for operation, service := range services {
		t.Run(operation, func(t *testing.T) {
			w := well(t, hub)
			w.refuse(service, operation)
			if operation == "GetRolePolicy" || operation == "GetAccountPasswordPolicy" {
				w.expiry = nil
			}
			if operation == "ListStackResources" {
				w.leave("BreakGlass-Pipeline")
			}
			report := w.report(t)
			said := slices.DeleteFunc(bad(report.Findings), func(f Finding) bool { return strings.HasSuffix(f.What, ": BreakGlass-Pipeline") })
			partly := slices.DeleteFunc(slices.Clone(report.Checks), func(o Outcome) bool { return !o.Incomplete })
			if len(partly) == 0 || slices.ContainsFunc(partly, func(o Outcome) bool { return !slices.Contains(o.Asks, service+":"+operation) }) {
				t.Errorf("of these checks, AWS is said not to have answered everything: %+v", partly)
			}
			if len(said) != 1 || said[0].Check != "answers" || said[0].Severity != Problem {
				t.Fatalf("%d findings: %+v", len(said), said)
			}
			if want := "the permission " + service + ":" + operation + " is missing, so not checked: "; !strings.HasPrefix(said[0].What, want) || said[0].Fix == "" {
				t.Errorf("it says %+v, want %q", said[0], want)
			}
		})
	}
}

// What was not asked again is in the finding of what was asked in vain.
func TestWhatWasNotAskedAgainIsNoOtherReason(t *testing.T) {
	w := well(t, hub)
	w.refused["GetTopicAttributes"], w.refused["DescribeAlarms"] = context.DeadlineExceeded, &account.Unasked{Region: hub}
	said := bad(w.ask(t))
	if len(said) != 1 || !strings.HasPrefix(said[0].What, "no answer in time (us-east-1 was not asked again), so not checked: ") {
		t.Errorf("%d findings: %+v", len(said), said)
	}
}

func TestOneReasonIsOneFinding(t *testing.T) {
	w := well(t, hub)
	for _, c := range Checks {
		for _, permission := range c.Asks {
			_, operation, _ := strings.Cut(permission, ":")
			w.refused[operation] = &smithy.GenericAPIError{Code: "ExpiredToken", Message: "expired"}
		}
	}
	said := bad(w.ask(t))
	if len(said) != 1 || !strings.Contains(said[0].What, "the credentials have expired, so not checked: ") || !strings.Contains(said[0].Fix, "sign in again") {
		t.Errorf("%d findings: %+v", len(said), said)
	}
	for _, words := range []string{"the rules (us-east-1)", "the permissions of role BreakGlassRole", "the subscribers of the topic", "the trails"} {
		if !strings.Contains(said[0].What, words) && !strings.Contains(said[0].What, "role BreakGlassRole (222222222222)") {
			t.Errorf("%q is not named in %q", words, said[0].What)
		}
	}
}

func TestTheSameInManyPlacesIsOneFinding(t *testing.T) {
	var all []Finding
	for _, region := range []string{"eu-west-1", "af-south-1"} {
		r := of("rules")
		r.drifted(Problem, region, names.ForwarderStack+region, "the rule x is disabled")
		r.warning(region, "odd", "aws --region <where>")
		all = append(all, r.found...)
	}
	found := bad(well(t, hub).s.merge(all))
	if len(found) != 2 {
		t.Fatalf("%+v", found)
	}
	if f := found[0]; f.Places() != "af-south-1, eu-west-1" ||
		f.Fix != "breakglass deploy --revert-drift --only BreakGlass-Forwarder-af-south-1,BreakGlass-Forwarder-eu-west-1" {
		t.Errorf("%+v", f)
	}
	if f := found[1]; f.Fix != "aws --region REGION" {
		t.Errorf("%+v", f)
	}
}

// What is the same of two checks is two findings.
func TestTheSameOfTwoChecksIsTwoFindings(t *testing.T) {
	var all []Finding
	for _, check := range []string{"rules", "alarms", "rules"} {
		r := of(check)
		r.warning("eu-west-1", "odd", "look")
		all = append(all, r.found...)
	}
	if found := bad(well(t, hub).s.merge(all)); len(found) != 2 || found[0].Check == found[1].Check {
		t.Errorf("%+v", found)
	}
}

func TestTheRegistryIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks {
		if c.ID == "" || c.Title == "" || !strings.HasSuffix(c.Why, ".") || len(c.Asks) == 0 || seen[c.ID] {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
		for _, permission := range c.Asks {
			_, operation, _ := strings.Cut(permission, ":")
			reads := false
			for _, prefix := range []string{"Get", "List", "Describe", "Filter", "Simulate"} {
				reads = reads || strings.HasPrefix(operation, prefix)
			}
			if !reads {
				t.Errorf("%s does more than read: %s", c.ID, permission)
			}
		}
	}
	if _, ok := ByID("rules"); !ok {
		t.Error("there is no check of the rules")
	}
	if _, ok := ByID("rule"); ok {
		t.Error("there is a check that there is not")
	}
}

// noKeys have no way in.
type noKeys struct{ err error }

func (k noKeys) In(context.Context, string, string) (aws.Config, error) { return aws.Config{}, k.err }

func TestWithoutAccessToTheHubThereIsNoReport(t *testing.T) {
	w := well(t, hub)
	if _, err := Run(t.Context(), Options{Config: w.s.config, Keys: noKeys{denied("sts:AssumeRole")}, Began: now}); err == nil {
		t.Error("it has a report")
	}
}
