package credentials

import (
	"fmt"
	"slices"
	"time"

	"example.com/breakglass/internal/credreport"
	"example.com/breakglass/operate/seal"
)

// inForce returns the files in the folder that are not void.
func (o *Options) inForce() (all []*sealed, err error) {
	for _, kind := range []seal.Kind{seal.Password, seal.MFA, seal.Key} {
		set, _, err := o.files(kind)
		if err != nil {
			return nil, err
		}
		all = append(all, set...)
	}
	return slices.DeleteFunc(all, func(f *sealed) bool { return f.InForce() != nil }), nil
}

// fits reports whether a file may be that of a credential: IAM has no more to tell them by.
func (s *State) fits(f *sealed) bool {
	switch {
	case f.Kind != s.Kind:
		return false
	case f.Kind == seal.MFA:
		return f.Device == s.ID && f.enabledAt(s.Set)
	case f.Kind == seal.Key:
		return f.AccessKey == s.ID
	}
	return true
}

// newest returns the newest of the files that may be that of a credential; nil if there is none.
func (s *State) newest(files []*sealed) (newest *sealed) {
	for _, f := range files {
		if s.fits(f) && (newest == nil || f.Created.After(newest.Created)) {
			newest = f
		}
	}
	return newest
}

// strays returns a state for each file of a device or a key that IAM does not have: somebody took the device or the key away, or the
// file is of an earlier one.
func (o *Options) strays(states []State, files []*sealed) (all []State) {
	for _, f := range files {
		if f.Kind == seal.Password || slices.ContainsFunc(states, func(s State) bool { return s.fits(f) }) {
			continue
		}
		s := State{User: o.User, Kind: f.Kind, ID: f.Device + f.AccessKey, File: f.path}
		what := "IAM does not have it"
		if i := slices.IndexFunc(states, func(other State) bool { return other.Kind == f.Kind && other.ID == s.ID }); i >= 0 {
			what = "IAM has another one of this name, enabled on " + states[i].Set.UTC().Format(time.DateTime)
		}
		s.Problems = []string{fmt.Sprintf("%s: %s, sealed on %s, is worth nothing. Find out who removed it, and destroy the file and its copies", what, f.path,
			f.Created.Format(time.DateTime))}
		all = append(all, s)
	}
	return all
}

// sealedWithin is how far the times of a password's file and of IAM may differ.
const sealedWithin = 5 * time.Minute

// reportAge is how old IAM's report may be: it makes one every four hours at most.
const reportAge = 4 * time.Hour

// setSince takes the time of the newest password from its file where IAM's report is older than that: the file got its name when AWS
// had accepted the password.
func (o *Options) setSince(s *State, file *sealed, report credreport.Report) {
	if report.Made.IsZero() || !file.Created.After(report.Made) || file.Created.After(o.Now().Add(sealedWithin)) || file.Created.Sub(s.Set) <= sealedWithin {
		return
	}
	s.Set, s.Exact = file.Created, false
	s.Notes = append(s.Notes, fmt.Sprintf("IAM's report is of %s and does not know yet of the password sealed on %s: look again after %s",
		report.Made.UTC().Format(time.DateTime), file.Created.Format(time.DateTime), report.Made.Add(reportAge).UTC().Format(time.DateTime)))
}
