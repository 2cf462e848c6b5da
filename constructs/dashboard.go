package constructs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// RegionAlarm is the alarm on the heartbeat of a Region.
type RegionAlarm struct {
	// Region whose heartbeat it is; the alarm itself is in a hub.
	Region string
	// ARN of the alarm.
	ARN string
}

// DashboardProps describe the page. A list of alarms may name those of any Region, 100 at most in each part of the world and in
// each other list, and one that is empty leaves its widget out.
type DashboardProps struct {
	// Hub is where the ledger is.
	Hub place.Place
	// Standby is its Region; empty means none.
	Standby string
	// Instructions are those of the alerts: what to do now.
	Instructions string
	// Heartbeats are the alarms on silent Regions, the standby's too. Without any, nothing is shown of heartbeats.
	Heartbeats []RegionAlarm
	// DeadLetters are the ARNs of the alarms on dead-letter queues.
	DeadLetters []string
	// Alarms are the ARNs of all other alarms.
	Alarms []string
	// FailedSignIns is the name of the hub's rule that counts them.
	FailedSignIns string
	// Composers are the state machines of the hubs.
	Composers []Composer
}

// Composer is the state machine of a hub.
type Composer struct{ Region, ARN string }

// dashboardStart is how far the page looks back when it opens: a Monday morning has the weekend on it.
const dashboardStart = "-P3D"

// NewDashboard makes one page that shows whether the alerting works and what it recorded.
func NewDashboard(scope constructs.Construct, id string, props DashboardProps) {
	awscloudwatch.NewCfnDashboard(scope, jsii.String(id), &awscloudwatch.CfnDashboardProps{
		DashboardName: jsii.String(names.Dashboard),
		DashboardBody: jsii.String(props.Body()),
	})
}

// Body returns the page as CloudWatch takes it, ordered for a quick look: first what is red, then what happened.
func (props DashboardProps) Body() string {
	var g grid
	g.row(4, textWidget(headline(props)))
	heartbeats := heartbeatWidgets(props.Heartbeats)
	g.row(heartbeatRow(props.Heartbeats, len(heartbeats)), heartbeats...)

	state := alarmWidgets("All other alarms", props.Alarms)
	state = append(state, alarmWidgets("Dead-letter queues, by Region", props.DeadLetters)...)
	g.row(6, state...)

	counts := []widget{failedSignIns(props)}
	for _, composer := range props.Composers {
		counts = append(counts, executions(composer))
	}
	g.row(6, counts...)

	g.row(7, logWidget(props.Hub, "Events, newest first (without drills)", watch.TimelineQuery))
	seen := []widget{logWidget(props.Hub, "Roles and accounts that the users entered", watch.RolesQuery)}
	if len(props.Heartbeats) > 0 {
		seen = append(seen, logWidget(props.Hub, "Latest heartbeats, oldest first", watch.HeartbeatsQuery))
	}
	g.row(8, seen...)
	return body(g.widgets)
}

// headline returns the text at the top: what the page is and what to do, in a few lines.
func headline(props DashboardProps) string {
	title := "# Break glass: account " + props.Hub.Account + ", hub " + props.Hub.Region
	if props.Standby != "" {
		title += ", standby " + props.Standby
	}
	if n := regionsOf(props.Heartbeats); n > 0 {
		title += ", " + english.Plural(n, "Region", "") + " watched"
	}
	return strings.Join([]string{
		title,
		"On a normal day, every alarm is green and the table of events is empty.",
		"* **A row that nobody announced is an intrusion.** " + strings.Join(strings.Fields(props.Instructions), " "),
		"* **A red heartbeat:** a sign-in in that Region may go unseen. **Any red alarm:** open it; its description says what to do.",
	}, "\n")
}

// heartbeatWidgets returns a widget for the alarms of each part of the world: all in one would be hard to read.
func heartbeatWidgets(alarms []RegionAlarm) []widget {
	var widgets []widget
	for _, part := range watch.WorldParts {
		of := inPart(alarms, part.Name)
		var arns []string
		for _, a := range of {
			arns = append(arns, a.ARN)
		}
		widgets = append(widgets, alarmWidgets("Heartbeats of "+part.Name+": "+english.Plural(regionsOf(of), "Region", ""), arns)...)
	}
	return widgets
}

// heartbeatRow returns the height that shows every alarm, up to the room there is: red alarms come first in any case.
func heartbeatRow(alarms []RegionAlarm, widgets int) int {
	if widgets == 0 {
		return 0
	}
	// An alarm takes about a third of eight columns, and one line; the title takes another.
	across, height := columns/widgets*3/8, 3
	for _, part := range watch.WorldParts {
		lines := (len(inPart(alarms, part.Name)) + across - 1) / across
		height = max(height, min(1+lines, 8))
	}
	return height
}

