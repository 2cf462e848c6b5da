package leftovers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"

	"example.com/breakglass/operate/incident/chain"
)

// broken is an AWS of which something does not work.
type broken struct {
	enter, retrieve, do error
	body                io.Reader
}

func (b broken) In(_ context.Context, _, region string) (aws.Config, error) {
	var provider aws.CredentialsProvider = credentials.NewStaticCredentialsProvider("AKIA", "secret", "")
	if b.retrieve != nil {
		provider = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, b.retrieve })
	}
	return aws.Config{Region: region, Credentials: provider, HTTPClient: b}, b.enter
}

func (b broken) Do(r *http.Request) (*http.Response, error) {
	if b.do != nil {
		return nil, b.do
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(b.body), Request: r}, nil
}

// cut is an answer that ends before its end.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// What cannot be asked is neither there nor gone: it is not known, and why.
func TestWhatCannotBeAskedIsNotKnown(t *testing.T) {
	for why, b := range map[string]broken{
		"no way in": {enter: errors.New("no way in\x1b[31m")}, "no keys": {retrieve: errors.New("no keys")}, "no network": {do: errors.New("no network")}, "the answer broke off": {body: cut{}},
	} {
		items, err := Find(t.Context(), Options{Calls: []*chain.Call{samples(t)[0].call()}, Keys: b})
		if err != nil || len(items) != 1 || items[0].State != Unknown || items[0].Left || !items[0].Open() || !strings.Contains(items[0].Why, why) ||
			strings.Contains(items[0].Why, "\x1b") ||
			items[0].Looked.IsZero() {
			t.Errorf("%s: %+v, %v", why, items, err)
		}
	}
}

// The code of an error is that of AWS, in whichever form a service writes it; without it, what is refused would be taken for something else.
func TestTheCodeOfAnError(t *testing.T) {
	for body, want := range map[string]string{
		`{"__type": "com.amazonaws.example#Gone", "message": "m"}`:    "Gone: m",
		`{"__type": "Gone:http://internal", "Message": "M"}`:          "Gone: M",
		`{"code": "Gone", "message": "m", "Message": "M"}`:            "Gone: m",
		`<R><Error><Code>Gone</Code><Message>m</Message></Error></R>`: "Gone: m",
		`<R><Errors><Error><Code>Gone</Code></Error></Errors></R>`:    "Gone: ",
		`<Error><Code>Gone</Code><Message>m</Message></Error>`:        "Gone: m",
		`<html>`: "HTTP 418: ", ``: "HTTP 418: ", `{}`: "HTTP 418: ",
	} {
		err := failure(&http.Response{StatusCode: 418, Header: http.Header{}}, []byte(body))
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode()+": "+api.ErrorMessage() != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
		named := failure(&http.Response{StatusCode: 418, Header: http.Header{"X-Amzn-Errortype": {"Named:x"}}}, []byte(body))
		if !errors.As(named, &api) || api.ErrorCode() != "Named" && strings.HasPrefix(body, "{") || api.ErrorCode() == "HTTP 418" {
			t.Errorf("%s: %v", body, named)
		}
	}
}

// Each place is a step. A folder that takes no more ends what is written, and is an error; and so is a search that is stopped.
func TestASearchThatEnds(t *testing.T) {
	one, other := samples(t)[0].call(), samples(t)[0].call()
	other.EventID, other.Account = "e-2", "333333333333"
	full := errors.New("no space left on device")
	var steps []string
	total, lines := 0, 0
	o := Options{
		Calls: []*chain.Call{one, other}, Keys: &answer{status: http.StatusOK, body: "{}"},
		Total: func(n int) { total = n }, Step: func(at string) { steps = append(steps, at) }, Found: func(Item) error { lines++; return full },
	}
	items, err := Find(t.Context(), o)
	slices.Sort(steps)
	if !errors.Is(err, full) || len(items) != 2 || lines != 1 || total != 2 || !slices.Equal(steps, []string{"222222222222 us-east-1", "333333333333 us-east-1"}) {
		t.Errorf("%+v, %v, %d lines, %d places, %q", items, err, lines, total, steps)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lines = 0
	if items, err := Find(ctx, o); items != nil || !errors.Is(err, context.Canceled) || lines != 0 {
		t.Errorf("%+v, %v, %d lines", items, err, lines)
	}
}

// What a search looks at is known without asking anybody. An item of an earlier call is superseded by a later one that did the same.
func TestWhatASearchLooksAt(t *testing.T) {
	call := samples(t)[0].call()
	expected := Expected([]*chain.Call{call})
	items, err := Find(t.Context(), Options{Calls: []*chain.Call{call}, Keys: &answer{status: http.StatusOK, body: "{}"}})
	if err != nil || len(expected) != 1 || len(items) != 1 || expected[0].ID != items[0].ID || expected[0].What != items[0].What || !expected[0].Looked.IsZero() {
		t.Fatalf("%+v, %+v, %v", expected, items, err)
	}
	earlier := expected[0]
	if earlier.Superseded(expected) {
		t.Error("an item supersedes itself")
	}
	earlier.ID = "e-0"
	if !earlier.Superseded(expected) || earlier.Superseded(nil) {
		t.Error("a later call did the same")
	}
	for what, change := range map[string]func(*Item){
		"account": func(i *Item) { i.Account = "x" }, "region": func(i *Item) { i.Region = "x" }, "effect": func(i *Item) { i.Effect = "x" }, "name": func(i *Item) { i.What = "x" },
	} {
		other := earlier
		change(&other)
		if other.Superseded(expected) {
			t.Errorf("one of another %s", what)
		}
	}
}
