package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/smithy-go"
)

// answers are an event history that gives one answer after another, and the last one from then on. It notes when it was asked.
type answers struct {
	all  []any // an error, or the events of a page
	at   []time.Time
	seen []*cloudtrail.LookupEventsInput
}

func (a *answers) LookupEvents(_ context.Context, in *cloudtrail.LookupEventsInput, _ ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error) {
	n := len(a.at)
	a.at = append(a.at, time.Now())
	kept := *in
	a.seen = append(a.seen, &kept)
	switch answer := a.all[min(n, len(a.all)-1)].(type) {
	case error:
		return nil, answer
	case []string:
		out := &cloudtrail.LookupEventsOutput{}
		for _, text := range answer {
			out.Events = append(out.Events, types.Event{CloudTrailEvent: aws.String(text)})
		}
		if n < len(a.all)-1 {
			out.NextToken = aws.String(fmt.Sprint(n))
		}
		return out, nil
	}
	return nil, errors.New("not played")
}

// same is an event history whose pages all lead to one.
type same struct{}

func (same) LookupEvents(context.Context, *cloudtrail.LookupEventsInput, ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error) {
	return &cloudtrail.LookupEventsOutput{NextToken: aws.String("x")}, nil
}

func refusal(code string, fault smithy.ErrorFault) error {
	return &smithy.GenericAPIError{Code: code, Message: "it is so", Fault: fault}
}

func TestReadingTheHistory(t *testing.T) {
	record := func(id, clock string) string {
		text := strings.Replace(sample, "e-1", id, 1)
		return strings.Replace(text, "08:00:00", clock, 1)
	}
	slow, fault := refusal("ThrottlingException", smithy.FaultClient), refusal("InternalError", smithy.FaultServer)
	page := []string{record("a", "08:30:00"), "no record", record("b", "08:10:00")}
	for name, one := range map[string]struct {
		all                 []any
		fails               string
		requests, throttled int
	}{
		"at once":                    {[]any{page}, "", 1, 0},
		"throttled, but not forever": {[]any{slow, slow, slow, slow, slow, page}, "", 6, 5},
		"throttled for good":         {[]any{slow}, "AWS throttled the requests", 6, 5},
		"a fault that passes":        {[]any{fault, page}, "", 2, 0},
		"a fault that stays":         {[]any{fault}, "reading CloudTrail's event history of 222222222222 in eu-west-1", 2, 0},
		"a refusal":                  {[]any{refusal("AccessDeniedException", smithy.FaultClient)}, "it is so", 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := &answers{all: one.all}
			p := &Place{API: a}
			var got []Page
			err := p.Read(t.Context(), Query{Account: "222222222222", Region: "eu-west-1", Attribute: Username, Value: "x"}, Period{},
				func(page Page) error { got = append(got, page); return nil })
			if (err == nil) != (one.fails == "") || err != nil && !strings.Contains(err.Error(), one.fails) {
				t.Errorf("%s: %v", name, err)
			}
			if p.Requests != one.requests || p.Throttled != one.throttled || len(a.at) != one.requests {
				t.Errorf("%s: %d requests, %d throttled", name, p.Requests, p.Throttled)
			}
			for i := 1; i < len(a.at); i++ {
				if least := Pause << i; a.at[i].Sub(a.at[i-1]) < least {
					t.Errorf("%s: request %d comes after %s, want %s", name, i+1, a.at[i].Sub(a.at[i-1]), least)
				}
			}
			if err != nil {
				return
			}
			if len(got) != 1 || len(got[0].Records) != 2 || got[0].Unreadable != 1 || !got[0].Oldest.Equal(time.Date(2026, 11, 22, 8, 10, 0, 0, time.UTC)) {
				t.Errorf("%s: %+v", name, got)
			}
		})
	}
}

// Pages come within the rate, each with the token of the one before, and one attribute; who takes them may end it.
func TestPagesOfTheHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{all: []any{[]string{sample}, []string{}, []string{sample}}}
		p := &Place{API: a}
		period := Period{From: time.Unix(1000, 0), To: time.Unix(2000, 0)}
		pages := 0
		if err := p.Read(t.Context(), Query{Attribute: AccessKey, Value: "ASIA1"}, period, func(Page) error { pages++; return nil }); err != nil || pages != 3 {
			t.Fatalf("%d pages, %v", pages, err)
		}
		var tokens []string
		for i, in := range a.seen {
			tokens = append(tokens, aws.ToString(in.NextToken))
			if len(in.LookupAttributes) != 1 || string(in.LookupAttributes[0].AttributeKey) != AccessKey || *in.LookupAttributes[0].AttributeValue != "ASIA1" ||
				!in.StartTime.Equal(period.From) || !in.EndTime.Equal(period.To) || *in.MaxResults != pageSize {
				t.Errorf("asked %+v", in)
			}
			if i > 0 && a.at[i].Sub(a.at[i-1]) != Pause {
				t.Errorf("page %d comes after %s", i+1, a.at[i].Sub(a.at[i-1]))
			}
		}
		if !slices.Equal(tokens, []string{"", "0", "1"}) {
			t.Errorf("tokens %q", tokens)
		}
		// A token that AWS refuses is one that ran out: the rest is asked anew, from the oldest event on, unless none came since.
		a = &answers{all: []any{[]string{sample}, &types.InvalidNextTokenException{}, []string{}}}
		oldest := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		period.To = oldest.Add(time.Hour)
		if err := (&Place{API: a}).Read(t.Context(), Query{}, period, func(Page) error { return nil }); err != nil || len(a.seen) != 3 ||
			a.seen[2].NextToken != nil || !a.seen[2].EndTime.Equal(oldest) {
			t.Errorf("%d requests, %v", len(a.seen), err)
		}
		a = &answers{all: []any{[]string{}, &types.InvalidNextTokenException{}}}
		if err := (&Place{API: a}).Read(t.Context(), Query{}, period, func(Page) error { return nil }); err == nil || len(a.seen) != 2 {
			t.Errorf("%d requests, %v", len(a.seen), err)
		}
		// The token of the page itself would lead to it forever.
		if err := (&Place{API: same{}}).Read(t.Context(), Query{}, period, func(Page) error { return nil }); err == nil ||
			!strings.Contains(err.Error(), "the same page came again") {
			t.Errorf("%v", err)
		}
		full := errors.New("the disk is full")
		if err := p.Read(t.Context(), Query{}, period, func(Page) error { return full }); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if before := p.Requests; p.Read(ctx, Query{}, period, nil) == nil || p.Requests != before {
			t.Error("it asks although it was ended")
		}
	})
}
