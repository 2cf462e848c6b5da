package events

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
)

const (
	ours, theirs = "111111111111", "222222222222"
	prefix       = "AWSLogs/"
	below        = "AWSLogs/o-exampleorg/"
)

// The accounts and Regions of a trail and of an organization's are found, each one once, and nothing else is taken for one.
func TestThePlacesOfABucket(t *testing.T) {
	day := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	s := &stub.Shelf{Name: "trail", Content: map[string]string{
		stub.TrailFile(prefix, ours, "us-east-1", day): "", stub.TrailFile(prefix, ours, "eu-west-1", day): "", stub.TrailFile(below, ours, "us-east-1", day): "", stub.TrailFile(below, theirs, "ap-south-1", day): "",
		"AWSLogs/o-x/" + ours + "/CloudTrail/us-east-2/x": "", "AWSLogs/1234/CloudTrail/us-east-2/x": "", "AWSLogs/readme": "", "AWSLogs/" + theirs + "/Config/us-east-2/x": "",
		"AWSLogs/" + ours + "/CloudTrail/EU_WEST/x": "",
	}}
	b := &Bucket{API: s, Name: "trail", Prefix: prefix}
	all, err := b.Places(t.Context())
	want := []Query{{Account: ours, Region: "eu-west-1"}, {Account: ours, Region: "us-east-1"}, {Account: theirs, Region: "ap-south-1"}}
	if err != nil || !slices.Equal(all, want) {
		t.Errorf("%+v, %v", all, err)
	}
	for refused, want := range map[string]string{prefix: "listing s3://trail/AWSLogs/", below: "listing s3://trail/AWSLogs/o-exampleorg/", prefix + ours: "listing s3://trail/AWSLogs/111111111111/CloudTrail/"} {
		s.Refused = refused
		if all, err := b.Places(t.Context()); all != nil || err == nil || !strings.Contains(err.Error(), want+":") {
			t.Errorf("%s: %+v, %v", refused, all, err)
		}
	}
	none := &Bucket{API: &stub.Shelf{Name: "trail", Content: map[string]string{"AWSLogs/readme": ""}}, Name: "trail", Prefix: prefix}
	if all, err := none.Places(t.Context()); all != nil || err == nil ||
		err.Error() != "s3://trail/AWSLogs/ has no files of a trail; name the prefix that ends before the accounts or the organization, for example AWSLogs" {
		t.Errorf("%+v, %v", all, err)
	}
}

