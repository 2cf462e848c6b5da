package report_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/report"
)

// objects are those of a bucket, by key. A page of a list has two; refused is a prefix that may not be listed.
type objects struct {
	content map[string][]byte
	refused string
}

func (o objects) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	prefix := aws.ToString(in.Prefix)
	if o.refused != "" && strings.HasPrefix(prefix, o.refused) {
		return nil, &smithy.GenericAPIError{Code: "AccessDenied", Message: "User: x is not authorized to perform: s3:ListBucket on resource: y"}
	}
	var all []string // folders end with the delimiter
	for _, key := range slices.Sorted(maps.Keys(o.content)) {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if folder, _, below := strings.Cut(rest, "/"); below && in.Delimiter != nil {
			key = prefix + folder + "/"
		}
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	begin := 0
	_, _ = fmt.Sscan(aws.ToString(in.ContinuationToken), &begin)
	end := min(begin+2, len(all))
	out := &s3.ListObjectsV2Output{IsTruncated: aws.Bool(end < len(all)), NextContinuationToken: aws.String(fmt.Sprint(end))}
	for _, key := range all[begin:end] {
		if strings.HasSuffix(key, "/") {
			out.CommonPrefixes = append(out.CommonPrefixes, types.CommonPrefix{Prefix: aws.String(key)})
		} else {
			out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
		}
	}
	return out, nil
}

func (o objects) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(o.content[*in.Key]))}, nil
}

// delivered returns the records of a cloud as a trail delivers them: a file for each record, the later ones of an account first.
func delivered(t *testing.T, c *cloud) objects {
	t.Helper()
	o := objects{content: map[string][]byte{"AWSLogs/o-exampleorg/readme": nil}}
	for at, records := range c.records {
		number, region, _ := strings.Cut(at, " ")
		for i, r := range records {
			when, err := time.Parse(time.RFC3339, r["eventTime"].(string))
			if err != nil {
				t.Fatal(err)
			}
			// A Region delivers up to a quarter of an hour later than another.
			o.deliver(t, number, region, when.Add(time.Duration(5+7*(i%2))*time.Minute), i, r)
		}
	}
	return o
}

// deliver adds a file with one record.
func (o objects) deliver(t *testing.T, number, region string, at time.Time, i int, record any) {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if err := json.NewEncoder(w).Encode(map[string]any{"Records": []any{record}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("AWSLogs/o-exampleorg/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%04d.json.gz", number, region, at.Format("2006/01/02"), number, region,
		at.Format("20060102T1504Z"), i)
	o.content[key] = packed.Bytes()
}

// quiet adds a file in which others did something in an account and Region.
func (o objects) quiet(t *testing.T, number, region string) {
	t.Helper()
	o.deliver(t, number, region, period.From.Add(time.Hour), 0,
		newCloud().play("q"+number+region, "08:30:00", number, region, "s3:CreateBucket", fields{"type": "AWSService", "invokedBy": "example.amazonaws.com"}, nil))
}

// unread returns what a report names as not read.
func unread(r *report.Report) (all []string) {
	for _, u := range r.Unseen {
		if u.Unread {
			all = append(all, fmt.Sprint(u.What, " ", u.Where))
		}
	}
	return all
}

// The files of a trail show the same as the event history, also where that could not be read.
func TestThePlayedIncidentFromABucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		path, o := filepath.Join(t.TempDir(), "incident"), delivered(t, c)
		bucket := &events.Bucket{API: o, Name: "trail-logs", Prefix: "AWSLogs/o-exampleorg/"}
		r, err := runFrom(t, t.Context(), c, playedFile, path, bucket)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := unread(r), []string{"the trail has no file of the period [333333333333 eu-west-1]"}; !slices.Equal(got, want) {
			t.Errorf("%q is named, want %q", got, want)
		}
		o.quiet(t, other, "eu-west-1")
		if r, err = runFrom(t, t.Context(), c, playedFile, path, bucket); err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); !slices.Equal(got, want) {
			t.Errorf("the timeline is\n%s", strings.Join(got, "\n"))
		}
		if !r.Whole() || len(r.OnlyLedger) > 0 || c.requests > 0 {
			t.Errorf("%+v, only the ledger has %+v, %d requests to the event history", r.Unseen, r.OnlyLedger, c.requests)
		}
	})
}

// What of a bucket cannot be read is named, and the rest is in the report.
func TestABucketWithGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		o := delivered(t, c)
		o.quiet(t, other, "eu-west-1")
		o.refused = "AWSLogs/o-exampleorg/" + hub + "/CloudTrail/eu-west-1/2026"
		o.content["AWSLogs/o-exampleorg/"+hub+"/CloudTrail/us-east-1/2026/11/22/"+hub+"_CloudTrail_us-east-1_20261122T0900Z_broken.json.gz"] = []byte("no gzip")
		r, err := runFrom(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "incident"),
			&events.Bucket{API: o, Name: "trail-logs", Prefix: "AWSLogs/o-exampleorg/"})
		if err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); !slices.Equal(got, want[1:]) { // the ledger has the sign-in of that Region that succeeded
			t.Errorf("the timeline is\n%s", strings.Join(got, "\n"))
		}
		if got := unread(r); len(got) != 2 || !strings.Contains(got[1], "_20261122T0900Z_broken.json.gz is damaged, or no file of a trail: ") {
			t.Errorf("%d gaps are named, want the Region and the broken file: %q", len(got), got)
		}
		if _, err := runFrom(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "empty"), &events.Bucket{
			API: objects{}, Name: "trail-logs", Prefix: "AWSLogs/",
		}); err == nil || !strings.Contains(err.Error(), "has no files of a trail") {
			t.Errorf("an empty bucket: %v", err)
		}
	})
}

