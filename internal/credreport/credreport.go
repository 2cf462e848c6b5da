// Package credreport reads IAM's credential report. It alone knows when a password was changed: IAM's other answers know when it was
// created. The report is at most four hours old. The package imports nothing of this module.
package credreport

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// API is what Read asks of IAM.
type API interface {
	GenerateCredentialReport(context.Context, *iam.GenerateCredentialReportInput, ...func(*iam.Options)) (*iam.GenerateCredentialReportOutput, error)
	GetCredentialReport(context.Context, *iam.GetCredentialReportInput, ...func(*iam.Options)) (*iam.GetCredentialReportOutput, error)
}

// Report is what the report says of the users' passwords.
type Report struct {
	// Changed is when each user's password was last changed, by the user's ARN. A user without a password is not in it.
	Changed map[string]time.Time
	// Made is when IAM made the report.
	Made time.Time
}

// Looks is how often Read asks for a report that IAM is making, which takes seconds.
const Looks = 5

// Read reads the report, and has IAM make one where there is none. pause is the time between two looks.
func Read(ctx context.Context, api API, pause time.Duration) (Report, error) {
	for look := 0; ; look++ {
		report, err := api.GetCredentialReport(ctx, &iam.GetCredentialReportInput{})
		if err == nil {
			changed, err := changedIn(report.Content)
			return Report{Changed: changed, Made: aws.ToTime(report.GeneratedTime)}, err
		}
		var none *types.CredentialReportNotPresentException
		var old *types.CredentialReportExpiredException
		var notYet *types.CredentialReportNotReadyException
		if missing := errors.As(err, &none) || errors.As(err, &old); !missing && !errors.As(err, &notYet) || look == Looks {
			return Report{}, err
		} else if missing {
			if _, err := api.GenerateCredentialReport(ctx, &iam.GenerateCredentialReportInput{}); err != nil {
				return Report{}, err
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return Report{}, ctx.Err()
		}
	}
}

// changedIn returns when each user's password was last changed, according to a report.
func changedIn(report []byte) (map[string]time.Time, error) {
	lines, err := csv.NewReader(bytes.NewReader(report)).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, errors.Join(errors.New("the credential report is not a table"), err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	arn, hasARN := column["arn"]
	at, has := column["password_last_changed"]
	if !hasARN || !has {
		return nil, errors.New("the credential report has no column password_last_changed")
	}
	changed := map[string]time.Time{}
	for _, line := range lines[1:] {
		// A user without a password has N/A there.
		if when, err := time.Parse(time.RFC3339, line[at]); err == nil {
			changed[line[arn]] = when
		}
	}
	return changed, nil
}
