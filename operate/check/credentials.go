package check

import (
	"context"
	"time"

	"example.com/breakglass/internal/credreport"
)

type credentialsAPI = credreport.API

// credentials is IAM's credential report: what it says of the users' passwords, by the users' ARNs.
type credentials struct {
	changed map[string]time.Time
	made    time.Time
	err     error
}

// reportPause is the time between two looks at a report that IAM is making.
var reportPause = time.Second

// credentials reads the credential report.
func (s *scene) credentials(ctx context.Context, api credentialsAPI) credentials {
	report, err := credreport.Read(ctx, api, reportPause)
	return credentials{changed: report.Changed, made: report.Made, err: err}
}
