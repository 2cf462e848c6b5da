package constructs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// page is a dashboard as CloudWatch reads it.
type page struct {
	Start, PeriodOverride string
	Widgets               []struct {
		Type                string
		X, Y, Width, Height int
		Properties          map[string]any
	}
}

func dashboard(t *testing.T, props DashboardProps) (page, template) {
	t.Helper()
	one := synth(t, func(stack awscdk.Stack) { NewDashboard(stack, "Dashboard", props) })
	same(t, "the resources", one.types(), []string{"AWS::CloudWatch::Dashboard"})
	resource := one.only(t, "AWS::CloudWatch::Dashboard").Properties
	has(t, resource, "DashboardName", "DashboardBody")
	same(t, "name", resource["DashboardName"], "BreakGlass")
	var p page
	if err := json.Unmarshal([]byte(resource["DashboardBody"].(string)), &p); err != nil {
		t.Fatal(err)
	}
	return p, one
}

// alarmIn returns the ARN of an alarm of the test's account.
func alarmIn(region, name string) string {
	return "arn:aws-us-gov:cloudwatch:" + region + ":" + here.Account + ":alarm:" + name
}

const elsewhere = "us-gov-east-1"

// largest returns a dashboard of every Region, with a standby.
func largest() DashboardProps {
	props := DashboardProps{
		Hub: here, Standby: elsewhere, Instructions: "Call the duty officer.\nThen the <runbook>.", FailedSignIns: "capture-breakglass-user-failed-sign-in",
		Composers: []Composer{{here.Region, here.StateMachine("breakglass-composer")}, {elsewhere, here.In(elsewhere).StateMachine("breakglass-composer")}},
		Alarms:    []string{alarmIn(here.Region, "breakglass-user-failed-sign-in"), alarmIn(elsewhere, "breakglass-user-failed-sign-in-standby")},
	}
	for _, hub := range []string{here.Region, elsewhere} {
		for _, r := range config.AllRegions() {
			props.Heartbeats = append(props.Heartbeats, RegionAlarm{Region: r.Code, ARN: alarmIn(hub, "breakglass-heartbeat-"+r.Code)})
		}
	}
	for _, r := range config.AllRegions() {
		props.DeadLetters = append(props.DeadLetters, alarmIn(r.Code, "breakglass-dead-letters-forwarder"))
	}
	return props
}

func TestDashboard(t *testing.T) {
	props := largest()
	p, _ := dashboard(t, props)

	t.Run("opens on the last days", func(t *testing.T) {
		same(t, "start", p.Start, "-P3D")
		same(t, "the graph keeps the alarm's period", p.PeriodOverride, "inherit")
	})

	t.Run("widgets", func(t *testing.T) {
		var types []string
		for _, w := range p.Widgets {
			types = append(types, w.Type)
		}
		same(t, "in their order", types, []string{"text", "alarm", "alarm", "alarm", "alarm", "alarm", "metric", "metric", "metric", "log", "log", "log"})
	})

	t.Run("headline", func(t *testing.T) {
		w := p.Widgets[0]
		has(t, w.Properties, "markdown")
		lines := strings.Split(w.Properties["markdown"].(string), "\n")
		if len(lines) > 4 {
			t.Errorf("nobody reads %d lines on a wall", len(lines))
		}
		same(t, "what it is", lines[0], "# Break glass: account 012345678901, hub us-gov-west-1, standby us-gov-east-1, 36 Regions watched")
		same(t, "what to do, on one line", lines[2], "* **A row that nobody announced is an intrusion.** Call the duty officer. Then the <runbook>.")
	})

	t.Run("heartbeats", func(t *testing.T) {
		var titles, shown []string
		for _, w := range p.Widgets[1:4] {
			has(t, w.Properties, "title", "alarms", "sortBy")
			// The first are those in alarm: no red one is ever out of sight.
			same(t, "the order", w.Properties["sortBy"], "stateUpdatedTimestamp")
			titles = append(titles, w.Properties["title"].(string))
			shown = append(shown, list(w.Properties["alarms"])...)
		}
		same(t, "titles", titles, []string{"Heartbeats of asia-pacific: 14 Regions", "Heartbeats of europe-africa: 13 Regions", "Heartbeats of americas: 9 Regions"})
		var want []string
		for _, a := range props.Heartbeats {
			want = append(want, a.ARN)
		}
		slices.Sort(want)
		slices.Sort(shown)
		same(t, "each once, the standby's too", shown, want)
	})

	t.Run("other alarms", func(t *testing.T) {
		same(t, "every one, the standby's too", p.Widgets[4].Properties["alarms"], props.Alarms)
		same(t, "dead letters of every Region", p.Widgets[5].Properties["alarms"], props.DeadLetters)
	})

	t.Run("failed sign-ins", func(t *testing.T) {
		w := p.Widgets[6].Properties
		has(t, w, "title", "region", "view", "stat", "period", "metrics", "yAxis", "legend")
		for property, want := range map[string]any{
			"title": "Failed sign-ins per 5 minutes", "region": "us-gov-west-1", "view": "timeSeries",
			// As its alarms count.
			"stat": "Sum", "period": 300,
			"metrics": []any{
				[]any{"AWS/Events", "Invocations", "RuleName", "capture-breakglass-user-failed-sign-in", map[string]any{"id": "seen", "visible": false}},
				[]any{map[string]any{"id": "failures", "expression": "FILL(seen, 0)", "label": "failed sign-ins"}},
			},
		} {
			same(t, property, w[property], want)
		}
	})

	t.Run("composers", func(t *testing.T) {
		for i, region := range []string{"us-gov-west-1", "us-gov-east-1"} {
			w := p.Widgets[7+i].Properties
			has(t, w, "title", "region", "view", "stat", "period", "metrics", "yAxis", "legend")
			same(t, "title", w["title"], "Composer in "+region+": alerts and heartbeats per hour")
			same(t, "where it is", w["region"], region)
			same(t, "its metrics are sums", w["stat"], "Sum")
			arn := "arn:aws-us-gov:states:" + region + ":012345678901:stateMachine:breakglass-composer"
			one := func(id, metric string) any {
				return []any{"AWS/States", metric, "StateMachineArn", arn, map[string]any{"id": id, "visible": false}}
			}
			same(t, "started and failed", w["metrics"], []any{
				one("started", "ExecutionsStarted"), one("failed", "ExecutionsFailed"), one("late", "ExecutionsTimedOut"), one("aborted", "ExecutionsAborted"),
				[]any{map[string]any{"expression": "FILL(started, 0)", "label": "started", "color": "#1f77b4"}},
				[]any{map[string]any{"expression": "FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)", "label": "failed", "color": "#d62728"}},
			})
		}
	})

	t.Run("logs", func(t *testing.T) {
		for i, want := range []string{
			"SOURCE '/aws/events/breakglass-ledger' | " + watch.TimelineQuery.Text,
			"SOURCE '/aws/events/breakglass-ledger' | " + watch.RolesQuery.Text,
			"SOURCE '/aws/events/breakglass-heartbeats' | " + watch.HeartbeatsQuery.Text,
		} {
			w := p.Widgets[9+i].Properties
			has(t, w, "title", "region", "query", "view")
			same(t, "query", w["query"], want)
			same(t, "the hub's", w["region"], "us-gov-west-1")
			same(t, "view", w["view"], "table")
		}
	})

	t.Run("titles", func(t *testing.T) {
		seen := map[any]bool{}
		for _, w := range p.Widgets[1:] {
			if title := w.Properties["title"]; title == "" || seen[title] {
				t.Errorf("two are called %q", title)
			}
			seen[w.Properties["title"]] = true
		}
	})
}

