package leftovers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// sample is a record of a call as CloudTrail has it, and what AWS answers to the row's request while the thing is there.
type sample struct {
	Event             string
	Request, Response map[string]any
	Answer            string
}

func samples(t *testing.T) []sample {
	t.Helper()
	text, err := os.ReadFile("testdata/samples.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for line := range strings.Lines(string(text)) {
		var s sample
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, s)
	}
	return all
}

// name is that of a row: without the version of the call.
func (s sample) name() string {
	c := s.call()
	return strings.TrimSuffix(c.Source, ".amazonaws.com") + ":" + c.Plain()
}

func (s sample) call() *chain.Call {
	service, name, _ := strings.Cut(s.Event, ":")
	return &chain.Call{
		Record: events.Record{
			EventID: "e-1", Name: name, Source: service + ".amazonaws.com", Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), Account: "222222222222",
			Region:  "us-east-1",
			Request: s.Request, Response: s.Response,
		},
		By: &chain.Principal{Kind: chain.Session, Role: "BreakGlassRole", Name: "ops"},
	}
}

// Every row has a sample. While its thing is there, the row finds it; when it is not, it says so; and what AWS refuses is not known.
func TestEveryRowOnItsSample(t *testing.T) {
	var asked bytes.Buffer
	has := map[string]bool{} // a sample, by event and the value that a row is about
	for _, s := range samples(t) {
		things := of(s.call(), nil, nil)
		r := things[0].row
		if r.event == "" {
			t.Errorf("no row is about the sample of %s", s.Event)
			continue
		}
		has[s.name()+r.when] = true
		if (r.has != "") && s.Answer == "" {
			t.Errorf("%s needs an answer in which the thing is", r.event)
		}
		there := &answer{status: http.StatusOK, body: s.Answer}
		items := find(t, s, there)
		for _, item := range items {
			if item.State != There || item.Left == (r.effect == Removed) || item.Why != "" || item.Undo == "" && r.undo != "" ||
				strings.ContainsAny(item.What+item.Undo, "{}") {
				t.Errorf("%s, there: %+v", s.Event, item)
			}
			fmt.Fprintf(&asked, "%s: %s\n", s.name(), item.What)
			if item.Undo != "" {
				fmt.Fprintf(&asked, "  undo: %s\n", item.Undo)
			}
			if item.Note != "" {
				fmt.Fprintf(&asked, "  note: %s\n", item.Note)
			}
			if item.Undo == "" && item.Note == "" {
				t.Errorf("%s: nothing says how to undo it", s.Event)
			}
			for _, risk := range item.Risks {
				fmt.Fprintf(&asked, "  risk: %s\n", risk)
			}
		}
		fmt.Fprintf(&asked, "  ask:  %s\n", strings.Join(there.asked, "\n  ask:  "))
		var gone *answer
		switch {
		case len(r.gone) > 0:
			gone = failing(r, r.gone[0])
		case r.hasNot != "":
			gone = &answer{status: http.StatusOK, body: r.hasNot}
		default:
			gone = &answer{status: http.StatusOK, body: "{}"}
		}
		for _, item := range find(t, s, gone) {
			if item.State != Gone || item.Left != (r.effect == Removed) {
				t.Errorf("%s, gone: %+v", s.Event, item)
			}
		}
		for _, item := range find(t, s, failing(r, "AccessDenied")) {
			if item.State != Unknown || !strings.Contains(item.Why, "it is so") || !item.Open() {
				t.Errorf("%s, refused: %+v", s.Event, item)
			}
		}
	}
	for _, r := range table {
		for _, event := range strings.Fields(r.event) {
			if !has[event+r.when] {
				t.Errorf("%s %s has no sample", event, r.when)
			}
		}
	}
	reviewed.Text(t, "requests.txt", asked.String())
}

// Somebody who makes alice2 does not make alice be there, and what has a name that ends as hers does, neither.
func TestOneNameIsNotTakenForAnother(t *testing.T) {
	for _, s := range samples(t) {
		r := of(s.call(), nil, nil)[0].row
		if !placeholder.MatchString(r.has) || r.each != "" {
			continue
		}
		for _, m := range placeholder.FindAllStringSubmatch(r.has, -1) {
			name, err := fill(m[0], s.Request, s.Response)
			if err != nil {
				t.Fatal(err)
			}
			for _, another := range []string{name + "2", "x" + name} {
				for _, item := range find(t, s, &answer{status: http.StatusOK, body: strings.ReplaceAll(s.Answer, name, another)}) {
					if item.State != Gone {
						t.Errorf("%s: %s is taken for %s: %+v", s.Event, another, name, item)
					}
				}
			}
		}
	}
}

