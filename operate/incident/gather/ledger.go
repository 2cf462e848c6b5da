package gather

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/watch"
)

type logsAPI interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// Ledger is what the ledger of a hub has about the period.
type Ledger struct {
	Hub string
	// Events are the events in the form that they have on the bus, without heartbeats, each once.
	Events []watch.Fields
	// Failure and Fix are why it could not be read, or not to its end.
	Failure, Fix string
}

// Line is a line of the folder's copy of the ledgers: an event, or how reading one ended.
type Line struct {
	Hub   string       `json:"hub"`
	Event watch.Fields `json:"event,omitempty"`
	// Failure and Fix are why a ledger could not be read, in a line without an event; empty if it was, the next time.
	Failure string `json:"failure,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

const (
	// ledgerPause is the least time from one page to the next: CloudWatch Logs allows 5 a second in an account and Region (quotas,
	// FilterLogEvents). The rest is for others.
	ledgerPause = 250 * time.Millisecond
	// withoutBeats leaves the hourly heartbeats out, which are most of a ledger.
	withoutBeats = `{ $.source != "` + watch.HeartbeatSource + `" }`
)

// recallLedgers takes the folder's copy of the ledgers, and returns what takes a line more and reports whether it is new.
func (r *run) recallLedgers() (take func(Line) bool, err error) {
	known, at := map[string]bool{}, map[string]int{}
	for i, hub := range r.Config.HubRegions() {
		at[hub] = i
		r.outcome.Ledgers = append(r.outcome.Ledgers, Ledger{Hub: hub})
	}
	take = func(line Line) bool {
		// An exercise has one ID, and an event of each kind.
		id := strings.Join([]string{line.Hub, watch.Text(line.Event, "id"), watch.Text(line.Event, "detail.eventID"), watch.Text(line.Event, "detail-type")}, " ")
		i, ours := at[line.Hub]
		if ours && line.Event == nil {
			r.outcome.Ledgers[i].Failure, r.outcome.Ledgers[i].Fix = line.Failure, line.Fix
		}
		if !ours || known[id] || line.Event == nil {
			return false
		}
		known[id] = true
		r.outcome.Ledgers[i].Events = append(r.outcome.Ledgers[i].Events, line.Event)
		if strings.HasPrefix(watch.Text(line.Event, "source"), "aws.") {
			if text, err := json.Marshal(line.Event["detail"]); err == nil {
				if record, err := events.Parse(text, watch.Text(line.Event, "account"), watch.Text(line.Event, "region")); err == nil {
					r.alerted = append(r.alerted, record)
				}
			}
		}
		return true
	}
	_, err = folder.Each(r.Folder, folder.Ledger, func(line Line) { take(line) }) // a ledger is read whole each time: a line that is lost comes again
	return take, err
}

// offer gives the chain the calls that the ledgers have, until no more of them belong to it: whose they are may show only when others are known.
func (r *run) offer() {
	for size := -1; size != r.outcome.Chain.Size(); {
		size = r.outcome.Chain.Size()
		for _, record := range r.alerted {
			r.outcome.Chain.Add(record, true)
		}
	}
}

// readLedgers reads the ledger of each hub. A ledger holds few lines: it is read whole each time.
func (r *run) readLedgers(ctx context.Context) error {
	take, err := r.recallLedgers()
	if err != nil {
		return err
	}
	if r.Total != nil {
		r.Total(len(r.outcome.Ledgers), "reading the ledgers")
	}
	for i, hub := range r.Config.HubRegions() {
		err := r.readLedger(ctx, hub, func(line Line) error {
			if !take(line) {
				return nil
			}
			return r.Folder.Add(folder.Ledger, line)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now := Line{Hub: hub}
		if refusal := (*account.Refusal)(nil); errors.As(err, &refusal) {
			now.Failure, now.Fix = refusal.What, refusal.Fix
		} else if err != nil {
			return err
		}
		if now.Failure != r.outcome.Ledgers[i].Failure {
			take(now)
			if err := r.Folder.Add(folder.Ledger, now); err != nil {
				return err
			}
		}
		if r.Step != nil {
			r.Step(hub)
		}
	}
	return nil
}

func (r *run) readLedger(ctx context.Context, hub string, take func(Line) error) error {
	explained := func(err error) error { return account.Explain(err, "reading the ledger in "+hub) }
	api, err := r.logs(ctx, hub)
	if err != nil {
		return explained(err)
	}
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(api, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Ledger), FilterPattern: aws.String(withoutBeats),
		StartTime: aws.Int64(r.Folder.Period.From.UnixMilli()), EndTime: aws.Int64(r.Folder.Period.To.Add(events.Late).UnixMilli()),
	})
	for first := true; pages.HasMorePages(); first = false {
		if !first {
			select {
			case <-time.After(ledgerPause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		asking, cancel := context.WithTimeout(ctx, account.Patience)
		page, err := whole.Next(asking, pages)
		cancel()
		if err != nil {
			return explained(err)
		}
		for _, line := range page.Events {
			var event watch.Fields
			if json.Unmarshal([]byte(aws.ToString(line.Message)), &event) != nil {
				continue
			}
			if watch.Text(event, "source") == watch.HeartbeatSource {
				continue
			}
			if err := take(Line{Hub: hub, Event: event}); err != nil {
				return err
			}
		}
	}
	return nil
}
