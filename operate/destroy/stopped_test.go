package destroy

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/plan"
)

// A stop while CloudFormation deletes a stack says that it goes on, and begins nothing more.
func TestAStopWhileAStackIsDeleted(t *testing.T) {
	w := newWorld(t, "")
	r := w.removal(t)
	r.Stacks = slices.DeleteFunc(r.Stacks, func(s Stack) bool {
		return s.Account == "222222222222" && s.Region == "us-east-1" || s.Kind == plan.StackSet
	})
	ctx, stop := context.WithCancel(t.Context())
	w.accounts["222222222222"].Handle("cloudformation:DescribeStacks@eu-west-1", func(string, string) string {
		stop()
		return "fail Throttling Rate exceeded"
	})
	got := wrong(r.Run(ctx))
	if line := got["Observer-eu-west-1-222222222222"]; !strings.HasSuffix(line, ": failed: stopped; CloudFormation finishes the removal") {
		t.Errorf("%q", line)
	}
	if line := got["Forwarder-eu-west-1"]; line != "BreakGlass-Forwarder-eu-west-1: not started" || len(w.accounts["111111111111"].notes) > 0 {
		t.Errorf("%q, %q", line, w.accounts["111111111111"].notes)
	}
}

// The state is read each second at first, and then more rarely; who asks for less gets that.
func TestDelays(t *testing.T) {
	for poll, want := range map[time.Duration][2]time.Duration{
		0: {time.Second, 5 * time.Second}, time.Millisecond: {time.Millisecond, time.Millisecond}, time.Minute: {time.Second, time.Minute},
	} {
		if least, most := (&Removal{Poll: poll}).delays(); [2]time.Duration{least, most} != want {
			t.Errorf("%v: %v to %v", poll, least, most)
		}
	}
}

// A deletion takes a while, and that of a stack set longer: it is asked for until it has ended, each second at first.
func TestADeletionThatTakesAWhile(t *testing.T) {
	for _, c := range []struct{ account, region, kind string }{{"222222222222", "eu-west-1", "Observer"}, {"111111111111", "us-east-1", "StackSet"}} {
		w := newWorld(t, "")
		r := w.removal(t)
		r.Poll = 0
		r.Stacks = slices.DeleteFunc(r.Stacks, func(s Stack) bool { return !strings.HasPrefix(s.Stack, "BreakGlass-"+c.kind) })
		id, asked := r.Stacks[0].ID, 0
		w.accounts[c.account].Handle("cloudformation:DescribeStacks@"+c.region, func(_, request string) string {
			if !strings.Contains(request, strings.ReplaceAll(strings.ReplaceAll(id, ":", "%3A"), "/", "%2F")) {
				return "fail ValidationError Stack with id x does not exist" // it has its name no more
			}
			status := "DELETE_IN_PROGRESS"
			if asked++; asked > 1 {
				status = "DELETE_COMPLETE"
			}
			return "<DescribeStacksResponse><DescribeStacksResult><Stacks>" + describe(&made{name: "x", id: id, status: status}) +
				"</Stacks></DescribeStacksResult></DescribeStacksResponse>"
		})
		began := time.Now()
		o := r.Run(t.Context())
		if took := time.Since(began); len(o) != 1 || o[0].State != Removed || asked != 2 || took < 400*time.Millisecond || took > time.Minute || o[0].Seconds < 0.4 {
			t.Errorf("%s: asked %d times in %v: %+v", c.kind, asked, took, o)
		}
	}
}

// counted is a Progress that counts.
type counted struct {
	what               []string
	total, steps, ends int
}

func (c *counted) Begin(total int, what string) {
	c.total += total
	c.what = append(c.what, what)
}

func (c *counted) Step(string) { c.steps++ }

func (c *counted) End() { c.ends++ }

// A stop ends the command with what was done by then.
func TestAStopBetweenTheSteps(t *testing.T) {
	c := newCloud(t)
	c.Answer("account:POST/listRegions", `{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`)
	f, err := found(t, c, small)
	if err != nil {
		t.Fatal(err)
	}
	clock := &counted{}
	f.Progress = clock
	if _, err := Find(t.Context(), f.Request); err != nil || len(clock.what) != 2 || clock.what[0] != "asking which Regions are enabled" || clock.ends != 1 {
		t.Errorf("while it looks, it shows %+v: %v", clock, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r, err := f.Remove(ctx, func(o Outcome) { stop() }, func(string) {})
	if !errors.Is(err, context.Canceled) || len(r.Stacks) != len(f.Stacks) || r.Removed() != 1 || len(r.Remains)+len(r.Blind)+len(r.Notes) > 0 {
		t.Errorf("%v: %+v", err, r)
	}
	if _, err := Find(ctx, f.Request); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// One that comes while the search goes on is no search that found nothing.
	c = newCloud(t)
	c.Answer("account:POST/listRegions", `{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`)
	if f, err = found(t, c, small); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithCancel(t.Context())
	c.Handle("events:ListRules", func(string, string) string {
		stop()
		return `{"Rules":[{"Name":"capture-breakglass-a"}]}`
	})
	r, err = f.Remove(ctx, func(Outcome) {}, func(string) {})
	if !errors.Is(err, context.Canceled) || r.Removed() != len(f.Stacks) || len(r.Remains)+len(r.Blind)+len(r.Notes) > 0 {
		t.Errorf("%v: %+v", err, r)
	}
}
