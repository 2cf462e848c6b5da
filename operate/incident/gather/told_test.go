package gather

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

// pages are a ledger with one line a page; err ends it.
type pages struct {
	lines []string
	err   error
	asked []string
}

func (p *pages) FilterLogEvents(
	_ context.Context,
	in *cloudwatchlogs.FilterLogEventsInput,
	_ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	n := 0
	_, _ = fmt.Sscan(aws.ToString(in.NextToken), &n)
	p.asked = append(p.asked, fmt.Sprintf("%s %s from %s to %s, page %d at %s", aws.ToString(in.LogGroupName), aws.ToString(in.FilterPattern),
		time.UnixMilli(*in.StartTime).UTC().Format(time.RFC3339), time.UnixMilli(*in.EndTime).UTC().Format(time.RFC3339), n, time.Now().UTC().Format("15:04:05.00")))
	if n == len(p.lines) {
		return &cloudwatchlogs.FilterLogEventsOutput{}, p.err
	}
	return &cloudwatchlogs.FilterLogEventsOutput{
		Events:    []logstypes.FilteredLogEvent{{Message: aws.String(p.lines[n])}},
		NextToken: aws.String(fmt.Sprint(n + 1)),
	}, nil
}

// world is what one run asks.
type world struct {
	*history
	// target is the history of the target account in us-east-1, of which a run asks two questions.
	target *history
	ledger map[string]*pages // by Region
	shelf  *stub.Shelf
	// refused are accounts and Regions of which nobody gets credentials.
	refused []string
	// kept is how much of each file of the folder was shown.
	kept map[string]int
}

var eventID = regexp.MustCompile(`"(?:eventID|id)":"([^"]+)"`)

// counted is how many records a step found in the folder.
var counted = regexp.MustCompile(`,"records":[0-9]+`)

// done writes the steps that ended, each one with how often it did.
func done(out *strings.Builder, steps *[]string) {
	times := map[string]int{}
	for _, step := range *steps {
		times[step]++
	}
	for _, step := range slices.Sorted(maps.Keys(times)) {
		fmt.Fprintf(out, "    %d of %s\n", times[step], step)
	}
	*steps = nil
}

const wide = `version: 1
hub: {account: "111111111111", region: us-east-1, standby: us-west-2}
regions: [us-east-1, us-west-2]
unwatched: [{region: eu-west-1, reason: r}]
alerts: {email: [a@example.com]}
users: [{name: ops}]
targets: [{account: "222222222222"}]
`

// told runs on a folder, and returns what it said, what it kept, and what a command that asks nobody finds then.
func (w *world) told(t *testing.T, path string) string {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(wide))
	if err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(path)
	if err != nil {
		f, err = folder.Create(path, folder.Incident{HubAccount: hub, Users: []string{"ops"}, Period: period})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	var steps []string
	r := newRun(Options{
		Config: c, Folder: f, Regions: RegionsOf(c), Began: time.Now().Add(-time.Second),
		Total: func(n int, what string) {
			done(&out, &steps)
			fmt.Fprintf(&out, "  %d: %s\n", n, what)
		},
		Step: func(what string) { steps = append(steps, what) },
	})
	if w.shelf != nil {
		r.Bucket = &events.Bucket{API: w.shelf, Name: "trail", Prefix: "AWSLogs/"}
	}
	r.api = func(_ context.Context, number, region string) (events.API, error) {
		if slices.Contains(w.refused, number) {
			return nil, errors.New("no credentials of " + number)
		}
		switch number + " " + region {
		case hub + " us-east-1":
			return w.history, nil
		case "222222222222 us-east-1":
			return w.target, nil
		}
		return &history{}, nil
	}
	r.logs = func(_ context.Context, region string) (logsAPI, error) {
		if slices.Contains(w.refused, region) {
			return nil, &account.Refusal{What: "no credentials in " + region, Fix: "enter it"}
		}
		return w.ledger[region], nil
	}
	got, err := r.run(t.Context())
	done(&out, &steps)
	tell := func(o *Outcome) (text string) {
		for _, call := range o.Chain.Calls() {
			text += fmt.Sprintf("  call %s of %s, from CloudTrail %v\n", call.EventID, call.By.Name, o.History[call.EventID])
		}
		for _, l := range o.Ledgers {
			text += fmt.Sprintf("  ledger of %s: %d events, %s; %s\n", l.Hub, len(l.Events), l.Failure, l.Fix)
		}
		return text + fmt.Sprintf("  lost lines: %d\n", o.Lost)
	}
	told := ""
	if err != nil {
		fmt.Fprintf(&out, "  error: %v\n", err)
	} else {
		told = tell(got)
		fmt.Fprintf(&out, "%s  requests: %d, in %s\n", told, got.Requests, got.Took)
	}
	for _, region := range slices.Sorted(maps.Keys(w.ledger)) {
		for _, asked := range w.ledger[region].asked {
			fmt.Fprintf(&out, "  asked the ledger in %s: %s\n", region, asked)
		}
		w.ledger[region].asked = nil
	}
	for _, name := range []string{folder.Ledger, folder.Records, folder.Reads} {
		text, _ := os.ReadFile(filepath.Join(path, name)) // what is not there says nothing
		// Queries run at once: how many records each of them found there is chance.
		lines := slices.Sorted(strings.Lines(counted.ReplaceAllString(string(text[w.kept[name]:]), "")))
		w.kept[name] = len(text)
		for _, line := range lines {
			if found := eventID.FindStringSubmatch(line); found != nil {
				line = "event " + found[1] + "\n"
			}
			fmt.Fprintf(&out, "  %s has %s", name, line)
		}
	}
	again, err := Load(c, f)
	if err != nil {
		t.Fatal(err)
	}
	if text := tell(again); text != told {
		fmt.Fprintf(&out, "  without asking\n%s", text)
	}
	return out.String()
}

