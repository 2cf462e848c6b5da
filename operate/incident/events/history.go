package events

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
)

// Limits of the event history (CloudTrail API, LookupEvents).
const (
	// Pause is the least time from one request to the next in an account and Region: two a second are allowed.
	Pause = 500 * time.Millisecond
	// pageSize is the most events of a page.
	pageSize = 50
	// Kept is how long an event is in the history.
	Kept = 90 * 24 * time.Hour
	// Late is how long after a call its event is in the history, as a rule (CloudTrail user guide: about 5 minutes on average; 15 at most is what
	// it promised before).
	Late = 15 * time.Minute
)

// The attributes that this project asks for.
const (
	Username  = string(types.LookupAttributeKeyUsername)
	AccessKey = string(types.LookupAttributeKeyAccessKeyId)
	Resource  = string(types.LookupAttributeKeyResourceName)
	ReadOnly  = string(types.LookupAttributeKeyReadOnly)
	Name      = string(types.LookupAttributeKeyEventName)
)

// Query is a question to the event history of an account in a Region: CloudTrail takes one attribute.
type Query struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	// Opened is for a sweep of an account: how many opened roles or identity providers it knows, whose sessions it keeps. One that knows more has
	// to read again.
	Opened int `json:"opened,omitempty"`
}

// Period is the time that is read, both ends included.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Page is what one request returned.
type Page struct {
	Records []Record
	// Oldest is the time of the oldest event; zero without any. Pages go from the newest event to the oldest.
	Oldest time.Time
	// Unreadable is the number of events that are no records.
	Unreadable int
}

// API is the part of CloudTrail that has the event history.
type API interface {
	LookupEvents(context.Context, *cloudtrail.LookupEventsInput, ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error)
}

// Place is the event history of an account in a Region. Its requests come one after another, within the rate.
type Place struct {
	API API
	// Requests counts the requests; Throttled those that CloudTrail throttled: others ask the same account and Region.
	Requests, Throttled int

	next time.Time
}

// patience is how long one request may take.
const patience = 30 * time.Second

// How often a request is made that CloudTrail throttles, each pause being twice the last, and one that fails for another reason that may pass.
const (
	attempts = 6
	tries    = 2
)

// Read passes every page of a query to take, from the newest event to the oldest. The error explains what stopped it; what take got stays
// valid.
func (p *Place) Read(ctx context.Context, q Query, period Period, take func(Page) error) error {
	in := &cloudtrail.LookupEventsInput{
		StartTime: aws.Time(period.From), EndTime: aws.Time(period.To), MaxResults: aws.Int32(pageSize),
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKey(q.Attribute), AttributeValue: aws.String(q.Value)}},
	}
	reading, reached := "reading CloudTrail's event history of "+q.Account+" in "+q.Region, period.To
	for {
		out, err := p.ask(ctx, in)
		if wrong := (*types.InvalidNextTokenException)(nil); errors.As(err, &wrong) && reached.Before(*in.EndTime) {
			// A token runs out when others throttle for long: the rest is a query of its own. Events that come twice are dropped by their ID.
			in.EndTime, in.NextToken = aws.Time(reached), nil
			continue
		}
		if err != nil {
			return account.Explain(err, reading)
		}
		if in.NextToken != nil && aws.ToString(out.NextToken) == *in.NextToken {
			return &account.Refusal{What: reading + ": the same page came again", Fix: "repeat the command; it continues where it stopped"}
		}
		page := Page{}
		for _, event := range out.Events {
			record, err := Parse([]byte(aws.ToString(event.CloudTrailEvent)), q.Account, q.Region)
			if err != nil {
				page.Unreadable++
				continue
			}
			page.Records = append(page.Records, record)
			if page.Oldest.IsZero() || record.Time.Before(page.Oldest) {
				page.Oldest = record.Time
			}
		}
		if err := take(page); err != nil {
			return err
		}
		if !page.Oldest.IsZero() {
			reached = page.Oldest
		}
		if aws.ToString(out.NextToken) == "" {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

// ask makes one request, and repeats it while CloudTrail throttles.
func (p *Place) ask(ctx context.Context, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	pause := Pause
	for attempt := 1; ; attempt++ {
		if err := p.wait(ctx, pause); err != nil {
			return nil, err
		}
		asking, cancel := context.WithTimeout(ctx, patience)
		p.Requests++
		out, err := p.API.LookupEvents(asking, in)
		cancel()
		switch slow := account.Throttled(err); {
		case slow && attempt < attempts:
			p.Throttled++
		case slow || !passes(err) || attempt >= tries || ctx.Err() != nil:
			return out, err
		}
		pause *= 2
		p.next = time.Now().Add(pause)
	}
}

// wait returns when the next request may begin.
func (p *Place) wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(time.Until(p.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		p.next = time.Now().Add(pause)
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// passes reports whether an error may pass: a Region that does not answer, or a fault of the service.
func passes(err error) bool {
	var api smithy.APIError
	return account.Silent(err) || errors.As(err, &api) && api.ErrorFault() == smithy.FaultServer
}
