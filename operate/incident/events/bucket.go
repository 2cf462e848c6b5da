package events

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// BucketAPI is the part of S3 that has the files of a trail.
type BucketAPI interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Bucket has the files that a trail delivers: below the prefix, AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YEAR/MONTH/DAY/.
type Bucket struct {
	API          BucketAPI
	Name, Prefix string

	// prefixes are those below which accounts are: that of an organization is one level deeper than that of an account.
	prefixes []string
}

// Address returns where the accounts are: s3://BUCKET/PREFIX.
func (b *Bucket) Address() string { return "s3://" + b.Name + "/" + b.Prefix }

// ParseBucket reads s3://BUCKET/PREFIX, where the prefix ends before the accounts or the organization.
func ParseBucket(text string) (name, prefix string, err error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	name, prefix, _ = strings.Cut(rest, "/")
	if !ok || name == "" {
		return "", "", fmt.Errorf("invalid --from-bucket %q: use s3://BUCKET/PREFIX, for example s3://trail-logs/AWSLogs/o-exampleorg", text)
	}
	if prefix = strings.Trim(prefix, "/"); prefix == "" {
		prefix = "AWSLogs"
	}
	return name, prefix + "/", nil
}

// TrailFile is a file of a trail.
type TrailFile struct {
	Key, Account, Region string
	// At is when CloudTrail delivered it.
	At time.Time
}

var (
	organizationFolder = regexp.MustCompile(`/o-[a-z0-9]{10,32}/$`)
	accountFolder      = regexp.MustCompile(`/([0-9]{12})/$`)
	regionFolder       = regexp.MustCompile(`/([a-z0-9-]+)/$`)
	otherFile          = regexp.MustCompile(`_CloudTrail-(Digest|Insight)_[^/]*$`)
	trailFile          = regexp.MustCompile(`_CloudTrail_[a-z0-9-]+_([0-9]{8}T[0-9]{4}Z)_[^/]*$`)
)

// Places returns the accounts and Regions that the bucket has files of, as Query without an attribute.
func (b *Bucket) Places(ctx context.Context) (all []Query, err error) {
	accounts, err := b.folders(ctx, b.Prefix)
	if err != nil {
		return nil, err
	}
	b.prefixes = []string{b.Prefix}
	for _, in := range slices.Clone(accounts) {
		if !organizationFolder.MatchString("/" + in) {
			continue
		}
		more, err := b.folders(ctx, in)
		if err != nil {
			return nil, err
		}
		b.prefixes, accounts = append(b.prefixes, in), append(accounts, more...)
	}
	for _, in := range accounts {
		m := accountFolder.FindStringSubmatch("/" + in)
		if m == nil {
			continue
		}
		regions, err := b.folders(ctx, in+"CloudTrail/")
		if err != nil {
			return nil, err
		}
		for _, region := range regions {
			if r := regionFolder.FindStringSubmatch("/" + region); r != nil && !slices.Contains(all, Query{Account: m[1], Region: r[1]}) {
				all = append(all, Query{Account: m[1], Region: r[1]})
			}
		}
	}
	if len(all) == 0 {
		return nil, &account.Refusal{
			What: b.Address() + " has no files of a trail", Fix: "name the prefix that ends before the accounts or the organization, for example AWSLogs",
		}
	}
	return all, nil
}