// What the contained put into a thing cannot make it look as if it were gone.
func TestNoTextOfOthersMakesAThingGone(t *testing.T) {
	s := sample{Event: "cloudformation:CreateStack", Request: map[string]any{"stackName": "side"}}
	a := &answer{status: http.StatusOK, body: "<Description>DELETE_COMPLETE</Description><StackStatus>CREATE_COMPLETE</StackStatus>"}
	if items := find(t, s, a); items[0].State != There {
		t.Errorf("%+v", items)
	}
	// A subscription that was not confirmed yet has no ARN: AWS refuses the question, and the endpoint may confirm it at any time.
	s = sample{
		Event: "sns:Subscribe", Request: map[string]any{"topicArn": "arn:aws:sns:us-east-1:222222222222:news"},
		Response: map[string]any{"subscriptionArn": "pending confirmation"},
	}
	if items := find(t, s, failing(row{ask: ask{call: "GetSubscriptionAttributes 2010-03-31"}}, "InvalidParameter")); items[0].State != Unknown {
		t.Errorf("%+v", items)
	}
}

// destroys matches commands that take something away, and more than a call made that only changed it.
var destroys = regexp.MustCompile(`^aws \S+ (delete|remove|terminate|reset|deregister|unsubscribe)-| private|Policy= |^aws \S+ (get|describe|list)-`)

// A command that undoes a change brings something back. It deletes nothing that was there before, and does not only read.
func TestWhatWasChangedIsNotDestroyed(t *testing.T) {
	adds := []string{"targets of rule", "instances of stack set", "Regions to which secret"} // these calls add to a list; the command takes out what they added
	for _, r := range table {
		if r.effect != Made && destroys.MatchString(r.undo) && !slices.ContainsFunc(adds, func(what string) bool { return strings.HasPrefix(r.what, what) }) {
			t.Errorf("%s: %s", r.event, r.undo)
		}
		if placeholder.MatchString(r.note) {
			t.Errorf("%s: a note has no names: %s", r.event, r.note)
		}
		if strings.Contains(r.undo, "file://") && r.note == "" {
			t.Errorf("%s: nothing says what is in the file: %s", r.event, r.undo)
		}
	}
}

