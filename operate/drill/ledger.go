package drill

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// isDrill is the filter for the drills in a ledger; those of other runs are dropped here. (A quoted text would match anywhere in
// the line.)
const isDrill = `{ $.source = "` + watch.DrillSource + `" }`

// readable checks that the ledgers can be read before anything is sent. A missing ledger, or one whose Region does not answer, is
// a finding, not a failure: the other hub has its own.
func (s *state) readable(ctx context.Context) error {
	var silent error
	for _, r := range fan.Out(ctx, s.Hubs, fan.Bound, func(ctx context.Context, hub string) (struct{}, error) {
		within, cancel := context.WithTimeout(ctx, asking)
		defer cancel()
		return struct{}{}, s.lookInto(within, hub, time.Now(), func(string, time.Time) {})
	}, nil) {
		var gone *types.ResourceNotFoundException
		switch err := account.Explain(r.Err, "reading the ledger in "+r.Key); {
		case err == nil:
		case errors.As(err, &gone):
			s.lost[place(Ledger, r.Key)] = &Broken{
				What: "there is no ledger in " + r.Key + ": the log group " + names.Ledger + " was deleted, or never deployed",
				Fix:  "npx cdk deploy --revert-drift " + s.hubStack(r.Key),
			}
		case unreachable(err):
			s.lost[place(Ledger, r.Key)] = &Broken{What: err.Error()}
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

// unreachable distinguishes a Region that does not answer from one that refuses.
func unreachable(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network)
}

// readLedger queries a hub's ledger until ctx ends.
func (s *state) readLedger(ctx context.Context, hub string, since time.Time) {
	for looks := 0; ctx.Err() == nil; looks++ {
		// The ledger could be read a moment ago: an error here is temporary, or shows as a drill that did not arrive.
		_ = s.lookInto(ctx, hub, since.Add(-seenEarly), func(id string, at time.Time) {
			s.arrived(receipt{id: id, where: Ledger, hub: hub, at: at})
		})
		if looks < manyLooks {
			pause(ctx, s.look)
		} else {
			pause(ctx, slower*s.look)
		}
	}
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
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(cfg), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Ledger), FilterPattern: aws.String(isDrill), StartTime: aws.Int64(since.UnixMilli()),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		for _, line := range page.Events {
			var event struct {
				Detail struct {
					EventID string `json:"eventID"`
				} `json:"detail"`
			}
			if json.Unmarshal([]byte(aws.ToString(line.Message)), &event) == nil {
				found(event.Detail.EventID, now)
			}
		}
	}
	return nil
}
