package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/operate/incident/folder"
)

// A run that is stopped anywhere loses nothing, and the next one goes on: it asks less than a whole run does.
func TestARunThatIsCutGoesOn(t *testing.T) {
	pageSize = 1
	defer func() { pageSize = 50 }()
	for _, cut := range []int{1, 7, 20, 40} {
		synctest.Test(t, func(t *testing.T) {
			after()
			path := filepath.Join(t.TempDir(), "incident")
			ctx, stop := context.WithCancel(t.Context())
			c := played()
			c.cut, c.stop = cut, stop
			if _, err := run(t, ctx, c, playedFile, path); err == nil {
				t.Fatal("it was not cut")
			}
			// The last line may be cut, too.
			half, err := os.OpenFile(filepath.Join(path, folder.Records), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := half.WriteString(`{"account": "2222`); err != nil {
				t.Fatal(err)
			}
			half.Close()
			again, whole := played(), played()
			r, err := run(t, t.Context(), again, playedFile, path)
			if err != nil {
				t.Fatal(err)
			}
			if got := timeline(r); !slices.Equal(got, want) {
				t.Errorf("cut after %d, the timeline is\n%s", cut, strings.Join(got, "\n"))
			}
			if _, err := run(t, t.Context(), whole, playedFile, filepath.Join(t.TempDir(), "whole")); err != nil {
				t.Fatal(err)
			}
			if cut > 7 && again.requests >= whole.requests {
				t.Errorf("cut after %d, it asks %d times, and %d from the beginning", cut, again.requests, whole.requests)
			}
			// A third one has nothing left to ask, but for what is refused.
			third := played()
			if r, err = run(t, t.Context(), third, playedFile, path); err != nil || third.requests > 8 || !slices.Equal(timeline(r), want) {
				t.Errorf("a run after the last asks %d times (%v)", third.requests, err)
			}
		})
	}
}

// CloudTrail delivers late: a run soon after the end says so, and the next one has what came since.
func TestWhatComesLateIsReadByTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To))
		path := filepath.Join(t.TempDir(), "incident")
		c := played()
		r, err := run(t, t.Context(), c, playedFile, path)
		if err != nil {
			t.Fatal(err)
		}
		late := func() bool {
			for _, u := range r.Unseen {
				if strings.HasPrefix(u.What, "CloudTrail delivers events up to 15 minutes late") {
					return true
				}
			}
			return false
		}
		if !late() {
			t.Errorf("nothing is said about late events: %+v", r.Unseen)
		}
		time.Sleep(time.Hour)
		c.play("z01", "09:59:00", hub, "us-east-1", "iam:CreateUser", user("BreakglassUser", "ASIATOKEN"), fields{"requestParameters": fields{"userName": "late"}})
		if r, err = run(t, t.Context(), c, playedFile, path); err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); late() || got[len(got)-1] != "z01 111111111111 BreakglassUser CreateUser " {
			t.Errorf("the late event is not there, or more are expected: %q", got)
		}
	})
}

// What is throttled for good is named, and does not hold up the rest.
func TestAnAccountThatIsThrottledForGoodIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		c.throttle[prod+" eu-west-1"] = 1 << 30
		r, err := run(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range r.Unseen {
			if u.Unread && slices.Contains(u.Where, prod+" eu-west-1") && strings.Contains(u.What, "AWS throttled the requests") {
				return
			}
		}
		t.Errorf("it is not named: %+v", r.Unseen)
	})
}

func TestTextsOfOthersAreEscaped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		path := filepath.Join(t.TempDir(), "incident")
		if _, err := run(t, t.Context(), played(), playedFile, path); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{folder.Page, folder.Report, folder.Timeline} {
			text, err := os.ReadFile(filepath.Join(path, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.ContainsAny(text, "\x1b\u202e") || bytes.Contains(text, []byte("<script>")) && name != folder.Timeline {
				t.Errorf("%s has a text as it was written by others", name)
			}
		}
		text, _ := os.ReadFile(filepath.Join(path, folder.Timeline))
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != len(want)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		guarded := 0
		for _, row := range rows {
			for _, text := range row {
				if strings.HasPrefix(text, "=") {
					t.Errorf("a formula: %q", text)
				}
				if strings.HasPrefix(text, "'=") {
					guarded++
				}
			}
		}
		if guarded != 2 {
			t.Errorf("%d cells are guarded, want the user agent and the name of the bucket", guarded)
		}
	})
}

// Twenty accounts in seventeen Regions, at the rate that AWS allows: the time is that of the busiest account and Region, not that of all.
func TestTwentyAccountsInSeventeenRegions(t *testing.T) {
	regions := strings.Fields("us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1 ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 sa-east-1")
	file := "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\nregions: [" + strings.Join(regions, ", ") + "]\ntargets:\n"
	c := newCloud()
	c.latency = 200 * time.Millisecond
	user := user("BreakglassUser", "AKIAUSER")
	accounts, mine, others := 20, 10, 100
	if testing.Short() { // for the race detector, which needs the threads and not the numbers
		accounts, mine, others = 4, 1, 1
	}
	for i := range accounts {
		number := fmt.Sprintf("2222222222%02d", i)
		file += "  - {account: \"" + number + "\"}\n"
		key, name := fmt.Sprintf("ASIA%02d", i), fmt.Sprintf("ops%02d", i)
		c.play(fmt.Sprintf("a%02d", i), "08:10:00", hub, "us-east-1", "sts:AssumeRole", user, assume(number, "BreakGlassRole", name, key))
		for _, region := range regions {
			// A busy account: 100 changes of others in the two hours, and ten of the session.
			for n := range others {
				c.play(fmt.Sprintf("o%02d%s%d", i, region, n), "09:00:00", number, region, "ec2:RunInstances",
					fields{"type": "AssumedRole", "arn": "arn:aws:sts::" + number + ":assumed-role/Pipeline/p"}, nil)
			}
			for n := range mine {
				c.play(fmt.Sprintf("c%02d%s%d", i, region, n), "08:20:00", number, region, "ec2:RunInstances", session(number, "BreakGlassRole", name, key,
					"08:10:00"), nil)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		after()
		began := time.Now()
		r, err := run(t, t.Context(), c, file, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		t.Logf("%d accounts in 17 Regions: %d requests, %s", accounts, c.requests, took.Round(time.Second))
		if len(r.Changes) != accounts*len(regions)*mine || c.tooFast > 0 || took > 5*time.Minute {
			t.Errorf("%d changes, %d requests too fast, %s", len(r.Changes), c.tooFast, took)
		}
	})
}
