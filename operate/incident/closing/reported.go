package closing

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/report"
)

// uncovered returns until when the contained may have called after the period of the report; zero if it covers everything.
func (s Source) uncovered(steps []contain.Event) (until time.Time) {
	for _, e := range steps {
		if e.What == contain.Concluded && e.At.After(s.Folder.Period.To) {
			until = e.At.Truncate(time.Second).Add(time.Second)
		}
	}
	return until
}

// later returns the users whose credentials were used after the period of the report, as IAM says, and what a decision about that is about.
func (s Source) later(ctx context.Context) (gaps []string, about string) {
	for _, user := range s.Folder.Users {
		switch used, err := s.LastUsed(ctx, user); {
		case err != nil:
			gaps = append(gaps, "whether "+user+" was used after the period is not known: "+page.Clean(err.Error()))
			about += "use of " + user + " not known\n" // errors may differ each time
		case used.After(s.Folder.Period.To):
			at := used.UTC().Format(time.RFC3339)
			gaps = append(gaps, fmt.Sprintf("%s was used at %s, after the period, and no report shows what was done then: move its end with --to, or give a reason why that is not part of it",
				user, at))
			about += user + " used at " + at + "\n"
		}
	}
	return gaps, about
}

// reported returns when the report was written, too.
func (s Source) reported(ctx context.Context, steps []contain.Event) (time.Time, Item) {
	i := Item{ID: "report", Title: "The report is written and whole", State: Open, decidable: true}
	var summary struct {
		Kind  string        `json:"kind"`
		Value report.Report `json:"value"`
	}
	text, err := file.Read(filepath.Join(s.Folder.Path, folder.Report), most)
	if err == nil {
		line, _, _ := strings.Cut(string(text), "\n")
		err = json.Unmarshal([]byte(line), &summary)
	}
	switch unread := 0; {
	case err != nil || summary.Kind != "report":
		i.Why, i.decidable = "there is none: "+s.Folder.NextCommand("report"), false
	case s.Lost > 0:
		i.Why, i.decidable = fmt.Sprintf("lines of %s that are gone or cannot be read: %d; they are read again by %s", folder.Records, s.Lost,
			s.Folder.NextCommand("report")), false
	case summary.Value.Written.After(s.Now):
		i.Why, i.decidable = inFuture+s.Folder.NextCommand("report"), false
	case summary.Value.Written.Before(s.Folder.Period.To.Add(events.Late)),
		!s.Folder.Reported():
		i.Why, i.decidable = "it was written before its period had ended and CloudTrail had delivered everything: "+s.Folder.NextCommand("report"), false
	default:
		for _, u := range summary.Value.Unseen {
			if u.Unread {
				unread++
				i.about += u.What + " (" + strings.Join(u.Where, ", ") + ")\n"
			}
		}
		var gaps []string
		if unread > 0 {
			gaps = append(gaps, fmt.Sprintf("gaps that it names: %d; read them, or accept them with a reason", unread))
		}
		if until := s.uncovered(steps); !until.IsZero() {
			end := until.UTC().Format(time.RFC3339)
			gaps = append(gaps, fmt.Sprintf("it ends at %s, contain ended only at %s, and no report shows what was done in between: %s, or accept that with a reason",
				s.Folder.Period.To.UTC().Format(time.RFC3339), end, s.Folder.NextCommand("report", "--to", end)))
			i.about += "ends before contain at " + end + "\n"
		}
		later, about := s.later(ctx)
		gaps, i.about = append(gaps, later...), i.about+about
		if len(gaps) > 0 {
			i.Why = strings.Join(gaps, "; ")
			break
		}
		i.State, i.Why = Done, "written "+summary.Value.Written.Format(time.RFC3339)
	}
	return summary.Value.Written, i
}
