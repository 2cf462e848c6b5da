package local

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/watch"
)

// History is an event history of CloudTrail with what a run has played, for AWS_ENDPOINT_URL_CLOUDTRAIL: that of the local AWS has real calls
// only, each as that of a user who is named after an access key. It answers LookupEvents alone.
type History struct {
	server    *http.Server
	address   string
	accountOf func(ctx context.Context, key string) (string, error)

	mutex  sync.Mutex
	events []watch.Fields
	keys   map[string]string
}

// NewHistory starts an empty history on this machine's loopback interface; Close stops it.
func (r *Run) NewHistory() (*History, error) {
	client := sts.NewFromConfig(r.AWS(r.Config.Hub.Region))
	return newHistory(func(ctx context.Context, key string) (string, error) {
		out, err := client.GetAccessKeyInfo(ctx, &sts.GetAccessKeyInfoInput{AccessKeyId: aws.String(key)})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.Account), nil
	})
}

func newHistory(accountOf func(context.Context, string) (string, error)) (*History, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &History{address: listener.Addr().String(), accountOf: accountOf, keys: map[string]string{}}
	h.server = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = h.server.Serve(listener) }() // it ends with Close
	return h, nil
}

// URL returns its address, for every account and Region.
func (h *History) URL() string { return "http://" + h.address }

// Close stops it.
func (h *History) Close() { _ = h.server.Close() }

// Add takes events in the form that they have on the bus. Each is in the history of its account and Region.
func (h *History) Add(events ...watch.Fields) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.events = append(h.events, events...)
}

// signed has the access key and the Region of a request.
var signed = regexp.MustCompile(`Credential=([^/]+)/[0-9]+/([^/]+)/cloudtrail/`)

// lookup is the request of LookupEvents.
type lookup struct {
	StartTime, EndTime float64
	LookupAttributes   []struct{ AttributeKey, AttributeValue string }
	MaxResults         int
	NextToken          string
}

// pageSize is the most events of a page (CloudTrail API, LookupEvents).
const pageSize = 50

func (h *History) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in lookup
	m := signed.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".LookupEvents") || json.NewDecoder(r.Body).Decode(&in) != nil ||
		len(in.LookupAttributes) != 1 {
		answer(w, http.StatusBadRequest,
			map[string]any{"__type": "UnsupportedOperationException", "message": "only LookupEvents with one attribute is answered here"})
		return
	}
	account, err := h.account(r.Context(), m[1])
	if err != nil {
		answer(w, http.StatusForbidden, map[string]any{"__type": "UnrecognizedClientException", "message": err.Error()})
		return
	}
	answer(w, http.StatusOK, h.page(account, m[2], in))
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// account returns whose an access key is.
func (h *History) account(ctx context.Context, key string) (string, error) {
	h.mutex.Lock()
	known := h.keys[key]
	h.mutex.Unlock()
	if known != "" {
		return known, nil
	}
	found, err := h.accountOf(ctx, key)
	if err != nil {
		return "", err
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.keys[key] = found
	return found, nil
}

// page returns a page of the events of an account in a Region, the newest first.
func (h *History) page(account, region string, in lookup) map[string]any {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var found []watch.Fields
	for _, e := range h.events {
		at, err := time.Parse(time.RFC3339, watch.Text(e, "detail.eventTime"))
		if err != nil || watch.Text(e, "account") != account || watch.Text(e, "region") != region {
			continue
		}
		attribute := in.LookupAttributes[0]
		if s := float64(at.Unix()); s >= in.StartTime && s <= in.EndTime && slices.Contains(attributes(e)[attribute.AttributeKey], attribute.AttributeValue) {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b watch.Fields) int {
		return cmp.Compare(watch.Text(b, "detail.eventTime"), watch.Text(a, "detail.eventTime"))
	})
	begin, _ := strconv.Atoi(in.NextToken) // none is the first page
	end := min(begin+min(pageSize, cmp.Or(in.MaxResults, pageSize)), len(found))
	list, out := []any{}, map[string]any{}
	for _, e := range found[min(begin, end):end] {
		text, _ := json.Marshal(e["detail"]) // it was read from JSON
		list = append(list, map[string]any{"EventId": watch.Text(e, "detail.eventID"), "CloudTrailEvent": string(text)})
	}
	if out["Events"] = list; end < len(found) {
		out["NextToken"] = strconv.Itoa(end)
	}
	return out
}

// attributes returns what the history can be asked for about an event.
func attributes(e watch.Fields) map[string][]string {
	user := watch.Text(e, "detail.userIdentity.userName")
	if arn := watch.Text(e, "detail.userIdentity.arn"); user == "" && strings.Contains(arn, ":assumed-role/") {
		user = arn[strings.LastIndex(arn, "/")+1:]
	}
	detail, _ := e["detail"].(watch.Fields)
	all := map[string][]string{
		"Username": {user}, "AccessKeyId": {watch.Text(e, "detail.userIdentity.accessKeyId")}, "ReadOnly": {fmt.Sprint(detail["readOnly"])},
		"EventName": {watch.Text(e, "detail.eventName")}, "EventId": {watch.Text(e, "detail.eventID")},
	}
	resources, _ := detail["resources"].([]any)
	for _, one := range resources {
		if resource, ok := one.(watch.Fields); ok {
			all["ResourceName"] = append(all["ResourceName"], watch.Text(resource, "ARN"))
		}
	}
	return all
}