func inPart(alarms []RegionAlarm, part string) []RegionAlarm {
	var of []RegionAlarm
	for _, a := range alarms {
		if watch.WorldPartOf(a.Region) == part {
			of = append(of, a)
		}
	}
	return of
}

func regionsOf(alarms []RegionAlarm) int {
	regions := map[string]bool{}
	for _, a := range alarms {
		regions[a.Region] = true
	}
	return len(regions)
}

// columns of a dashboard (CloudWatch API, dashboard body).
const columns = 24

// grid puts widgets below and beside each other.
type grid struct {
	height  int
	widgets []widget
}

// row adds widgets that share the width; without any, it adds nothing.
func (g *grid) row(height int, widgets ...widget) {
	for i, w := range widgets {
		w.X, w.Y, w.Width, w.Height = i*columns/len(widgets), g.height, columns/len(widgets), height
		g.widgets = append(g.widgets, w)
	}
	if len(widgets) > 0 {
		g.height += height
	}
}

// widget is one of CloudWatch's, with the names of the dashboard body (CloudWatch API, PutDashboard).
type widget struct {
	Type       string         `json:"type"`
	X          int            `json:"x"`
	Y          int            `json:"y"`
	Width      int            `json:"width"`
	Height     int            `json:"height"`
	Properties map[string]any `json:"properties"`
}

func textWidget(markdown string) widget {
	return widget{Type: "text", Properties: map[string]any{"markdown": markdown}}
}

// alarmWidgets returns a widget with the state of each alarm, red ones first; none without alarms, since CloudWatch refuses an
// empty widget.
func alarmWidgets(title string, arns []string) []widget {
	if len(arns) == 0 {
		return nil
	}
	return []widget{{Type: "alarm", Properties: map[string]any{
		"title": title, "alarms": arns, "sortBy": "stateUpdatedTimestamp",
	}}}
}

func logWidget(hub place.Place, title string, q watch.Query) widget {
	return widget{Type: "log", Properties: map[string]any{
		"title": title, "region": hub.Region, "view": "table", "query": "SOURCE '" + q.Group + "' | " + q.Text,
	}}
}

// failedSignIns returns a graph of what the alarms on failed sign-ins count. EventBridge emits no metric at zero, and a line from
// one failure to the next would suggest a constant attack: the gaps are filled with zeros.
func failedSignIns(props DashboardProps) widget {
	return widget{Type: "metric", Properties: map[string]any{
		"title": fmt.Sprintf("Failed sign-ins per %.0f minutes", watch.CountPeriod.Minutes()), "region": props.Hub.Region,
		"view": "timeSeries", "stat": "Sum", "period": watch.CountPeriod.Seconds(),
		"metrics": []any{
			[]any{"AWS/Events", "Invocations", "RuleName", props.FailedSignIns, map[string]any{"id": "seen", "visible": false}},
			[]any{map[string]any{"id": "failures", "expression": "FILL(seen, 0)", "label": "failed sign-ins"}},
		},
		"yAxis":  map[string]any{"left": map[string]any{"min": 0, "showUnits": false}},
		"legend": map[string]any{"position": "hidden"},
	}}
}

// executions returns a graph of how often a hub's composer ran, and how often it ended without success: each heartbeat of a rule is an
// execution too, so that a flat line says as much as a red one. Step Functions emits no metric at zero.
func executions(composer Composer) widget {
	number := func(id, metric string) any {
		return []any{"AWS/States", metric, "StateMachineArn", composer.ARN, map[string]any{"id": id, "visible": false}}
	}
	sum := func(expression, label, color string) any {
		return []any{map[string]any{"expression": expression, "label": label, "color": color}}
	}
	return widget{Type: "metric", Properties: map[string]any{
		"title": "Composer in " + composer.Region + ": alerts and heartbeats per hour", "region": composer.Region,
		"view": "timeSeries", "stat": "Sum", "period": time.Hour.Seconds(),
		"metrics": []any{
			number("started", "ExecutionsStarted"), number("failed", "ExecutionsFailed"), number("late", "ExecutionsTimedOut"), number("aborted", "ExecutionsAborted"),
			sum("FILL(started, 0)", "started", "#1f77b4"),
			sum("FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)", "failed", "#d62728"),
		},
		"yAxis":  map[string]any{"left": map[string]any{"min": 0, "showUnits": false}},
		"legend": map[string]any{"position": "bottom"},
	}}
}

// body returns the dashboard's text. Equal widgets give equal text: encoding/json sorts the keys of maps.
func body(widgets []widget) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	// The text is not embedded in HTML, and the queries are full of characters that would be escaped.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"start": dashboardStart, "periodOverride": "inherit", "widgets": widgets}); err != nil {
		panic(err) // a dashboard holds maps, lists, texts and numbers only
	}
	return strings.TrimSpace(out.String())
}