// What is shared no more is no risk; everybody and every address are one.
func TestRisks(t *testing.T) {
	for text, want := range map[string][]string{
		`{"createVolumePermission": {"remove": {"items": [{"userId": "999999999999"}, {"group": "all"}]}}}`: nil,
		`{"createVolumePermission": {"add": {"items": [{"group": "all"}]}}}`:                                {"shares it with everybody"},
		`{"accountIdsToAdd": ["all"]}`:                                                                                                            {"opens it to everybody (*)"},
		`{"aWSAccountIds": ["999999999999", "222222222222"]}`:                                                                                     {"opens it to account 999999999999, which the configuration does not know"},
		`{"attributeName": "restore", "valuesToAdd": ["all"]}`:                                                                                    {"opens it to everybody (*)"},
		`{"attributeName": "restore", "valuesToRemove": ["all"]}`:                                                                                 nil,
		`{"principals": ["999999999999", "222222222222"]}`:                                                                                        {"opens it to account 999999999999, which the configuration does not know"},
		`{"authType": "NONE"}`:                                                                                                                    {"opens it to everybody (*)"},
		`{"authType": "AWS_IAM"}`:                                                                                                                 nil,
		`{"allowUnauthenticatedIdentities": true}`:                                                                                                {"opens it to everybody (*)"},
		`{"allowUnauthenticatedIdentities": false}`:                                                                                               nil,
		`{"granteePrincipal": "arn:aws:iam::999999999999:role/x"}`:                                                                                {"opens it to account 999999999999, which the configuration does not know"},
		`{"ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}`:                                                      {"opens it to every address"},
		`{"ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}}]}}`:                                                     nil,
		`{"policy": "{\"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\"}}"}`:                                                             nil,
		`{"policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\"}}"}`:                                                            {"opens it to everybody (*)"},
		`{"policy": "%7B%22Statement%22:[%7B%22Effect%22:%22Allow%22,%22Principal%22:%22*%22%7D]%7D"}`:                                            {"opens it to everybody (*)"},
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"NotPrincipal\": {\"AWS\": \"222222222222\"}}]}"}`:                                 {"opens it to everybody (*)"},
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"ec2.amazonaws.com\"}}]}"}`:                           nil,
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Federated\": \"arn:aws:iam::999999999999:saml-provider/x\"}}]}"}`: {"opens it to whoever comes through arn:aws:iam::999999999999:saml-provider/x"},
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::222222222222:root\"}}]}"}`:                  nil,
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:cloudfront::x\\u001b:y\"}}]}"}`:                  {`opens it to arn:aws:cloudfront::x\u001b:y`},
	} {
		var r events.Record
		if err := json.Unmarshal([]byte(text), &r.Request); err != nil {
			t.Fatal(err)
		}
		if got := risks(r, []string{"111111111111", "222222222222"}); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestOneCallThatMakesSeveralThings(t *testing.T) {
	for _, s := range samples(t) {
		if s.Event == "ec2:RunInstances" {
			items := find(t, s, &answer{status: http.StatusOK, body: s.Answer})
			if len(items) != 2 || items[0].What != "instance i-0aaa" || items[1].What != "instance i-0bbb" || items[0].ID == items[1].ID {
				t.Errorf("%+v", items)
			}
		}
	}
}

// What the table does not know is named, and so is a record that lacks what the row needs.
func TestWhatIsNotKnownIsNamed(t *testing.T) {
	for _, s := range []sample{
		{Event: "newservice:CreateThing"}, {Event: "iam:CreateUser"}, {Event: "ec2:RunInstances"},
		{Event: "iam:UpdateAccessKey", Request: map[string]any{"userName": "u", "accessKeyId": "AKIA1", "status": "Expired"}},
	} {
		a := &answer{status: http.StatusOK}
		items := find(t, s, a)
		if knows := s.Event != "newservice:CreateThing" && s.Request["status"] == nil; strings.Contains(items[0].Why, "does not know the call") == knows {
			t.Errorf("%s: %s", s.Event, items[0].Why)
		}
		if len(items) != 1 || items[0].State != Unknown || items[0].Why == "" || !items[0].Open() || len(a.asked) != 0 {
			t.Errorf("%s: %+v, asked %q", s.Event, items, a.asked)
		}
	}
	// The name of the thing is that of the record, which may be anything.
	s := sample{Event: "newservice:CreateDevEndpoint", Request: map[string]any{"endpointName": "x\x1b[31m", "roleArn": "arn:aws:iam::222222222222:role/r"}}
	if items := find(t, s, &answer{}); items[0].What != `newservice:CreateDevEndpoint on arn:aws:iam::222222222222:role/r` {
		t.Errorf("%+v", items)
	}
	s.Request = map[string]any{"endpointName": "x\x1b[31m"}
	if items := find(t, s, &answer{}); items[0].What != `newservice:CreateDevEndpoint on x\u001b[31m` {
		t.Errorf("%+v", items)
	}
	reads := (sample{Event: "iam:GetUser"}).call()
	reads.ReadOnly = true
	if items, _ := Find(t.Context(), Options{Calls: []*chain.Call{reads}}); len(items) != 0 {
		t.Errorf("a call that only reads left %+v", items)
	}
}

// Services write the same thing in several forms: a call of EC2 within a member of its name, one object in place of a list of one, an ARN as it was
// in the address of the call, a version behind the name of a call. What CloudTrail keeps to itself is no name that AWS could be asked for.
func TestFormsOfRecords(t *testing.T) {
	for what, one := range map[string]struct {
		event string
		text  string // of request and response
	}{
		"endpoint vpce-1": {"ec2:CreateVpcEndpoint", `[{}, {"CreateVpcEndpointResponse": {"vpcEndpoint": {"vpcEndpointId": "vpce-1"}}}]`},
		"endpoint vpce-2": {"ec2:CreateVpcEndpoint", `[{}, {"vpcEndpoint": {"vpcEndpointId": "vpce-2"}}]`},
		"flow log fl-1, flow log fl-2": {
			"ec2:DeleteFlowLogs", `[{"DeleteFlowLogsRequest": {"FlowLogId": [{"tag": 1, "content": "fl-1"}, {"tag": 2, "content": "fl-2"}]}}, {}]`,
		},
		"flow log fl-3": {
			"ec2:DeleteFlowLogs", `[{"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-3"}}}, {}]`,
		},
		"flow log fl-4, flow log fl-5": {
			"ec2:CreateFlowLogs", `[{}, {"CreateFlowLogsResponse": {"flowLogIdSet": {"item": ["fl-4", "fl-5"]}}}]`,
		},
		"parameter /a, parameter /b": {"ssm:DeleteParameters", `[{"names": ["/a", "/b"]}, {}]`},
		"access of arn:aws:iam::222222222222:role/x to cluster c": {
			"eks:CreateAccessEntry", `[{"name": "c", "principalArn": "arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2Fx"}, {}]`,
		},
		"distribution E1 of CloudFront": {"cloudfront:CreateDistribution2020_05_31", `[{}, {"distribution": {"id": "E1"}}]`},
		"iam:CreateUser":                {"iam:CreateUser", `[{"userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}, {}]`},
		"ssm:PutParameter":              {"ssm:PutParameter", `[{"name": "****"}, {}]`},
	} {
		var record []map[string]any
		if err := json.Unmarshal([]byte(one.text), &record); err != nil {
			t.Fatal(err)
		}
		a := &answer{status: http.StatusOK}
		var found []string
		for _, item := range find(t, sample{Event: one.event, Request: record[0], Response: record[1]}, a) {
			if found = append(found, item.What); item.What == one.event && (item.State != Unknown || len(a.asked) != 0) {
				t.Errorf("%s: %+v, asked %q", what, item, a.asked)
			}
		}
		if got := strings.Join(found, ", "); got != what {
			t.Errorf("%s %s: %s", one.event, one.text, got)
		}
	}
}

