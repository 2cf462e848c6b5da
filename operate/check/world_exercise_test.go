package check

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/operate/exercise"
)

// exercise puts the two events of an exercise into the ledger.
func (w *world) exercise(t testing.TB, user string, way exercise.Way, at time.Time, ok bool) {
	t.Helper()
	w.record("exercise-"+user+at.Format("0102"), fmt.Sprintf(`{"version":"0","id":"exercise-x","source":"breakglass.exercise","detail-type":"exercise begins",
		"account":%q,"region":%q,"time":%q,"resources":[],"detail":{"eventID":"exercise-x","user":%q,"way":%q}}`, w.account, w.region,
		at.Add(-time.Hour).Format(time.RFC3339), user, way))
	w.record("exercise-"+user+at.Format("0102"), fmt.Sprintf(`{"version":"0","id":"exercise-x","source":"breakglass.exercise","detail-type":"exercise ends",
		"account":%q,"region":%q,"time":%q,"resources":[],"detail":{"eventID":"exercise-x","user":%q,"way":%q,"ok":%v}}`, w.account, w.region,
		at.Format(time.RFC3339), user, way, ok))
}

// record puts a line into a stream of the ledger.
func (w *world) record(stream, line string) {
	w.recorded = append(w.recorded, logs.FilteredLogEvent{LogStreamName: aws.String(stream), Message: aws.String(line)})
}
