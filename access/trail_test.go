package access

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	trailBucket = "arn:aws-us-gov:s3:::records"
	trailSource = "arn:aws-us-gov:cloudtrail:us-gov-west-1:012345678901:trail/some-trail"
)

func someTrailBucket() Document {
	return TrailBucket(here, trailBucket, "some-trail")
}

func TestTrailBucketIsWrittenByTheOneTrailInItsAccountsFolder(t *testing.T) {
	d := someTrailBucket()
	check := bySid(t, d, "AWSCloudTrailAclCheck")
	same(t, "Action", texts(check["Action"]), []string{"s3:GetBucketAcl"})
	same(t, "Resource", check["Resource"], trailBucket)
	same(t, "Condition", check["Condition"], map[string]any{"StringEquals": map[string]any{"aws:SourceArn": trailSource}})

	write := bySid(t, d, "AWSCloudTrailWrite")
	same(t, "Action", texts(write["Action"]), []string{"s3:PutObject"})
	same(t, "Resource", write["Resource"], trailBucket+"/AWSLogs/012345678901/*")
	same(t, "Condition", write["Condition"], map[string]any{"StringEquals": map[string]any{
		"aws:SourceArn": trailSource, "s3:x-amz-acl": "bucket-owner-full-control",
	}})
}

// CloudTrail is one principal for all customers: a grant without the trail's ARN lets any account's trail write here.
func TestTrailBucketGrantsNothingBesidesAndNothingWithoutTheTrail(t *testing.T) {
	var granted []string
	for _, s := range statements(someTrailBucket()) {
		if s["Effect"] != "Allow" {
			continue
		}
		granted = append(granted, texts(s["Action"])...)
		same(t, "Principal", s["Principal"], map[string]any{"Service": "cloudtrail.amazonaws.com"})
		condition, _ := s["Condition"].(map[string]any)
		equals, _ := condition["StringEquals"].(map[string]any)
		if source := equals["aws:SourceArn"]; source != trailSource {
			t.Errorf("%s is granted to %v", s["Sid"], source)
		}
	}
	same(t, "what is granted", granted, []string{"s3:GetBucketAcl", "s3:PutObject"})
}

func TestTrailBucketIsForTLSOnly(t *testing.T) {
	d := someTrailBucket()
	tls := bySid(t, d, "TLSOnly")
	tlsOnly(t, tls)
	same(t, "what needs TLS", tls["Action"], "s3:*")
	// A denial on the objects alone leaves the bucket's own calls open, and the other way round.
	same(t, "where", tls["Resource"], []string{trailBucket, trailBucket + "/*"})
}

// An administrator, or whoever got that far, may not take a record away, nor have S3 expire it tomorrow.
func TestTrailBucketKeepsItsFilesFromEverybody(t *testing.T) {
	d := someTrailBucket()
	for sid, want := range map[string]struct {
		actions []string
		on      string
	}{
		"Files":           {[]string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, trailBucket + "/*"},
		"HowLongTheyStay": {[]string{"s3:DeleteBucket", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"}, trailBucket},
	} {
		s := bySid(t, d, sid)
		same(t, "Effect", s["Effect"], "Deny")
		same(t, "Principal", s["Principal"], "*")
		same(t, "Action", texts(s["Action"]), want.actions)
		same(t, "Resource", s["Resource"], want.on)
		same(t, "Condition", s["Condition"], nil)
	}
}

// Another file of the same name would make the first an old version, and those expire.
func TestTrailBucketIsWrittenByNobodyElse(t *testing.T) {
	s := bySid(t, someTrailBucket(), "OtherWriters")
	same(t, "Effect", s["Effect"], "Deny")
	same(t, "Principal", s["Principal"], "*")
	same(t, "Action", texts(s["Action"]), []string{"s3:PutObject", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:UpdateObjectEncryption"})
	same(t, "Resource", s["Resource"], trailBucket+"/*")
	same(t, "Condition", s["Condition"], map[string]any{"StringNotEquals": map[string]any{"aws:SourceArn": trailSource}})
}

func TestTrailBucketFitsAndNamesNoOtherPlace(t *testing.T) {
	// The longest bucket and trail that AWS takes; a bucket's policy may have 20 KB (S3 user guide).
	longest := TrailBucket(here, "arn:aws-us-gov:s3:::"+strings.Repeat("b", 63), strings.Repeat("t", 128))
	if n := longest.Size(); n > 20*1024 {
		t.Errorf("it has %d characters", n)
	}
	text := compact(t, someTrailBucket())
	if n, own := strings.Count(text, `"arn:`), strings.Count(text, `"arn:`+partition+":"); n != own {
		t.Errorf("it has %d ARNs, %d of them of the partition", n, own)
	}
	for _, s := range statements(someTrailBucket()) {
		want := []string{"Action", "Condition", "Effect", "Principal", "Resource", "Sid"}
		if s["Sid"] == "Files" || s["Sid"] == "HowLongTheyStay" { // for everybody
			want = slices.Delete(want, 1, 2)
		}
		same(t, "the elements", slices.Sorted(maps.Keys(s)), want)
	}
}
