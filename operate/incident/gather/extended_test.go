package gather

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/operate/incident/folder"
)

// Whoever moves the end of the period gets what was done until then, and of the time before nothing twice: also if it was read long after it
// ended, if that run was cut off, and if a folder does not say until when it was read.
func TestAPeriodThatIsExtended(t *testing.T) {
	for name, one := range map[string]struct {
		waits  time.Duration
		cut    bool
		before func(string) string
	}{
		"soon":                           {waits: time.Minute},
		"long after":                     {waits: 5 * time.Hour},
		"cut off":                        {waits: 5 * time.Hour, cut: true},
		"a folder of an earlier version": {waits: 5 * time.Hour, before: func(text string) string { return strings.ReplaceAll(text, `,"to":"2026-11-22T10:00:00Z"`, "") }},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(period.To.Add(one.waits)))
			path := filepath.Join(t.TempDir(), "incident")
			h := &history{denied: one.cut, after: 1}
			h.add("1", "08:10:00", nil)
			h.add("2", "09:40:00", nil)
			h.add("3", "10:20:00", nil)
			h.add("4", "11:40:00", nil)
			h.gather(t, path)
			if one.before != nil {
				text, err := os.ReadFile(filepath.Join(path, folder.Reads))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(path, folder.Reads), []byte(one.before(string(text))), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(5 * time.Hour)
			f, err := folder.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Extend(period.To.Add(90 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			if out, err := Load(conf(t), f); err != nil || out.Unread() == 0 {
				t.Errorf("%s: nothing is unread: %v", name, err)
			}
			h.denied = false
			if ids, failures := h.gather(t, path); !slices.Equal(ids, []string{"1", "2", "3"}) || failures != nil {
				t.Errorf("%s: %q, %q", name, ids, failures)
			}
			if h.gather(t, path); h.asked != 0 {
				t.Errorf("%s: it does not end: %d requests", name, h.asked)
			}
			if out, err := Load(conf(t), f); err != nil || out.Unread() != 0 {
				t.Errorf("%s: %d are unread: %v", name, out.Unread(), err)
			}
		})
	}
}

// A Region that the run for a later end leaves out is a gap, until a run reads it.
func TestARegionThatIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To.Add(5 * time.Hour)))
		path := filepath.Join(t.TempDir(), "incident")
		h := &history{regions: []string{"eu-west-1", "us-east-1"}}
		for step, one := range []struct {
			regions []string
			gap     bool
		}{{h.regions, false}, {[]string{"us-east-1"}, true}, {h.regions, false}, {[]string{"us-east-1"}, false}} {
			if step == 1 {
				f, err := folder.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Extend(period.To.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			h.regions = one.regions
			if _, failures := h.gather(t, path); slices.Contains(failures, "not read to the end of the period") != one.gap {
				t.Errorf("step %d: %q", step, failures)
			}
		}
	})
}
