package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/internal/account"
)

// cloud plays CloudTrail and CloudWatch Logs of several accounts as AWS does: it pages, keeps the rate, takes one attribute, and refuses what
// it is told to refuse.
type cloud struct {
	// records of each account and Region, in any order.
	records map[string][]map[string]any
	// ledger has the events of each hub Region.
	ledger map[string][]string
	// closed are accounts that cannot be entered; denied are accounts with a Region whose history may not be read.
	closed, denied map[string]bool
	// throttle is how many requests more an account and Region has that are throttled though they keep the rate: others ask, too.
	throttle map[string]int
	// latency of each request.
	latency time.Duration
	// cut, if not zero, is after how many requests stop is called.
	cut  int
	stop func()

	mutex    sync.Mutex
	last     map[string][]time.Time
	requests int
	tooFast  int
	indexes  map[string]map[string][]map[string]any
	indexed  map[string]int
}

func newCloud() *cloud {
	return &cloud{
		records: map[string][]map[string]any{}, ledger: map[string][]string{}, closed: map[string]bool{}, denied: map[string]bool{}, throttle: map[string]int{},
		last: map[string][]time.Time{}, indexes: map[string]map[string][]map[string]any{}, indexed: map[string]int{},
	}
}

func (c *cloud) In(_ context.Context, number, region string) (aws.Config, error) {
	if c.closed[number] {
		return aws.Config{}, &account.Refusal{
			What: "assuming the role in " + number + ": the permission sts:AssumeRole is missing", Fix: "check that the role exists",
		}
	}
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKIA"+number, "secret", ""), HTTPClient: c}, nil
}

var scope = regexp.MustCompile(`Credential=AKIA(\d+)/\d+/([a-z0-9-]+)/`)

func (c *cloud) Do(r *http.Request) (*http.Response, error) {
	if c.latency > 0 {
		time.Sleep(c.latency)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	m := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	body, _ := io.ReadAll(r.Body)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var answer any
	var code string
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, ".LookupEvents"):
		answer, code = c.lookup(m[1], m[2], body)
	case strings.HasSuffix(target, ".FilterLogEvents"):
		answer = c.filter(m[2])
	default:
		return nil, errors.New("not played: " + target)
	}
	status := http.StatusOK
	if code != "" {
		status, answer = http.StatusBadRequest, map[string]string{"__type": code, "message": code + " on resource: *"}
		if strings.Contains(code, "Denied") {
			answer = map[string]string{
				"__type": code, "message": "User: arn:aws:iam::111111111111:user/operator is not authorized to perform: cloudtrail:LookupEvents on resource: *",
			}
		}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(text)), Request: r}, nil
}

// pageSize of the history. A test of a few records makes it small.
var pageSize = 50

func (c *cloud) lookup(number, region string, body []byte) (any, string) {
	at := number + " " + region
	if c.requests++; c.cut > 0 && c.requests == c.cut {
		c.stop()
	}
	now := time.Now()
	recent := slices.DeleteFunc(c.last[at], func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(recent) >= 2 {
		c.tooFast++
		c.last[at] = recent
		return nil, "ThrottlingException"
	}
	c.last[at] = append(recent, now)
	if c.throttle[at] > 0 {
		c.throttle[at]--
		return nil, "ThrottlingException"
	}
	if c.denied[at] {
		return nil, "AccessDeniedException"
	}
	var in struct {
		StartTime, EndTime float64
		MaxResults         int
		NextToken          string
		LookupAttributes   []struct{ AttributeKey, AttributeValue string }
	}
	if json.Unmarshal(body, &in) != nil || in.MaxResults > 50 {
		return nil, "InvalidMaxResultsException"
	}
	if len(in.LookupAttributes) != 1 {
		return nil, "InvalidLookupAttributesException"
	}
	query := fmt.Sprint(in.LookupAttributes, in.StartTime, in.EndTime)
	begin := 0
	if in.NextToken != "" {
		text, of, _ := strings.Cut(in.NextToken, " ")
		if of != query {
			return nil, "InvalidNextTokenException"
		}
		_, _ = fmt.Sscan(text, &begin)
	}
	var found []map[string]any
	for _, r := range c.index(at)[in.LookupAttributes[0].AttributeKey+" "+in.LookupAttributes[0].AttributeValue] {
		t, _ := time.Parse(time.RFC3339, r["eventTime"].(string))
		if seconds := float64(t.Unix()); seconds >= in.StartTime && seconds <= in.EndTime {
			found = append(found, r)
		}
	}
	list := []any{}
	end := min(begin+min(pageSize, in.MaxResults), len(found))
	for _, r := range found[begin:end] {
		text, _ := json.Marshal(r)
		list = append(list, map[string]any{"EventId": r["eventID"], "CloudTrailEvent": string(text)})
	}
	out := map[string]any{"Events": list}
	if end < len(found) {
		out["NextToken"] = fmt.Sprint(end) + " " + query
	}
	return out, ""
}

// index returns the records of an account and Region by attribute and value, the newest first.
func (c *cloud) index(at string) map[string][]map[string]any {
	if known := c.indexes[at]; known != nil && c.indexed[at] == len(c.records[at]) {
		return known
	}
	all := map[string][]map[string]any{}
	for _, r := range c.records[at] {
		for key, values := range attributes(r) {
			for _, value := range values {
				all[key+" "+value] = append(all[key+" "+value], r)
			}
		}
	}
	for _, records := range all {
		slices.SortStableFunc(records, func(a, b map[string]any) int {
			return strings.Compare(b["eventTime"].(string), a["eventTime"].(string))
		})
	}
	c.indexes[at], c.indexed[at] = all, len(c.records[at])
	return all
}

// attributes returns what the history can be asked for about a record.
func attributes(r map[string]any) map[string][]string {
	identity, _ := r["userIdentity"].(map[string]any)
	user, _ := identity["userName"].(string)
	if arn, _ := identity["arn"].(string); user == "" && strings.Contains(arn, ":assumed-role/") {
		user = arn[strings.LastIndex(arn, "/")+1:]
	}
	key, _ := identity["accessKeyId"].(string)
	all := map[string][]string{"Username": {user}, "AccessKeyId": {key}, "ReadOnly": {fmt.Sprint(r["readOnly"])}, "EventName": {fmt.Sprint(r["eventName"])}}
	resources, _ := r["resources"].([]any)
	for _, one := range resources {
		arn, _ := one.(map[string]any)["ARN"].(string)
		all["ResourceName"] = append(all["ResourceName"], arn)
	}
	return all
}

func (c *cloud) filter(region string) any {
	lines := []any{}
	for _, event := range c.ledger[region] {
		lines = append(lines, map[string]any{"message": event})
	}
	return map[string]any{"events": lines}
}
