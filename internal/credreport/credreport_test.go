package credreport

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestWhatIsNoReport(t *testing.T) {
	for _, report := range []string{"", "a,b\n1", "user,arn\nx,y\n", "user,password_last_changed\nx,2026-11-22T08:15:00+00:00\n"} {
		if changed, err := changedIn([]byte(report)); err == nil {
			t.Errorf("%q is a report: %v", report, changed)
		}
	}
}

// made is when the fake has a report of, and changed when its user's password was changed.
var made, changed = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 8, 15, 0, 0, time.UTC)

// fakeIAM answers each look in turn: nil is the report. It counts the looks, and how often a report was asked for.
type fakeIAM struct {
	answers []error
	refuses error
	looks   int
	asked   int
}

func (f *fakeIAM) GetCredentialReport(context.Context, *iam.GetCredentialReportInput, ...func(*iam.Options)) (*iam.GetCredentialReportOutput, error) {
	f.looks++
	if err := f.answers[min(f.looks, len(f.answers))-1]; err != nil {
		return nil, err
	}
	return &iam.GetCredentialReportOutput{GeneratedTime: aws.Time(made), Content: []byte(`user,arn,password_enabled,password_last_changed
ada,arn:aws:iam::111111111111:user/ada,true,2026-11-21T08:15:00+00:00
<root_account>,arn:aws:iam::111111111111:root,not_supported,not_supported
robot,arn:aws:iam::111111111111:user/robot,false,N/A
`)}, nil
}

func (f *fakeIAM) GenerateCredentialReport(context.Context, *iam.GenerateCredentialReportInput, ...func(*iam.Options)) (*iam.GenerateCredentialReportOutput, error) {
	f.asked++
	return &iam.GenerateCredentialReportOutput{}, f.refuses
}

func TestRead(t *testing.T) {
	none, old, notYet := &types.CredentialReportNotPresentException{}, &types.CredentialReportExpiredException{}, &types.CredentialReportNotReadyException{}
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		iam          fakeIAM
		looks, asked int
		want         error
	}{
		"a report":                            {fakeIAM{answers: []error{nil}}, 1, 0, nil},
		"none yet":                            {fakeIAM{answers: []error{none, notYet, nil}}, 3, 1, nil},
		"an old one":                          {fakeIAM{answers: []error{old, notYet, notYet, nil}}, 4, 1, nil},
		"one that never comes":                {fakeIAM{answers: []error{none, notYet}}, 1 + Looks, 1, notYet},
		"the caller may not read it":          {fakeIAM{answers: []error{refused}}, 1, 0, refused},
		"the caller may not have one made":    {fakeIAM{answers: []error{none}, refuses: refused}, 1, 1, refused},
		"it is refused while IAM makes it":    {fakeIAM{answers: []error{notYet, refused}}, 2, 0, refused},
		"it comes with the last of the looks": {fakeIAM{answers: []error{none, notYet, notYet, notYet, notYet, nil}}, 1 + Looks, 1, nil},
	} {
		report, err := Read(t.Context(), &c.iam, 0)
		if !errors.Is(err, c.want) || c.iam.looks != c.looks || c.iam.asked != c.asked {
			t.Errorf("%s: %v after %d looks, asked for %d times", name, err, c.iam.looks, c.iam.asked)
		}
		if read := len(report.Changed) == 1 && report.Changed["arn:aws:iam::111111111111:user/ada"].Equal(changed) && report.Made.Equal(made); read != (c.want == nil) {
			t.Errorf("%s: the report is %v", name, report)
		}
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Read(ctx, &fakeIAM{answers: []error{&types.CredentialReportNotReadyException{}}}, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
