package proof

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

func TestRecordsAreSortedByWhatTheyAre(t *testing.T) {
	w := well(t)
	i := 0
	for _, e := range watch.Catalogue {
		for _, s := range watch.Samples {
			if s.Entry == e.ID && s.Event()["source"] != watch.DrillSource {
				i++
				event := s.Event()
				if detail := event["detail"].(watch.Fields); detail["eventID"] != nil {
					detail["eventID"] = e.ID
				}
				w.put(event, hour(i), hub, standby)
				w.put(event, hour(i), hub) // delivered twice
				break
			}
		}
	}
	w.put(watch.Fields{"source": "aws.s3", "detail-type": "new", "region": hub, "detail": watch.Fields{}}, hour(2), hub, standby)
	for _, s := range w.report().Sections {
		want := 0
		for _, e := range watch.Catalogue {
			switch {
			case s.ID == "uses" && e.Part == watch.Access, s.ID == "tampering" && e.Part == watch.Tampering,
				s.ID == "others" && (e.Part == watch.DeliveryFailures || e.Part == watch.NewRegions):
				want++
			}
		}
		if s.ID == "others" {
			want++
			if last := s.Kinds[len(s.Kinds)-1]; last.Entry != "" || last.Count != 1 {
				t.Errorf("what belongs to no entry: %+v", last)
			}
		}
		if len(s.Records) != want || len(s.Kinds) == 0 {
			t.Errorf("%s: %d records, want %d: %+v", s.ID, len(s.Records), want, s.Kinds)
		}
		for j, r := range s.Records {
			if len(r.Hubs) != 2 {
				t.Errorf("%s is in %v", r.What, r.Hubs)
			}
			if j > 0 && r.Time.After(s.Records[j-1].Time) {
				t.Errorf("%s is newer than the record before it", r.What)
			}
		}
	}
}

func TestARecordSaysWhoDidWhat(t *testing.T) {
	w := well(t)
	event := sampleOf(t, "sign-in")
	event["detail"].(watch.Fields)["sourceIPAddress"] = "1\x1b[31m\u202e\n" + strings.Repeat("x", 400)
	w.put(event, hour(5), hub, standby)
	r := w.report().Sections[0].Records[0]
	if r.Who != "BreakglassUser" || r.What != "ConsoleLogin" || r.Result != "Success" || r.MFA != "Yes" || r.Entry != "sign-in" || r.Account != "111111111111" ||
		r.Event == "" {
		t.Errorf("%+v", r)
	}
	if !strings.HasPrefix(r.Address, `1\u001b[31m\u202e\u000axxx`) || !strings.HasSuffix(r.Address, "x…") || len(r.Address) > 300 {
		t.Errorf("the address is %q", r.Address)
	}
}

// What may still be on its way to a ledger, or is older than a ledger, is not missing there.
func TestWhatOneLedgerCannotHaveIsNotMissing(t *testing.T) {
	for name, at := range map[string]time.Time{
		"on its way": now.Add(-settled).Add(time.Minute), "older than the ledger": hour(5), "just after the ledger": hour(6).Add(59 * time.Minute),
	} {
		w := well(t)
		w.drillEverywhere()
		w.created[standby+names.Ledger], w.created[names.StandbyStack] = hour(6), hour(6)
		w.put(sampleOf(t, "sign-in"), at, hub)
		if r := w.report(); !r.OK() || len(r.Sections[0].Records) != 1 {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
}

// A new hub has an hour until the rules of every Region send to it, and no more.
func TestWhatANewLedgerLacks(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	w.created[standby+names.Ledger], w.created[names.StandbyStack] = hour(6), hour(6)
	w.put(sampleOf(t, "sign-in"), hour(7), hub)
	if r := w.report(); r.Problems != 1 || !strings.Contains(r.Findings[0].What, "its ledger lacks 1 record") {
		t.Errorf("%v", r.Findings)
	}
}

// EventBridge may give the copies of an event IDs of their own.
func TestCopiesAreOneRecord(t *testing.T) {
	w := well(t)
	for i, h := range []string{hub, standby} {
		event := sampleOf(t, "undelivered")
		event["id"] = strconv.Itoa(i)
		w.put(event, hour(5), h)
		event["detail"].(watch.Fields)["alarmName"] = "another"
		w.put(event, hour(5), h)
	}
	if r := w.report(); !r.OK() || len(r.Sections[2].Records) != 2 || len(r.Sections[2].Records[0].Hubs) != 2 {
		t.Errorf("%v, %+v", r.Findings, r.Sections[2])
	}
}