// What a run says and keeps, of the history and of the files of a trail, and what the next one goes on with.
func TestWhatIsGathered(t *testing.T) {
	seen := func(id string, more map[string]any) string {
		event := map[string]any{"id": id, "source": "aws.iam", "account": hub, "region": "us-east-1", "detail": map[string]any{
			"eventID": "d" + id, "eventTime": "2026-11-22T08:10:00Z", "eventName": "CreateGroup", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "recipientAccountId": hub,
			"userIdentity": map[string]any{"type": "IAMUser", "accountId": hub, "userName": "ops"},
		}}
		maps.Copy(event, more)
		text, _ := json.Marshal(event)
		return string(text)
	}
	beat := `{"id": "beat", "source": "breakglass.heartbeat"}`
	quiet := func() map[string]*pages { return map[string]*pages{"us-east-1": {}, "us-west-2": {}} }
	records := func(all ...map[string]any) string {
		text, _ := json.Marshal(map[string]any{"Records": append([]map[string]any{}, all...)})
		return stub.Packed(string(text))
	}
	record := func(id, user, call, made string) map[string]any {
		h := &history{}
		h.add(
			id,
			"08:30:00",
			map[string]any{
				"eventName":         call,
				"userIdentity":      map[string]any{"type": "IAMUser", "accountId": hub, "userName": user},
				"requestParameters": map[string]any{"userName": made},
			},
		)
		return h.events[0]
	}
	at := func(number, region string, minute int) string {
		return stub.TrailFile("AWSLogs/", number, region, period.From.Add(time.Duration(minute)*time.Minute))
	}
	trail := func(more map[string]string) *stub.Shelf {
		s := &stub.Shelf{Name: "trail", Content: map[string]string{}}
		for _, number := range []string{hub, "222222222222"} {
			for _, region := range []string{"us-east-1", "us-west-2", "eu-west-1"} {
				s.Content[at(number, region, 50)] = records()
			}
		}
		maps.Copy(s.Content, more)
		return s
	}
	long := map[string]string{}
	for n := range 12 { // each user makes the next one, in a file before that of its own making
		long[at(hub, "us-east-1", 40-n)] = records(record(fmt.Sprintf("e%02d", n), fmt.Sprintf("u%02d", n), "CreateUser", fmt.Sprintf("u%02d", n+1)))
	}
	long[at(hub, "us-east-1", 45)] = records(record("first", "ops", "CreateUser", "u00"))
	var all strings.Builder
	for _, one := range []struct {
		name string
		runs []func(*world)
	}{
		{"the history", []func(*world){
			func(w *world) { w.add("1", "08:10:00", nil); w.add("2", "08:20:00", nil) },
			func(w *world) { w.add("3", "09:59:00", nil) },
		}},
		{"a history that throttles", []func(*world){
			func(w *world) { w.add("1", "08:10:00", nil); w.target.throttled = 2 },
		}},
		{"a history that refuses", []func(*world){
			func(w *world) { w.target.denied = true },
			func(w *world) { w.target.denied = false },
		}},
		{"a sweep that finds others, and one event twice", []func(*world){func(w *world) {
			session := func(id, role string) map[string]any {
				return map[string]any{
					"eventID": id, "eventTime": "2026-11-22T08:40:00Z", "eventName": "CreateGroup", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
					"recipientAccountId": "222222222222",
					"userIdentity": map[string]any{
						"type": "AssumedRole", "accountId": "222222222222", "arn": "arn:aws:sts::222222222222:assumed-role/" + role + "/ops", "accessKeyId": "ASIA" + role,
						"sessionContext": map[string]any{"sessionIssuer": map[string]any{"type": "Role", "accountId": "222222222222", "userName": role, "arn": "arn:aws:iam::222222222222:role/" + role}},
					},
				}
			}
			w.target.swept = []map[string]any{session("ours", "BreakGlassRole"), session("theirs", "Deployer"), session("ours", "BreakGlassRole")}
		}}},
		{"accounts without credentials", []func(*world){
			func(w *world) { w.add("1", "08:10:00", nil); w.refused = []string{"222222222222"} },
			func(w *world) { w.refused = []string{hub} },
			func(w *world) { w.refused = nil },
		}},
		{"ledgers", []func(*world){
			func(w *world) {
				w.ledger["us-east-1"].lines = []string{
					seen("1", nil), beat, "no JSON", seen("1", nil), seen("2", map[string]any{"source": "breakglass.drill"}), seen("3", map[string]any{"detail": "no record"}),
				}
				w.refused = []string{"us-west-2"}
			},
			func(w *world) {
				w.refused = nil
				w.ledger["us-west-2"].lines = []string{seen("1", nil)}
				w.ledger["us-west-2"].err = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not now"}
			},
		}},
		{"the files of a trail", []func(*world){
			func(w *world) {
				w.shelf = trail(map[string]string{
					at(hub, "us-east-1", 35): records(record("1", "ops", "CreateUser", "first"), map[string]any{"x": 1}), at(hub, "us-east-1", 33): records(record("2", "first", "CreateGroup", "g"), record("9", "alice", "CreateGroup", "g")),
				})
				w.ledger["us-east-1"].lines = []string{seen("4", nil)}
			},
			func(*world) {},
		}},
		{"files that are damaged or missing", []func(*world){
			func(w *world) {
				w.shelf = trail(map[string]string{
					at(hub, "us-east-1", 35): records(record("1", "ops", "CreateGroup", "g")), at(hub, "us-east-1", 36): "x", at(hub, "us-east-1", 37): "y", at(hub, "us-east-1", 38): "z",
				})
				delete(w.shelf.Content, at("222222222222", "eu-west-1", 50))
				delete(w.shelf.Content, at("222222222222", "us-east-1", 50))
				w.shelf.Content[at("222222222222", "us-east-1", -60)] = records()
				w.shelf.Refused = "AWSLogs/222222222222/CloudTrail/us-west-2/2026"
			},
			func(w *world) {
				w.shelf = trail(map[string]string{at(hub, "us-east-1", 35): records(record("1", "ops", "CreateGroup", "g"))})
			},
			func(w *world) {
				w.shelf = trail(map[string]string{at(hub, "us-east-1", 36): "x", at(hub, "us-east-1", 37): "y"})
			},
		}},
		{"a trail that cannot be listed", []func(*world){func(w *world) {
			w.shelf = trail(nil)
			w.shelf.Refused = "AWSLogs/"
		}}},
		{"a chain that grows with each pass", []func(*world){func(w *world) { w.shelf = trail(long) }, func(*world) {}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(period.To.Add(time.Minute)))
			path := filepath.Join(t.TempDir(), "incident")
			w := &world{history: &history{}, target: &history{}, ledger: quiet(), kept: map[string]int{}}
			for n, change := range one.runs {
				change(w)
				fmt.Fprintf(&all, "== %s, run %d\n%s\n", one.name, n+1, w.told(t, path))
				time.Sleep(time.Hour)
			}
		})
	}
	reviewed.Text(t, "told.txt", all.String())
}

