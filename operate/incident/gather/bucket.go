package gather

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

// FromBucket is the attribute of what was read from a bucket: all events, of whomever.
const FromBucket = "Bucket"

// mostPasses bounds how often the files are read: a chain that grows in each pass is one that somebody made to last.
const mostPasses = 10

// readBucket reads the files of a trail in the order of time, and again until nothing new appears: a record may belong to a session whose
// beginning is in a later file.
func (r *run) readBucket(ctx context.Context) error {
	places, err := r.Bucket.Places(ctx)
	if err != nil {
		return err
	}
	var files []events.TrailFile
	began := time.Now().UTC()
	r.unnamed = map[string]int{}
	reads := map[string]*folder.Read{}
	var ids []string
	for _, q := range places {
		q.Attribute, q.Value = FromBucket, r.Bucket.Address()
		id := q.Account + " " + q.Region
		ids, reads[id] = append(ids, id), &folder.Read{Query: q, At: began}
	}
	if r.Total != nil {
		r.Total(len(ids), "listing the files of the trail")
	}
	for _, found := range fan.Out(ctx, ids, fan.Bound, func(ctx context.Context, id string) ([]events.TrailFile, error) {
		return r.Bucket.Files(ctx, reads[id].Query, r.Folder.Period)
	}, func(result fan.Result[[]events.TrailFile]) { r.step(result.Key) }) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fail(reads[found.Key], found.Err)
		files = append(files, found.Value...)
	}
	slices.SortStableFunc(files, func(a, b events.TrailFile) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Key, b.Key)) })
	known := -1
	r.offer()
	for pass := 1; known != r.outcome.Chain.Size() && pass <= mostPasses; pass++ {
		known = r.outcome.Chain.Size()
		if err := r.pass(ctx, pass, files, reads); err != nil {
			return err
		}
		r.offer()
	}
	for _, read := range r.missing(reads, files) {
		id := read.Account + " " + read.Region
		if reads[id] == nil {
			ids = append(ids, id)
		}
		reads[id] = &read
	}
	for _, id := range ids {
		read := reads[id]
		if read.Done = read.Failure == ""; r.unnamed[id] > 0 {
			read.Failure += fmt.Sprintf("; files that could not be read, too: %d", r.unnamed[id])
		}
		if err := r.note(*read); err != nil {
			return err
		}
	}
	whole := events.Query{Attribute: FromBucket, Value: r.Bucket.Address()}
	if known == r.outcome.Chain.Size() {
		return r.ends(whole)
	}
	return r.note(folder.Read{
		Query: whole, At: began,
		Failure: fmt.Sprintf("new sessions still appeared after the files were read %d times: calls of the last ones may be missing", mostPasses),
		Fix:     "repeat the command: it goes on from there",
	})
}

// missing names the accounts of the configuration in whose Regions the trail has no file of the period: it does not log them, it was stopped,
// or nothing happened there, and the files cannot say which.
func (r *run) missing(reads map[string]*folder.Read, files []events.TrailFile) (all []folder.Read) {
	has := map[string]bool{}
	for _, f := range files {
		has[f.Account+" "+f.Region] = true
	}
	for _, account := range r.Config.Accounts() {
		for _, region := range r.Regions {
			at := account + " " + region
			if has[at] || reads[at] != nil && reads[at].Failure != "" {
				continue
			}
			all = append(all, folder.Read{
				Query: events.Query{Account: account, Region: region, Attribute: FromBucket, Value: r.Bucket.Address()}, At: time.Now().UTC(),
				Failure: "the trail has no file of the period", Fix: "see whether the trail logs it, and read the event history: repeat the command without --from-bucket",
			})
		}
	}
	return all
}

func (r *run) step(what string) {
	if r.Step != nil {
		r.Step(what)
	}
}

// together is how many files are read at once; their records are taken in the order of time.
const together = 16

// pass reads every file once.
func (r *run) pass(ctx context.Context, number int, files []events.TrailFile, reads map[string]*folder.Read) error {
	if r.Total != nil {
		r.Total(len(files), fmt.Sprintf("reading the files of the trail, pass %d", number))
	}
	for some := range slices.Chunk(files, together) {
		keys, byKey := []string{}, map[string]events.TrailFile{}
		for _, f := range some {
			keys, byKey[f.Key] = append(keys, f.Key), f
		}
		for _, one := range fan.Out(ctx, keys, together, func(ctx context.Context, key string) (events.Page, error) {
			return r.Bucket.Records(ctx, byKey[key], r.Folder.Period)
		}, func(result fan.Result[events.Page]) { r.step(byKey[result.Key].Region) }) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			f := byKey[one.Key]
			read := reads[f.Account+" "+f.Region]
			if number == 1 {
				if one.Err != nil && read.Failure != "" {
					r.unnamed[f.Account+" "+f.Region]++
				}
				read.Unreadable += one.Value.Unreadable
			}
			fail(read, one.Err)
			for _, record := range one.Value.Records {
				if !r.outcome.Chain.Add(record, true) || r.outcome.History[record.EventID] {
					continue
				}
				r.outcome.History[record.EventID] = true
				if err := r.Folder.Add(folder.Records, folder.Kept{Account: f.Account, Region: f.Region, Record: record.Raw}); err != nil {
					return err
				}
				r.lines++
			}
		}
		r.outcome.Chain.Size() // settles: what these files began is known for the next ones
	}
	return nil
}

// fail writes down why something of a place was not read.
func fail(read *folder.Read, err error) {
	if err == nil || read.Failure != "" {
		return
	}
	read.Failure = err.Error()
	if refusal := (*account.Refusal)(nil); errors.As(err, &refusal) {
		read.Failure, read.Fix = refusal.What, refusal.Fix
	}
}