// Thousands of objects that were written are one thing to look at for each bucket; of other unknown calls, each is one.
func TestDataEventsOfABucketAreOneThing(t *testing.T) {
	var calls []*chain.Call
	for i, bucket := range []string{"a", "a", "b"} {
		c := (sample{Event: "s3:PutObject", Request: map[string]any{"bucketName": bucket, "key": fmt.Sprint(i)}}).call()
		c.Category, c.EventID = "Data", fmt.Sprint("d-", i)
		other := (sample{Event: "newservice:SubmitJob", Request: map[string]any{"jobName": "j"}}).call()
		other.EventID = fmt.Sprint("m-", i)
		calls = append(calls, c, other)
	}
	var got []string
	for _, i := range Expected(calls) {
		got = append(got, i.ID+" "+i.What)
	}
	want := []string{
		"d-1 s3:PutObject on a", "m-0 newservice:SubmitJob on j", "m-1 newservice:SubmitJob on j", "d-2 s3:PutObject on b", "m-2 newservice:SubmitJob on j",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Two things whose long names begin alike are two things.
func TestLongNamesAreNotOneThing(t *testing.T) {
	calls := []*chain.Call{}
	for _, end := range []string{"a", "b", "b"} {
		group := strings.Repeat("x", 300) + end
		calls = append(calls, (sample{Event: "logs:PutSubscriptionFilter", Request: map[string]any{"logGroupName": group, "filterName": "f"}}).call())
	}
	if items, err := Find(t.Context(), Options{Calls: calls, Keys: &answer{status: http.StatusOK, body: "{}"}}); err != nil || len(items) != 2 {
		t.Errorf("%d things, %v", len(items), err)
	}
}

// A list that goes on may have the thing on a page that was not read.
func TestAThingThatMayBeOnALaterPageIsNotGone(t *testing.T) {
	for _, s := range []sample{
		{
			Event: "iam:CreateAccessKey", Response: map[string]any{"accessKey": map[string]any{"userName": "u", "accessKeyId": "AKIA1"}},
			Answer: "<IsTruncated>true</IsTruncated>",
		},
		{Event: "logs:DeleteLogGroup", Request: map[string]any{"logGroupName": "/x"}, Answer: `{"logGroups": [], "nextToken": "2"}`},
	} {
		if items := find(t, s, &answer{status: http.StatusOK, body: s.Answer}); items[0].State != Unknown || items[0].Left || items[0].Why == "" {
			t.Errorf("%+v", items)
		}
	}
}

func TestTheNewestLookCounts(t *testing.T) {
	merged := Merge([]Item{{ID: "1", State: There}, {ID: "2", State: There}, {ID: "1", State: Gone}})
	if len(merged) != 2 || merged[0].State != Gone || merged[1].State != There {
		t.Errorf("%+v", merged)
	}
}
