package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
	"example.com/breakglass/operate/incident/report"
	"example.com/breakglass/operate/proof"
)

// reportFlags are the flags of the command.
type reportFlags struct {
	since, from, to, folder string
	users, regions          []string
	reads                   bool

	bucket, bucketAccount, bucketRegion string
}

func incidentReportCommand(common *flags) *cobra.Command {
	var set reportFlags
	command := &cobra.Command{
		Use:   "report",
		Short: "Write down what was done with the emergency access, and what could not be seen (read-only)",
		Long: `Write down what was done with the emergency access: who, from where, with which way in and MFA, into which accounts; what was
changed, what remains, and what could not be seen. The command reads CloudTrail's event history of the hub account and of every
target, in every Region of breakglass.yaml, and the ledgers of the hubs. It follows the users to the credentials that they were
given, into the accounts, and on through roles, keys and users that they made, until nothing new appears. It is read-only.

The result is a folder: report.html to read and print, report.jsonl and timeline.csv for tools, and all records as CloudTrail has
them. Texts of others are escaped in all of them. What was read is kept when the command is stopped; --folder goes on, and also
reads what CloudTrail delivered late. With --to, it moves the end of the period, for example to the time at which contain had ended.
Drills are left out. Calls that only read are counted; --reads lists them.

CloudTrail answers two requests a second for each account and Region; accounts and Regions are read at once. The accounts are
entered as breakglass check does. --from-bucket reads the files of a trail instead, for a period before the 90 days of the event
history or for whole records of every account of an organization trail. An account or a Region that cannot be read is named, and the
exit code is 1.`,
		Example: `  breakglass incident report --since 6h
  breakglass incident report --from 2026-11-22T08:00:00Z --to 2026-11-22T14:00:00Z --user BreakglassUser
  breakglass incident report --folder incident-20261122T140000Z
  breakglass incident report --folder incident-20261122T140000Z --to 2026-11-22T15:30:00Z
  breakglass incident report --from 2026-06-01 --to 2026-06-02 --from-bucket s3://trail-logs/AWSLogs/o-exampleorg`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			began := time.Now().UTC()
			c, err := common.load()
			if err != nil {
				return err
			}
			regions := set.regions
			if len(regions) == 0 {
				regions = gather.RegionsOf(c)
			}
			incident, err := set.incident(c, began)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			if set.bucket != "" {
				if _, _, err := events.ParseBucket(set.bucket); err != nil {
					return err
				}
			}
			caller, keys, err := common.keys(ctx, c)
			if err != nil {
				return err
			}
			bucket, err := set.openBucket(ctx, c, keys)
			if err != nil {
				return err
			}
			incident.By = caller.By(ctx)
			f, err := set.open(incident)
			if err != nil {
				return err
			}
			defer f.Close()
			warnSigned(out, f)
			f.Again = common.again()
			outcome, err := gather.Run(ctx, gather.Options{
				Config: c, Keys: keys, Folder: f, Regions: regions, Bucket: bucket, Began: began,
				Total: func(n int, what string) { out.Begin(n, what) }, Step: out.Step,
			})
			out.End()
			if err != nil {
				out.Warn("what was read is kept; go on with: %s", f.NextCommand("report"))
				return err
			}
			r := report.Of(report.Source{
				Config: c, Folder: f, Outcome: outcome, Regions: regions, Bucket: set.bucket, By: caller.By(ctx), File: common.file, Now: time.Now(),
			})
			if err := r.Write(f); err != nil {
				return err
			}
			printReport(out, r)
			if err := out.Value(r); err != nil {
				return err
			}
			out.Warn("written: %s", filepath.Join(f.Path, folder.Page))
			if !r.Whole() {
				return errFound
			}
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&set.since, "since", "", "`time` back from now, in days or hours: 2d, 6h (default 24h)")
	flags.StringVar(&set.from, "from", "", "begin of the period, a date or a `time` in UTC: 2026-10-01, 2026-10-01T12:00:00Z")
	flags.StringVar(&set.to, "to", "", "end of the period, a date or a `time` in UTC (default: now)")
	flags.StringSliceVar(&set.users, "user", nil, "emergency `users` to follow (default: all of breakglass.yaml)")
	flags.StringSliceVar(&set.regions, "regions", nil, "`Regions` to read in every account (default: those of breakglass.yaml, and us-east-1)")
	flags.BoolVar(&set.reads, "reads", false, "list the calls that only read, too")
	flags.StringVar(&set.bucket, "from-bucket", "", "read the files of a trail below this `address`, s3://BUCKET/PREFIX, in place of the event history")
	flags.StringVar(&set.bucketAccount, "bucket-account", "", "`account` whose credentials read the bucket (default: the hub account)")
	flags.StringVar(&set.bucketRegion, "bucket-region", "", "`Region` of the bucket (default: the hub's)")
	flags.StringVar(&set.folder, "folder", "", "`folder` of the incident; one that exists is continued (default: a new one, incident-TIME)")
	return command
}