// The files of a period are those from its first minute to hours after its last, from the oldest on, below each prefix.
func TestTheFilesOfAPeriod(t *testing.T) {
	from := time.Date(2026, 11, 22, 22, 30, 20, 0, time.UTC)
	period := Period{From: from, To: from.Add(time.Hour)}
	name := func(at time.Time) string { return stub.TrailFile(prefix, ours, "eu-west-1", at) }
	first, before := from.Truncate(time.Minute), from.Truncate(time.Minute).Add(-time.Minute)
	last := period.To.Add(6 * time.Hour).Truncate(time.Minute)
	renamed := strings.Replace(name(first), "T2230Z", "T9999Z", 1)
	want := []string{
		renamed,
		strings.TrimSuffix(name(first), ".gz"),
		name(first),
		stub.TrailFile(below, ours, "eu-west-1", first.Add(time.Hour)),
		name(first.Add(time.Hour)),
		name(last),
	}
	s := &stub.Shelf{Name: "trail", Content: map[string]string{
		name(before): "", name(last.Add(time.Minute)): "", name(first.Add(24 * time.Hour)): "", stub.TrailFile(prefix, ours, "us-east-1", first): "", stub.TrailFile(prefix, theirs, "eu-west-1", first): "",
		strings.Replace(name(first), "_CloudTrail_", "_CloudTrail-Digest_", 1): "", strings.TrimSuffix(name(first), first.Format("T1504Z")+"_abcd.json.gz") + "/": "",
	}}
	for _, key := range want {
		s.Content[key] = ""
	}
	b := &Bucket{API: s, Name: "trail", Prefix: prefix}
	if _, err := b.Places(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Listed = nil
	all, err := b.Files(t.Context(), Query{Account: ours, Region: "eu-west-1"}, period)
	var got []string
	for _, f := range all {
		if f.Account != ours || f.Region != "eu-west-1" || f.At.IsZero() {
			t.Errorf("%+v", f)
		}
		got = append(got, f.Key)
	}
	slices.Sort(want[3:5])
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
	days := []string{"AWSLogs/111111111111/CloudTrail/eu-west-1/2026/11/22/", below + "111111111111/CloudTrail/eu-west-1/2026/11/22/"}
	days = append(days, strings.ReplaceAll(days[0], "22/", "23/"), strings.ReplaceAll(days[1], "22/", "23/"))
	if !slices.Equal(s.Listed, days) {
		t.Errorf("listed %q", s.Listed)
	}
	s.Refused = days[3]
	if all, err := b.Files(t.Context(), Query{Account: ours, Region: "eu-west-1"}, period); all != nil || err == nil ||
		!strings.Contains(err.Error(), "listing s3://trail/"+days[3]) {
		t.Errorf("%+v, %v", all, err)
	}
}

// The records of a file are those of the period, both ends included; what is none is counted, and a file that is damaged is named.
func TestTheRecordsOfAFile(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) // of the sample
	record := func(id, clock string) string {
		return strings.NewReplacer("e-1", id, "08:00:00", clock, `, "awsRegion": "eu-west-1", "recipientAccountId": "222222222222"`, "").Replace(sample)
	}
	s := &stub.Shelf{Name: "trail", Content: map[string]string{
		"good": stub.Packed(
			`{"Records": [` + strings.Join(
				[]string{record("early", "07:59:59"), record("first", "08:00:00"), `{"x": 1}`, record("last", "09:00:00"), record("late", "09:00:01")},
				",",
			) + `]}`,
		),
		"plain": `{"Records": [` + record(
			"first",
			"08:00:00",
		) + `]}`, "plainer": "{}", "text": "readme", "cut": stub.Packed(strings.Repeat(sample, 99))[:80], "other": stub.Packed("[]"), "none": stub.Packed("{}"),
	}}
	b := &Bucket{API: s, Name: "trail"}
	period := Period{From: at, To: at.Add(time.Hour)}
	read := func(key string) (Page, error) {
		return b.Records(t.Context(), TrailFile{Key: key, Account: ours, Region: "us-east-1"}, period)
	}
	page, err := read("good")
	if err != nil || page.Unreadable != 1 || len(page.Records) != 2 || page.Records[0].EventID != "first" || page.Records[1].EventID != "last" ||
		page.Records[0].Account != ours ||
		page.Records[0].Region != "us-east-1" {
		t.Errorf("%+v, %v", page, err)
	}
	// One that was unpacked has the same records.
	if page, err := read("plain"); err != nil || len(page.Records) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	for _, key := range []string{"plainer", "text", "cut", "other", "none"} {
		if page, err := read(key); err == nil || len(page.Records) > 0 || !strings.HasPrefix(err.Error(), "s3://trail/"+key+" is damaged, or no file of a trail: ") ||
			!strings.HasSuffix(err.Error(), "aws cloudtrail validate-logs") {
			t.Errorf("%s: %+v, %v", key, page, err)
		}
	}
	s.Refused = "good"
	if _, err := read("good"); err == nil || !strings.HasPrefix(err.Error(), "reading s3://trail/good: ") {
		t.Error(err)
	}
}

func TestWhereABucketIs(t *testing.T) {
	for text, want := range map[string]string{
		"s3://b": "s3://b/AWSLogs/", "s3://b/": "s3://b/AWSLogs/", "s3://b/x/AWSLogs/o-exampleorg//": "s3://b/x/AWSLogs/o-exampleorg/", "s3://b//x": "s3://b/x/",
	} {
		name, prefix, err := ParseBucket(text)
		if got := (&Bucket{Name: name, Prefix: prefix}).Address(); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"b/AWSLogs", "s3://", "s3:///x", ""} {
		if _, _, err := ParseBucket(text); err == nil || !strings.Contains(err.Error(), "use s3://BUCKET/PREFIX, for example s3://trail-logs/AWSLogs/o-exampleorg") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What a call is about is what its record names best, and two things at most.
func TestTheObjectOfACall(t *testing.T) {
	is := func(pairs ...string) map[string]any {
		all := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return all
	}
	for _, one := range []struct {
		r    Record
		want string
	}{
		{Record{}, ""},
		{Record{Additional: is("SwitchTo", "arn:role"), Request: is("roleName", "r")}, "arn:role"},
		{Record{Request: is("policyArn", "p", "roleName", "r", "userName", "u")}, "r, u"},
		{Record{Request: is("roleArn", "same", "roleName", "same", "name", "n")}, "same, n"},
		{Record{Request: is("theThingId", "t", "about", "a", "someArn", "s")}, "s"},
		{Record{Request: is("about", "a", "FILENAME", "f")}, "f"},
		{Record{Request: map[string]any{"thingId": 5, "about": "a"}, Response: map[string]any{"accessKey": map[string]any{"accessKeyId": "AKIA"}}}, "AKIA"},
	} {
		if got := one.r.Object(); got != one.want {
			t.Errorf("%+v: %q, want %q", one.r, got, one.want)
		}
	}
	for _, name := range objects {
		if got := (Record{Request: is(name, "x", "anId", "y")}).Object(); got != "x" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