// TestDashboardHasAPlaceForEachWidget tries what a file can ask for, and lays the widgets out.
func TestDashboardHasAPlaceForEachWidget(t *testing.T) {
	full := largest()
	few := full
	few.Standby, few.Heartbeats = "", few.Heartbeats[:1]
	noHeartbeats := full
	noHeartbeats.Heartbeats = nil
	onlySignIns := DashboardProps{Hub: here, Instructions: "Call.", FailedSignIns: "x", Alarms: full.Alarms}
	least := DashboardProps{Hub: here, FailedSignIns: "x"}
	for name, props := range map[string]DashboardProps{
		"everything": full, "one Region": few, "no heartbeats": noHeartbeats, "no dead letters": onlySignIns, "no alarms": least,
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := dashboard(t, props)
			taken := map[[2]int]int{}
			for i, w := range p.Widgets {
				if w.X < 0 || w.Y < 0 || w.Width < 1 || w.Height < 1 || w.X+w.Width > 24 {
					t.Errorf("widget %d is %d by %d at %d, %d", i, w.Width, w.Height, w.X, w.Y)
				}
				for x := w.X; x < w.X+w.Width; x++ {
					for y := w.Y; y < w.Y+w.Height; y++ {
						if other, ok := taken[[2]int{x, y}]; ok {
							t.Fatalf("widgets %d and %d overlap", other, i)
						}
						taken[[2]int{x, y}] = i
					}
				}
				if w.Type == "alarm" {
					if n := len(list(w.Properties["alarms"])); n < 1 || n > 100 {
						t.Errorf("%s has %d alarms, CloudWatch takes 1 to 100", w.Properties["title"], n)
					}
				}
			}
			last := p.Widgets[len(p.Widgets)-1]
			if height := last.Y + last.Height; len(taken) != 24*height {
				t.Errorf("%d of %d places are empty", 24*height-len(taken), 24*height)
			}
		})
	}
}

func TestDashboardLeavesOutWhatIsNotThere(t *testing.T) {
	p, one := dashboard(t, DashboardProps{Hub: here, FailedSignIns: "x"})
	var types []string
	for _, w := range p.Widgets {
		types = append(types, w.Type)
	}
	same(t, "the widgets", types, []string{"text", "metric", "log", "log"})
	body := one.only(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"].(string)
	// A log group that is not there would show an error on the wall every day.
	for _, absent := range []string{"standby", "Regions watched", "/aws/events/breakglass-heartbeats", `"alarms":`} {
		if strings.Contains(body, absent) {
			t.Errorf("%s is on a dashboard without any", absent)
		}
	}
}

func TestDashboardFitsWithEveryRegionAndIsTheSameEachTime(t *testing.T) {
	fill := func(stack awscdk.Stack) {
		NewDashboard(stack, "Dashboard", largest())
		NewQueries(stack, "Queries", true)
	}
	one := synth(t, fill)
	same(t, "the same props, the same template", synth(t, fill), one)
	text, err := yaml.Marshal(map[string]any{"Resources": asJSON(t, one.Resources)})
	if err != nil {
		t.Fatal(err)
	}
	body := one.only(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"].(string)
	t.Logf("the template has %d bytes as YAML, the dashboard's body %d", len(text), len(body))
	if len(text) > plan.MaxTemplate {
		t.Errorf("the template has %d bytes, CloudFormation takes %d", len(text), plan.MaxTemplate)
	}
	if strings.Contains(body, `\u00`) {
		t.Error("the queries are escaped as for a web page: longer, and hard to read in the template")
	}
}

func list(value any) []string {
	var texts []string
	values, _ := value.([]any)
	for _, v := range values {
		texts = append(texts, fmt.Sprint(v))
	}
	return texts
}