// incident returns what the flags ask for.
func (s *reportFlags) incident(c *config.Config, now time.Time) (folder.Incident, error) {
	incident := folder.Incident{Began: now, HubAccount: c.Hub.Account, Reads: s.reads}
	for _, name := range s.users {
		if !slices.Contains(incident.Users, name) {
			incident.Users = append(incident.Users, name)
		}

		if !slices.ContainsFunc(c.Users, func(u config.User) bool { return u.Name == name }) {
			return incident, fmt.Errorf("invalid --user %q: breakglass.yaml has no such user; leave the flag out for all of them", name)
		}
	}
	if len(s.users) == 0 {
		for _, u := range c.Users {
			incident.Users = append(incident.Users, u.Name)
		}
	}
	switch {
	case s.bucket == "" && (s.bucketAccount != "" || s.bucketRegion != ""):
		return incident, errors.New("--bucket-account and --bucket-region are about a bucket; name it with --from-bucket")
	case s.bucketAccount != "" && !config.IsAccount(s.bucketAccount):
		return incident, fmt.Errorf("invalid --bucket-account %q: use the number of the account, for example 222222222222", s.bucketAccount)
	}
	for _, region := range s.regions {
		if _, _, known := config.LookupRegion(region); !known {
			return incident, fmt.Errorf("invalid --regions %q: it is no Region; use codes such as eu-west-1", region)
		}
	}
	if folder.Exists(s.folder) {
		if s.since != "" || s.from != "" || len(s.users) > 0 || s.reads {
			return incident, fmt.Errorf("%s has the period and the users of an incident; leave out --since, --from, --user and --reads, or name another folder",
				s.folder)
		}
		var err error
		if s.to != "" {
			incident.Period.To, err = s.end(now)
		}
		return incident, err
	}
	if s.folder != "" {
		if err := file.CheckFolder(s.folder); err != nil {
			return incident, err
		}
	}
	var err error
	incident.Period, err = s.period(now)
	return incident, err
}

// defaultIncident is the period without flags.
const defaultIncident = "24h"

func (s *reportFlags) period(now time.Time) (events.Period, error) {
	p := events.Period{To: now}
	switch {
	case s.from != "" && s.since != "":
		return p, errors.New("--since and --from exclude each other; pass one of them")
	case s.from == "" && s.to != "":
		return p, errors.New("--to needs --from; add --from with the begin of the period")
	case s.from != "":
		var err error
		if p.From, err = proof.Instant("--from", s.from); err != nil {
			return p, err
		}
		if s.to != "" {
			if p.To, err = s.end(now); err != nil {
				return p, err
			}
		}
	default:
		since := s.since
		if since == "" {
			since = defaultIncident
		}
		back, err := proof.Duration(since)
		if err != nil {
			return p, err
		}
		p.From = now.Add(-back)
	}
	if !p.From.Before(p.To) {
		return p, errors.New("the period is empty; use one that begins before it ends")
	}
	p.From = p.From.Truncate(time.Second)
	return p, nil
}

// end returns the time of --to.
func (s *reportFlags) end(now time.Time) (time.Time, error) {
	to, err := proof.Instant("--to", s.to)
	if err == nil && to.After(now) {
		err = fmt.Errorf("invalid --to %q: it is in the future; use a time that has passed", s.to)
	}
	return to, err
}

// openBucket returns the bucket with the files of a trail; nil without one.
func (s *reportFlags) openBucket(ctx context.Context, c *config.Config, keys *account.Keys) (*events.Bucket, error) {
	if s.bucket == "" {
		return nil, nil
	}
	name, prefix, err := events.ParseBucket(s.bucket)
	if err != nil {
		return nil, err
	}
	cfg, err := keys.In(ctx, cmp.Or(s.bucketAccount, c.Hub.Account), cmp.Or(s.bucketRegion, c.Hub.Region))
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = cfg.BaseEndpoint != nil
		if usual, ok := o.HTTPClient.(*awshttp.BuildableClient); ok {
			o.HTTPClient = usual.WithTimeout(0) // a large file may take longer than an answer
		}
	})
	return &events.Bucket{API: client, Name: name, Prefix: prefix}, nil
}

func (s *reportFlags) open(incident folder.Incident) (*folder.Folder, error) {
	if folder.Exists(s.folder) {
		f, err := folder.Open(s.folder)
		if err == nil {
			err = sameHub(f, incident.HubAccount)
		}
		if to := incident.Period.To; err == nil && !to.IsZero() && !to.Equal(f.Period.To) {
			if to.Before(f.Period.To) {
				return f, fmt.Errorf("invalid --to %q: the period of %s ends later, at %s; name a later time", s.to, s.folder, f.Period.To.Format(time.RFC3339))
			}
			err = f.Extend(to)
		}
		return f, err
	}
	path := s.folder
	if path == "" {
		path = "incident-" + incident.Began.Format("20060102T150405Z")
	}
	return folder.Create(path, incident)
}