// A folder that takes no more, or that cannot be read, ends a run with its own error.
func TestAFolderThatCannotBeUsedEndsARun(t *testing.T) {
	for _, name := range []string{folder.Records, folder.Reads, folder.Ledger} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(period.To.Add(time.Hour)))
			path := filepath.Join(t.TempDir(), "incident")
			f, err := folder.Create(path, folder.Incident{HubAccount: hub, Users: []string{"ops"}, Period: period})
			if err != nil {
				t.Fatal(err)
			}
			h := &history{}
			h.add("1", "08:10:00", nil)
			r := newRun(Options{Config: conf(t), Folder: f, Regions: []string{"us-east-1"}, Began: time.Now()})
			r.api = func(context.Context, string, string) (events.API, error) { return h, nil }
			r.logs = func(context.Context, string) (logsAPI, error) {
				return &history{ledger: []string{`{"id": "1", "source": "aws.iam"}`}}, os.Mkdir(filepath.Join(path, name), 0o700) // from now on, nothing is appended
			}
			if out, err := r.run(t.Context()); out != nil || err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %+v, %v", name, out, err)
			}
			if out, err := Load(conf(t), f); out != nil || err == nil || !strings.Contains(err.Error(), "name the folder of an incident") {
				t.Errorf("%s: %+v, %v", name, out, err)
			}
		})
	}
}

// A run that is ended while it waits says so, and what it read is in the folder.
func TestAnEndedRun(t *testing.T) {
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 700 * time.Millisecond, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			f, err := folder.Create(filepath.Join(t.TempDir(), "incident"), folder.Incident{HubAccount: hub, Users: []string{"ops"}, Period: period})
			if err != nil {
				t.Fatal(err)
			}
			h := &history{}
			for n := range 20 {
				h.add(fmt.Sprint(n), fmt.Sprintf("08:10:%02d", n), nil)
			}
			r := newRun(Options{Config: conf(t), Folder: f, Regions: []string{"us-east-1"}, Began: time.Now()})
			r.api = func(context.Context, string, string) (events.API, error) { return h, nil }
			r.logs = func(context.Context, string) (logsAPI, error) {
				return &pages{lines: []string{`{"id": "1"}`, `{"id": "2"}`}}, nil
			}
			if out, err := r.run(ctx); out != nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("after %s: %+v, %v", after, out, err)
			}
		})
	}
}