// Files returns the files that may have events of a period, of an account in a Region: CloudTrail delivers late.
func (b *Bucket) Files(ctx context.Context, q Query, period Period) (all []TrailFile, err error) {
	until := period.To.Add(delivered)
	for day := period.From.UTC().Truncate(24 * time.Hour); !day.After(until); day = day.Add(24 * time.Hour) {
		var keys []types.Object
		for _, above := range b.prefixes {
			prefix := above + q.Account + "/CloudTrail/" + q.Region + "/" + day.Format("2006/01/02/")
			some, err := whole.Pages(ctx, s3.NewListObjectsV2Paginator(b.API, &s3.ListObjectsV2Input{Bucket: aws.String(b.Name), Prefix: aws.String(prefix)}),
				func(page *s3.ListObjectsV2Output) []types.Object { return page.Contents })
			if err != nil {
				return nil, account.Explain(err, "listing s3://"+b.Name+"/"+prefix)
			}
			keys = append(keys, some...)
		}
		for _, object := range keys {
			if strings.HasSuffix(aws.ToString(object.Key), "/") || otherFile.MatchString(aws.ToString(object.Key)) {
				continue // what the console makes for a folder, and what has no calls
			}
			f := TrailFile{Key: aws.ToString(object.Key), Account: q.Account, Region: q.Region, At: day}
			if m := trailFile.FindStringSubmatch(f.Key); m != nil {
				at, err := time.Parse("20060102T1504Z", m[1])
				if err == nil && (at.Before(period.From.Add(-time.Minute)) || at.After(until)) {
					continue
				}
				if err == nil {
					f.At = at
				}
			}
			all = append(all, f) // one that was renamed is read, too
		}
	}
	slices.SortFunc(all, func(a, b TrailFile) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Key, b.Key)) })
	return all, nil
}

// delivered is how long after an event its file may come: as a rule 5 minutes, in a disturbance hours.
const delivered = 6 * time.Hour

// mostInFile is the largest file, unpacked.
const mostInFile = 512 << 20

// Records returns the records of a file that are in a period.
func (b *Bucket) Records(ctx context.Context, f TrailFile, period Period) (page Page, err error) {
	out, err := b.API.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.Name), Key: aws.String(f.Key)})
	if err != nil {
		return page, account.Explain(err, "reading s3://"+b.Name+"/"+f.Key)
	}
	defer out.Body.Close()
	packed, err := io.ReadAll(io.LimitReader(out.Body, mostInFile))
	if err != nil {
		return page, account.Explain(err, "reading s3://"+b.Name+"/"+f.Key)
	}
	records, err := unpack(packed)
	if err != nil { // named in the report, and the other files are read
		return page, &account.Refusal{
			What: "s3://" + b.Name + "/" + f.Key + " is damaged, or no file of a trail: " + err.Error(),
			Fix:  "have CloudTrail check the files: aws cloudtrail validate-logs",
		}
	}
	for _, text := range records {
		record, err := Parse(text, f.Account, f.Region)
		switch {
		case err != nil:
			page.Unreadable++
		case !record.Time.Before(period.From) && !record.Time.After(period.To):
			page.Records = append(page.Records, record)
		}
	}
	return page, nil
}

// unpack returns the records of a file, also of one that somebody unpacked before.
func unpack(packed []byte) ([]json.RawMessage, error) {
	text := packed
	if bytes.HasPrefix(packed, []byte("\x1f\x8b")) {
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, err
		}
		if text, err = io.ReadAll(io.LimitReader(reader, mostInFile+1)); err != nil {
			return nil, err
		}
	}
	if len(text) > mostInFile {
		return nil, errors.New("it is too large")
	}
	var file struct{ Records *[]json.RawMessage }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	if file.Records == nil {
		return nil, errors.New("it has no records")
	}
	return *file.Records, nil
}

// folders returns the folders below a prefix.
func (b *Bucket) folders(ctx context.Context, prefix string) (all []string, err error) {
	pages := s3.NewListObjectsV2Paginator(b.API, &s3.ListObjectsV2Input{Bucket: aws.String(b.Name), Prefix: aws.String(prefix), Delimiter: aws.String("/")})
	found, err := whole.Pages(ctx, pages, func(page *s3.ListObjectsV2Output) []types.CommonPrefix { return page.CommonPrefixes })
	for _, folder := range found {
		all = append(all, aws.ToString(folder.Prefix))
	}
	return all, account.Explain(err, "listing s3://"+b.Name+"/"+prefix)
}