// A bucket may have what an account delivered on its own and what its organization does, one level deeper; a file that was cut off is named, and
// the files of digests are none.
func TestABucketOfAnOrganization(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		o := delivered(t, c)
		o.quiet(t, other, "eu-west-1")
		moved := 0
		for key, content := range maps.Clone(o.content) {
			if strings.Contains(key, "/"+hub+"/CloudTrail/eu-west-1/") {
				delete(o.content, key)
				o.content[strings.Replace(key, "/o-exampleorg", "", 1)] = content
				moved++
			}
		}
		o.content["AWSLogs/o-exampleorg/"+hub+"/CloudTrail-Digest/us-east-1/2026/11/22/"+hub+
			"_CloudTrail-Digest_us-east-1_trail_us-east-1_20261122T090000Z.json.gz"] = []byte("no gzip")
		run := func(name string) *report.Report {
			r, err := runFrom(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), name), &events.Bucket{API: o, Name: "trail-logs", Prefix: "AWSLogs/"})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := run("whole"); !slices.Equal(timeline(r), want) || !r.Whole() || moved == 0 {
			t.Errorf("the timeline is\n%s\n%q is named", strings.Join(timeline(r), "\n"), unread(r))
		}
		var cut string
		for _, key := range slices.Sorted(maps.Keys(o.content)) {
			if strings.Contains(key, "/"+prod+"/CloudTrail/us-east-1/") {
				cut = key
			}
		}
		o.content[cut] = o.content[cut][:len(o.content[cut])-12]
		o.content[strings.Replace(cut, ".json.gz", "2.json.gz", 1)] = []byte("{}")
		if got := unread(run("two")); len(got) != 1 || !strings.HasSuffix(got[0], "; files that could not be read, too: 1 ["+prod+" us-east-1]") {
			t.Errorf("%q is named", got)
		}
		delete(o.content, strings.Replace(cut, ".json.gz", "2.json.gz", 1))
		if got := unread(run("cut")); len(got) != 1 || !strings.HasPrefix(got[0], "s3://trail-logs/"+cut+" is damaged, or no file of a trail: unexpected EOF") {
			t.Errorf("%q is named", got)
		}
	})
}

// Somebody who assumes role after role, whose beginnings are delivered after what they did, needs a pass for each. Too many of them are a gap
// until a later run has followed them all.
func TestAChainThatGrowsWithEachPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c, o := newCloud(), objects{content: map[string][]byte{}}
		for _, number := range []string{hub, prod, other} {
			o.quiet(t, number, "us-east-1")
			o.quiet(t, number, "eu-west-1")
		}
		who, number := user("BreakglassUser", "AKIAUSER"), hub
		for i := range 14 {
			clock := fmt.Sprintf("08:%02d:00", 10+i)
			role, key := fmt.Sprintf("Step%d", i), fmt.Sprintf("ASIA%d", i)
			r := c.play(fmt.Sprintf("s%02d", i), clock, number, "us-east-1", "sts:AssumeRole", who, assume(far, role, "x", key))
			o.deliver(t, number, "us-east-1", period.To.Add(-time.Duration(i)*time.Minute), i, r)
			who, number = session(far, role, "x", key, clock), far
		}
		path, bucket := filepath.Join(t.TempDir(), "incident"), &events.Bucket{API: o, Name: "trail-logs", Prefix: "AWSLogs/o-exampleorg/"}
		r, err := runFrom(t, t.Context(), c, playedFile, path, bucket)
		if err != nil {
			t.Fatal(err)
		}
		if got := unread(r); len(got) != 1 || !strings.HasPrefix(got[0], "new sessions still appeared after the files were read 10 times") || len(r.Timeline) != 10 {
			t.Errorf("%d calls, %q is named", len(r.Timeline), got)
		}
		for range 2 {
			if r, err = runFrom(t, t.Context(), c, playedFile, path, bucket); err != nil {
				t.Fatal(err)
			}
			if len(r.Timeline) != 14 || !r.Whole() {
				t.Errorf("the next run has %d calls and names %q", len(r.Timeline), unread(r))
			}
		}
	})
}

func TestParseBucket(t *testing.T) {
	for text, want := range map[string]string{
		"s3://logs": "logs AWSLogs/", "s3://logs/AWSLogs/o-1/": "logs AWSLogs/o-1/", "s3://logs/audit/AWSLogs": "logs audit/AWSLogs/", "logs": "", "s3:///x": "",
	} {
		name, prefix, err := events.ParseBucket(text)
		if got := name + " " + prefix; (err != nil) != (want == "") || want != "" && got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}
