package stub

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// Shelf is a bucket. A page of a list has one key.
type Shelf struct {
	Name string
	// Content is the content of the objects, by key.
	Content map[string]string
	// Refused is how the keys begin that can be neither listed nor read; empty for none.
	Refused string
	// Listed are the prefixes that were asked for.
	Listed []string

	mutex sync.Mutex
}

func (s *Shelf) refuses(bucket *string, key string) error {
	if aws.ToString(bucket) != s.Name {
		return &types.NoSuchBucket{}
	}
	if s.Refused != "" && strings.HasPrefix(key, s.Refused) {
		return &smithy.GenericAPIError{Code: "AccessDenied", Message: "it is so", Fault: smithy.FaultClient}
	}
	return nil
}

// ListObjectsV2 lists the keys that begin with a prefix, or the folders there.
func (s *Shelf) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	prefix := aws.ToString(in.Prefix)
	if in.ContinuationToken == nil {
		s.mutex.Lock()
		s.Listed = append(s.Listed, prefix)
		s.mutex.Unlock()
	}
	if err := s.refuses(in.Bucket, prefix); err != nil {
		return nil, err
	}
	var all []string
	for _, key := range slices.Sorted(maps.Keys(s.Content)) {
		rest, ok := strings.CutPrefix(key, prefix)
		if folder, _, below := strings.Cut(rest, "/"); below && aws.ToString(in.Delimiter) == "/" {
			key = prefix + folder + "/"
		}
		if ok && !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	begin := 0
	_, _ = fmt.Sscan(aws.ToString(in.ContinuationToken), &begin)
	out := &s3.ListObjectsV2Output{IsTruncated: aws.Bool(begin+1 < len(all)), NextContinuationToken: aws.String(fmt.Sprint(begin + 1))}
	for _, key := range all[min(begin, len(all)):min(begin+1, len(all))] {
		if strings.HasSuffix(key, "/") {
			out.CommonPrefixes = append(out.CommonPrefixes, types.CommonPrefix{Prefix: aws.String(key)})
		} else {
			out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
		}
	}
	return out, nil
}

// GetObject returns the content of a key.
func (s *Shelf) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	key := aws.ToString(in.Key)
	if err := s.refuses(in.Bucket, key); err != nil {
		return nil, err
	}
	content, ok := s.Content[key]
	if !ok {
		return nil, errors.Join(&types.NoSuchKey{}, errors.New(key))
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(content))}, nil
}

// Packed returns a text as a trail writes its files.
func Packed(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // memory takes it
	_ = w.Close()
	return out.String()
}

// TrailFile returns the key of a file that a trail wrote below a prefix at a time.
func TrailFile(prefix, number, region string, at time.Time) string {
	return fmt.Sprintf("%s%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_AbCd.json.gz",
		prefix, number, region, at.Format("2006/01/02"), number, region, at.Format("20060102T1504Z"))
}
