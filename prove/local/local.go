// Package local runs the app on the local AWS: it deploys with the real CDK CLI, plays recorded events, and reads what arrives.
// The demo and the end-to-end tests use it. Like all proof it may import everything; it needs no package of the CDK.
package local

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/watch"
)

// ManagementAccount is whose credentials deploy: those of an account that none of the stacks is in, as a real
// organization's would be.
const ManagementAccount = "000000000000"

// Run is an app on a local AWS.
type Run struct {
	// Root is the project's folder.
	Root string
	// File is the configuration, below Root or absolute.
	File   string
	Server *emulator.Server
	Config *config.Config
	// As is the account whose credentials deploy; empty means ManagementAccount.
	As string
	// App is the compiled app; empty means the app command of cdk.json.
	App string
	// OnEvent gets the progress of a deployment or removal.
	OnEvent func(cdkcli.Event)
}

// New reads the file. The server has to be running.
func New(root, file string, server *emulator.Server, onEvent func(cdkcli.Event)) (*Run, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(root, file)
	}
	c, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	return &Run{Root: root, File: file, Server: server, Config: c, OnEvent: onEvent}, nil
}

// CDK runs the pinned CLI on the file.
func (r *Run) CDK(ctx context.Context, args []string) error {
	as := r.As
	if as == "" {
		as = ManagementAccount
	}
	args = append(slices.Clone(args), "-c", "config="+r.File)
	if r.App != "" {
		args = append(args, "--app", r.App)
	}
	return cdkcli.Run(ctx, cdkcli.Options{
		// Runs side by side must not share the folder: the CLI locks it.
		Root: r.Root, Args: args, Output: filepath.Join(r.Server.Folder(), "cdk.out"),
		// The CDK's own validator has its place in make verify, and takes four seconds here.
		Env:     append(r.Server.Env(as, r.Config.Hub.Region), "CDK_VALIDATION=false"),
		OnEvent: r.OnEvent,
	})
}

// Deploy deploys every stack, without questions.
func (r *Run) Deploy(ctx context.Context) error { return r.CDK(ctx, cdkcli.DeployAll()) }

// Destroy removes every stack, without questions.
func (r *Run) Destroy(ctx context.Context) error { return r.CDK(ctx, cdkcli.DestroyAll()) }

// AWS returns the configuration of a client in the hub account.
func (r *Run) AWS(region string) aws.Config { return r.Server.Config(r.Config.Hub.Account, region) }

// Play puts events on the bus of their account and Region, as the service that they name would. All of them are of one
// account and Region.
func (r *Run) Play(ctx context.Context, events ...watch.Fields) error {
	cfg := r.Server.Config(events[0]["account"].(string), events[0]["region"].(string))
	bus := eventbridge.NewFromConfig(cfg)
	for batch := range slices.Chunk(events, eventsAtOnce) {
		var entries []types.PutEventsRequestEntry
		for _, event := range batch {
			if event["replay-name"] != nil {
				return fmt.Errorf("an event of a replay cannot be put on a bus: %v", event["detail-type"])
			}
			detail, err := json.Marshal(event["detail"])
			if err != nil {
				return err
			}
			entries = append(entries, types.PutEventsRequestEntry{
				Source: aws.String(event["source"].(string)), DetailType: aws.String(event["detail-type"].(string)), Detail: aws.String(string(detail)),
			})
		}
		out, err := bus.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
		if err != nil {
			return err
		}
		for _, entry := range out.Entries {
			if entry.ErrorCode != nil {
				return fmt.Errorf("the bus refused an event: %s", aws.ToString(entry.ErrorMessage))
			}
		}
	}
	return nil
}

// eventsAtOnce is how many events a call may put (EventBridge API, PutEvents).
const eventsAtOnce = 10

// Beat puts a Region's heartbeat on its bus, as its schedule would: the local AWS's schedules put no valid event.
func (r *Run) Beat(ctx context.Context, region string) error {
	return r.Play(ctx, watch.Fields{
		"account": r.Config.Hub.Account, "region": region, "source": watch.HeartbeatSource, "detail-type": watch.HeartbeatType,
		"detail": watch.Fields{"scheduled": time.Now().UTC().Format(time.RFC3339)},
	})
}

// Ledger returns the events in the ledger of a hub.
func (r *Run) Ledger(ctx context.Context, region string) ([]string, error) {
	return r.log(ctx, region, names.Ledger)
}

// Beats counts the heartbeats that have arrived in a hub, by the Region that they are of.
func (r *Run) Beats(ctx context.Context, hub string) (map[string]int, error) {
	return r.counted(ctx, hub, watch.HeartbeatSource)
}

// Alive counts the reports of composers, that all their hub's rules have carried a heartbeat, which have arrived in a hub, by the Region
// that they are of.
func (r *Run) Alive(ctx context.Context, hub string) (map[string]int, error) {
	return r.counted(ctx, hub, watch.AliveSource)
}

// Records counts CloudTrail's records of the calls of drills and canaries that have arrived in a hub, by the Region that they are of.
func (r *Run) Records(ctx context.Context, hub string) (map[string]int, error) {
	return r.counted(ctx, hub, watch.RecordedSource)
}

// counted counts the events of a source among the heartbeats of a hub, by Region.
func (r *Run) counted(ctx context.Context, hub, source string) (map[string]int, error) {
	events, err := r.log(ctx, hub, names.Heartbeats)
	if err != nil {
		return nil, err
	}
	found := map[string]int{}
	for _, text := range events {
		var event struct{ Region, Source string }
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			return nil, fmt.Errorf("something else than an event is among the heartbeats: %w", err)
		}
		if event.Source == source {
			found[event.Region]++
		}
	}
	return found, nil
}

func (r *Run) log(ctx context.Context, region, group string) ([]string, error) {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(r.AWS(region)),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(group)})
	var events []string
	for e, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.FilterLogEventsOutput) []logstypes.FilteredLogEvent { return page.Events }) {
		if err != nil {
			return nil, err
		}
		events = append(events, aws.ToString(e.Message))
	}
	return events, nil
}
