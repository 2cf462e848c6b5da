package drill

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// isDrill is the filter for the drills in a ledger; those of other runs are dropped here. (A quoted text would match anywhere in
// the line.)
const isDrill = `{ $.source = "` + watch.DrillSource + `" }`

// isRecord is the filter for CloudTrail's records in a heartbeat log.
const isRecord = `{ $.source = "` + watch.RecordedSource + `" }`

// log returns where everything that is sent has to arrive.
func (r *Run) log() Where {
	if r.options.Recorded {
		return heartbeatLog
	}
	return Ledger
}

// group returns the name of that log group, and the filter for what arrives there.
func (r *Run) group() (name, filter string) {
	if r.options.Recorded {
		return names.Heartbeats, isRecord
	}
	return names.Ledger, isDrill
}

// readable checks that the ledgers can be read before anything is sent. A missing ledger, or one whose Region does not answer, is
// a finding, not a failure: the other hub has its own.
func (s *state) readable(ctx context.Context) error {
	var silent error
	for _, r := range fan.Out(ctx, s.Hubs, fan.Bound, func(ctx context.Context, hub string) (struct{}, error) {
		within, cancel := context.WithTimeout(ctx, s.asking)
		defer cancel()
		return struct{}{}, s.lookInto(within, hub, time.Now(), func(string, time.Time) {})
	}, nil) {
		var gone *types.ResourceNotFoundException
		switch err := account.Explain(r.Err, "reading the "+string(s.log())+" in "+r.Key); {
		case err == nil:
		case errors.As(err, &gone):
			name, _ := s.group()
			s.lost[place(s.log(), r.Key)] = &Broken{
				What: "there is no " + string(s.log()) + " in " + r.Key + ": the log group " + name + " was deleted, or never deployed",
				Fix:  s.restore(s.hubStack(r.Key)),
			}
		case account.Silent(err):
			s.away[r.Key] = &Broken{What: err.Error()}
			s.lost[place(s.log(), r.Key)] = s.away[r.Key]
			silent = errors.Join(silent, err)
		default:
			return err
		}
	}
	if len(s.lost) == len(s.Hubs) {
		return silent
	}
	return nil
}

// readLedger queries a hub's ledger until ctx ends.
func (s *state) readLedger(ctx context.Context, hub string, since time.Time) {
	for looks := 0; ctx.Err() == nil; looks++ {
		// The ledger could be read a moment ago: an error here is temporary, or shows as a drill that did not arrive.
		_ = s.lookInto(ctx, hub, since.Add(-seenEarly), func(id string, at time.Time) {
			s.arrived(receipt{id: id, where: s.log(), hub: hub, at: at})
		})
		pause(ctx, s.afterLook(looks))
	}
}

// afterLook returns the pause after so many queries of a ledger.
func (r *Run) afterLook(looks int) time.Duration {
	if looks < manyLooks {
		return r.look
	}
	return slower * r.look
}

// ledgerLook stays below the 5 requests a second that CloudWatch Logs allows (quotas, FilterLogEvents), with room for others;
// after manyLooks, queries become less frequent.
const (
	ledgerLook = 500 * time.Millisecond
	manyLooks  = 40
	slower     = 4
)

func (s *state) lookInto(ctx context.Context, hub string, since time.Time, found func(id string, at time.Time)) error {
	cfg, err := s.aws(ctx, hub)
	if err != nil {
		return err
	}
	group, filter := s.group()
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(cfg), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(group), FilterPattern: aws.String(filter), StartTime: aws.Int64(since.UnixMilli()),
	})
	for line, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.FilterLogEventsOutput) []types.FilteredLogEvent { return page.Events }) {
		if err != nil {
			return err
		}
		now := time.Now()
		if id := s.idIn(aws.ToString(line.Message)); id != "" {
			found(id, now)
		}
	}
	return nil
}

// idIn returns the ID of the drill, or of the recorded call, that a line of the log is about; empty for any other line.
func (r *Run) idIn(line string) string {
	if r.options.Recorded {
		return recordedIn(line)
	}
	var event struct {
		Detail struct {
			EventID string `json:"eventID"`
		} `json:"detail"`
	}
	_ = json.Unmarshal([]byte(line), &event) // what is no JSON has no ID
	return event.Detail.EventID
}
