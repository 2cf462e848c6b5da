package closing

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/folder"
)

// What was done between the end of the report and the containment is in no report: somebody has to extend it, or to accept that.
func TestAReportThatEndsBeforeContain(t *testing.T) {
	s := finished(t)
	late := s.Folder.Period.To.Add(time.Minute + time.Millisecond)
	add(t, s, folder.Contained, contain.Event{At: late, What: contain.Concluded, Conclusion: &contain.Conclusion{OK: true}})
	if ids := open(t, s); !slices.Equal(ids, []string{"report"}) {
		t.Errorf("open: %q", ids)
	}
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if want := "report --folder " + s.Folder.Path + " --to " + late.Truncate(time.Second).Add(time.Second).Format(time.RFC3339); !strings.Contains(items[0].Why, want) {
		t.Errorf("%s, want %s", items[0].Why, want)
	}
	decide(t, s, "report")
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
	add(t, s, folder.Contained, contain.Event{At: late.Add(time.Hour), What: contain.Concluded, Conclusion: &contain.Conclusion{OK: true}})
	if ids := open(t, s); !slices.Equal(ids, []string{"report"}) {
		t.Errorf("who accepted one gap has accepted a longer one: open are %q", ids)
	}
	// A report that was written before its period was extended is none of it.
	s = finished(t)
	to := s.Folder.Period.To
	write(t, s, folder.Report, `{"kind": "report", "value": {"written": "2026-11-23T00:00:00Z", "period": {"to": "`+to.Format(time.RFC3339)+`"}}}`)
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("open: %q", ids)
	}
	if err := s.Folder.Extend(to.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if ids := open(t, s); !slices.Equal(ids, []string{"report"}) {
		t.Errorf("open: %q", ids)
	}
}

// Credentials that IAM saw in use after the period of the report are a gap in it, again with each use, and so is what IAM does not say.
func TestAUseAfterTheReport(t *testing.T) {
	s := finished(t)
	last, refused := s.Folder.Period.To, error(nil)
	s.LastUsed = func(context.Context, string) (time.Time, error) { return last, refused }
	for n, change := range []func(){
		func() { last = last.Add(time.Minute) },
		func() { last = last.Add(time.Minute) },
		func() { refused = errors.New("not now") },
		func() { last, refused = last.Add(time.Minute), nil },
	} {
		if ids := open(t, s); len(ids) > 0 {
			t.Errorf("before change %d: %q", n, ids)
		}
		change()
		if ids := open(t, s); !slices.Equal(ids, []string{"report"}) {
			t.Errorf("after change %d: %q", n, ids)
		}
		decide(t, s, "report")
	}
	refused = errors.New("request 1")
	decide(t, s, "report")
	refused = errors.New("request 2")
	if ids := open(t, s); len(ids) > 0 {
		t.Errorf("a decision ends with the next wording of an error: open are %q", ids)
	}
}

// uses is IAM with one user.
type uses struct {
	password time.Time
	keys     map[string]time.Time
	refused  string
}

func (u uses) answer(call string) error {
	if u.refused == call {
		return errors.New("refused")
	}
	return nil
}

func (u uses) GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error) {
	of := &types.User{}
	if !u.password.IsZero() {
		of.PasswordLastUsed = &u.password
	}
	if u.refused == "nobody" {
		of = nil
	}
	return &iam.GetUserOutput{User: of}, u.answer("GetUser")
}

func (u uses) ListAccessKeys(_ context.Context, in *iam.ListAccessKeysInput, _ ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error) {
	out := &iam.ListAccessKeysOutput{}
	for _, id := range slices.Sorted(maps.Keys(u.keys)) {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{AccessKeyId: aws.String(id)})
	}
	out.AccessKeyMetadata, out.Marker = stub.Page(out.AccessKeyMetadata, in.Marker)
	out.IsTruncated = out.Marker != nil
	return out, u.answer("ListAccessKeys")
}

func (u uses) GetAccessKeyLastUsed(_ context.Context, in *iam.GetAccessKeyLastUsedInput, _ ...func(*iam.Options)) (*iam.GetAccessKeyLastUsedOutput, error) {
	last := &types.AccessKeyLastUsed{}
	if at := u.keys[*in.AccessKeyId]; !at.IsZero() {
		last.LastUsedDate = &at
	}
	return &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: last}, u.answer("GetAccessKeyLastUsed")
}

func TestTheLastUseOfCredentials(t *testing.T) {
	for what, one := range map[string]struct {
		uses
		want time.Time
	}{
		"never":        {uses{keys: map[string]time.Time{"A": {}}}, time.Time{}},
		"the password": {uses{password: used.Add(time.Hour), keys: map[string]time.Time{"A": used}}, used.Add(time.Hour)},
		"a key":        {uses{password: used, keys: map[string]time.Time{"A": used.Add(time.Minute), "B": used.Add(time.Hour), "C": {}}}, used.Add(time.Hour)},
	} {
		if got, err := LastUsed(t.Context(), one.uses, "ops"); err != nil || !got.Equal(one.want) {
			t.Errorf("%s: %s, %v", what, got, err)
		}
	}
	for _, call := range []string{"GetUser", "ListAccessKeys", "GetAccessKeyLastUsed", "nobody"} {
		if _, err := LastUsed(t.Context(), uses{keys: map[string]time.Time{"A": used}, refused: call}, "ops"); err == nil || !strings.Contains(err.Error(), " of ") {
			t.Errorf("%s: %v", call, err)
		}
	}
}
