package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/watch"
)

// exercised is what the ledgers of all hubs say of the exercises that have ended.
type exercised struct {
	ended []exercise.Ended
	// lost are the findings on what was not read, and unread is set where there was such a thing.
	lost   *result
	unread bool
}

// exercised reads the ledgers of all hubs: an exercise without us-east-1 writes into the others only.
func (r *run) exercised(ctx context.Context) exercised {
	out := exercised{lost: of("exercises")}
	for _, one := range each(r.config.HubRegions(), placesAtOnce, func(region string) exercised {
		if !slices.Contains(r.on, region) || !r.isThere(r.hubStack(region)) {
			return exercised{unread: true} // the finding on the Region or the stack says so
		}
		return readExercises(ctx, cloudwatchlogs.NewFromConfig(r.in(region)), region)
	}) {
		out.ended, out.unread = append(out.ended, one.ended...), out.unread || one.unread
		if one.lost != nil {
			out.lost.add(one.lost)
		}
	}
	return out
}

// readExercises reads the streams of a ledger into which exercises write.
func readExercises(ctx context.Context, api cloudwatchlogs.FilterLogEventsAPIClient, region string) (out exercised) {
	lines, err := whole.Pages(ctx, cloudwatchlogs.NewFilterLogEventsPaginator(api, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Ledger), LogStreamNamePrefix: aws.String(exercise.Streams),
	}), func(page *cloudwatchlogs.FilterLogEventsOutput) []types.FilteredLogEvent { return page.Events })
	var gone *types.ResourceNotFoundException
	if errors.As(err, &gone) {
		return exercised{unread: true} // the finding on the ledger says so
	}
	if err != nil {
		out.lost, out.unread = of("exercises"), true
		out.lost.unanswered(region, "the exercises in the ledger", err)
		return out
	}
	for _, line := range lines {
		var event watch.Fields
		if json.Unmarshal([]byte(aws.ToString(line.Message)), &event) != nil {
			continue
		}
		if one, ok := exercise.ReadEnd(event); ok {
			out.ended = append(out.ended, one)
		}
	}
	return out
}

// exercises checks when each user was last seen to get in, by each way. deployed is when the stack with the users was made.
//
// A way that nobody took within exercise.Due is a warning as long as another one is known to work, and a problem where none is: then
// nothing shows that the user gets in at all. A user or a deployment that is younger than that gets a note. aws login is recommended
// and not demanded until somebody has seen it work, since whether AWS passes MFA on is not known.
func (s *scene) exercises(done exercised, users map[string]password, deployed time.Time) *result {
	r := done.lost
	ways := s.plan.Ways()
	// What claims to be of the future would count for ever. An hour is for clocks that differ.
	done.ended = slices.DeleteFunc(slices.Clone(done.ended), func(e exercise.Ended) bool { return e.At.After(s.now.Add(time.Hour)) })
	for _, u := range s.config.Users {
		var taken []string
		works := false
		open := exercise.WaysOf(ways, u.Name)
		for _, way := range open {
			if last := done.last(u.Name, way, true); s.recent(last.At) {
				works = works || last == done.last(u.Name, way, false)
				taken = append(taken, fmt.Sprintf("%s on %s", way, last.At.Format(time.DateOnly)))
			}
		}
		if len(taken) > 0 {
			r.fine("", u.Name+": "+strings.Join(taken, ", "))
		}
		if done.unread {
			continue
		}
		since := deployed
		if made := users[u.Name].user; made.After(since) {
			since = made
		}
		for _, way := range open {
			s.exercise(r, done, u.Name, way, s.recent(since), works)
		}
	}
	return r
}

// recent reports whether something is not older than an exercise may be.
func (s *scene) recent(at time.Time) bool { return s.now.Sub(at) <= exercise.Due }

// exercise reports a way of a user that is due. young is set where there was no need of one yet, and otherwise where another way of
// the user is known to work.
func (s *scene) exercise(r *result, done exercised, user string, way exercise.Way, young, otherwise bool) {
	last, tried := done.last(user, way, true), done.last(user, way, false)
	command := []string{"exercise", "start", "--user", theUser, "--way", string(way)}
	if len(s.config.Targets) > 0 {
		command = append(command, "--accounts", s.config.Targets[0].Account)
	}
	fix := breakglassCLI(command...)
	severity, where := Problem, "in the ledger"
	if otherwise {
		severity = Warning
	}
	// Of an exercise that the ledger has forgotten, nobody can say that it was not there.
	if kept := s.config.Ledger.RetentionDays; time.Duration(kept)*day < exercise.Due {
		severity, where = Warning, fmt.Sprintf("in the ledger, which keeps %d days (ledger.retentionDays)", kept)
	}
	failed := ""
	if tried.At.After(last.At) {
		failed = fmt.Sprintf("; the one of %s did not show that it works", tried.At.Format(time.DateOnly))
	}
	switch {
	case s.recent(last.At) && failed == "":
	case s.recent(last.At):
		r.ofUser(Warning, user, fmt.Sprintf("<users>: the exercise by %s of %s did not show that it works; an earlier one did", way,
			tried.At.Format(time.DateOnly)), fix)
	case !last.At.IsZero():
		r.ofUser(severity, user, fmt.Sprintf("<users>: last exercise by %s on %s, %d days ago, due every %d days%s",
			way, last.At.Format(time.DateOnly), int(s.now.Sub(last.At)/day), int(exercise.Due/day), failed), fix)
	case way == exercise.Login:
		r.ofUser(Note, user, "<users>: no exercise by aws login yet, and whether AWS passes MFA on is not known: try it before an emergency"+failed, fix)
	case young && failed == "":
		r.ofUser(Note, user, fmt.Sprintf("<users>: no exercise by %s yet, due within %d days of the deployment", way, int(exercise.Due/day)), fix)
	case young:
		r.ofUser(Warning, user, fmt.Sprintf("<users>: no exercise by %s has succeeded yet%s", way, failed), fix)
	default:
		r.ofUser(severity, user, fmt.Sprintf("<users>: no exercise by %s %s, more than %d days after the deployment%s", way, where, int(exercise.Due/day),
			failed), fix)
	}
}

// last returns the newest exercise of a user by a way: of those that succeeded, or of all.
func (e exercised) last(user string, way exercise.Way, succeeded bool) (last exercise.Ended) {
	for _, one := range e.ended {
		if one.User == user && one.Way == way && (one.OK || !succeeded) && one.At.After(last.At) {
			last = one
		}
	}
	return last
}
