package check

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dt "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	st "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"example.com/breakglass/names"
)

func TestAComposerThatIsNotAsPlannedIsNamed(t *testing.T) {
	const fix = "breakglass deploy --revert-drift --only BreakGlass-Composer-us-east-1"
	failed := func(ago time.Duration, status st.ExecutionStatus) func(*world) {
		return func(w *world) {
			w.failed = append(w.failed,
				st.ExecutionListItem{
					ExecutionArn: aws.String("arn:aws:states:us-east-1:111111111111:execution:breakglass-composer:1"), StartDate: aws.Time(now.Add(-ago)), Status: status,
				})
		}
	}
	defined := func(old, new string) func(*world) {
		return func(w *world) {
			definition := strings.Replace(*w.machine.Definition, old, new, 1)
			if definition == *w.machine.Definition {
				panic("there is no " + old)
			}
			w.machine.Definition = aws.String(definition)
		}
	}
	breakEach(t, []broken{
		{"it is gone", "", func(w *world) { w.machine = nil }, "composer", Problem, "state machine breakglass-composer is missing: nobody is notified", fix},
		{
			"the standby's is gone", "us-west-2", func(w *world) { w.machine = nil }, "composer", Problem, "state machine breakglass-composer is missing",
			"BreakGlass-Composer-us-west-2",
		},
		{"it is being deleted", "", func(w *world) { w.machine.Status = st.StateMachineStatusDeleting }, "composer", Problem, "is missing: nobody is notified", fix},
		{"it is express", "", func(w *world) { w.machine.Type = st.StateMachineTypeExpress }, "composer", Problem, "is of type EXPRESS, not STANDARD", fix},
		{
			"another role", "", func(w *world) { w.machine.RoleArn = aws.String("arn:r") }, "composer", Problem,
			"acts as role arn:r, not as role arn:aws:iam::111111111111:role/breakglass-composer-role", fix,
		},
		{
			"alerts end early", "", defined(`"Default":"Once"`, `"Default":"Elsewhere"`), "composer", Problem, "has a different definition: its state Sort differs", fix,
		},
		{"a state is gone", "", defined(`"Bare":{`, `"Bear":{`), "composer", Problem, "it lacks the state Bare; it also has the state Bear", fix},
		{"a text", "", defined(`$in.entry='sign-in'?(`, `$in.entry='sign-in'?(true?{}:`), "composer", Problem, "its texts of sign-in differ", fix},
		{"a key", "", func(w *world) {
			w.machine.EncryptionConfiguration = &st.EncryptionConfiguration{Type: st.EncryptionTypeCustomerManagedKmsKey, KmsKeyId: aws.String("k")}
		}, "composer", Problem, "is encrypted with the key k: without it, no alert is sent", fix},
		{"an alias", "", func(w *world) {
			w.aliases = []st.StateMachineAliasListItem{{StateMachineAliasArn: aws.String("arn:aws:states:us-east-1:111111111111:stateMachine:breakglass-composer:live")}}
		}, "composer", Warning, "has an alias that nothing of breakglass.yaml starts: live", "delete-state-machine-alias --region us-east-1"},
		{"a version", "", func(w *world) {
			w.versions = []st.StateMachineVersionListItem{{StateMachineVersionArn: aws.String("arn:aws:states:us-east-1:111111111111:stateMachine:breakglass-composer:7")}}
		}, "composer", Warning, "has a version that nothing of breakglass.yaml starts: 7", "delete-state-machine-version --region us-east-1"},
		{"a version on the second page", "", func(w *world) {
			w.perPage = 1
			w.versions = []st.StateMachineVersionListItem{
				{StateMachineVersionArn: aws.String("arn:aws:states:us-east-1:111111111111:stateMachine:breakglass-composer:7")},
				{StateMachineVersionArn: aws.String("arn:aws:states:us-east-1:111111111111:stateMachine:breakglass-composer:8")},
			}
		}, "composer", Warning, "has versions that nothing of breakglass.yaml starts: 7, 8", "delete-state-machine-version --region us-east-1"},
		{"it fails twice, on two pages", "", func(w *world) {
			w.perPage = 1
			failed(time.Hour, st.ExecutionStatusFailed)(w)
			failed(time.Hour, st.ExecutionStatusFailed)(w)
		}, "composer", Problem, "2 executions of the composer failed within 3h", "describe-execution --region us-east-1"},
		{
			"it fails", "", failed(time.Hour, st.ExecutionStatusFailed), "composer", Problem,
			"1 execution of the composer failed within 3h, the last at 2026-11-23 11:00 UTC (FAILED)",
			"describe-execution --region us-east-1 --query '[error,cause]' --execution-arn arn:aws:states:",
		},
		{"it is stopped", "", failed(time.Hour, st.ExecutionStatusAborted), "composer", Problem, "(ABORTED): people may have missed an alert", "read the ledger"},
		{"it failed before yesterday, too", "", func(w *world) {
			w.perPage = 1
			failed(23*time.Hour, st.ExecutionStatusFailed)(w)
			failed(25*time.Hour, st.ExecutionStatusFailed)(w)
		}, "composer", Note, "1 execution of the composer failed within 24h", "describe-execution"},
		{
			"it failed yesterday", "", failed(20*time.Hour, st.ExecutionStatusTimedOut), "composer", Note, "1 execution of the composer failed within 24h",
			"describe-execution",
		},

		{
			"no table", "", func(w *world) { w.table = nil }, "composer", Problem,
			"table breakglass-alerts is missing: nothing limits how many alerts people get at once", fix,
		},
		{
			"another table key", "", func(w *world) { w.table.KeySchema[0].AttributeName = aws.String("event") }, "composer", Problem,
			"has the key event HASH, not id HASH", fix,
		},
		{"a table of fixed size", "", func(w *world) { w.table.BillingModeSummary = nil }, "composer", Problem, "is not billed by request", fix},
		{"a table with a key", "", func(w *world) {
			w.table.SSEDescription = &dt.SSEDescription{Status: dt.SSEStatusEnabled, KMSMasterKeyArn: aws.String("arn:k")}
		}, "composer", Problem, "is encrypted with the key arn:k", fix},
		{
			"a table that keeps everything", "", func(w *world) { w.ttl.TimeToLiveStatus = dt.TimeToLiveStatusDisabled }, "composer", Warning, "keeps its items forever",
			fix,
		},
		{
			"a table that forgets by something else", "", func(w *world) { w.ttl.AttributeName = aws.String("idle") }, "composer", Warning,
			"forgets items by the attribute idle, not by expires", fix,
		},
		{
			"anybody writes to the table", "", func(w *world) { w.tablePolicy = "" }, "composer", Problem,
			"has no policy: whoever writes to it can make the composer drop alerts", fix,
		},
		{
			"the table's policy", "", func(w *world) { w.tablePolicy = `{"Statement": []}` }, "composer", Problem,
			"has a different policy: it lacks OnlyTheComposerWrites", fix,
		},

		{"no role", "", func(w *world) { delete(w.roles, names.ComposerRole) }, "composer", Problem, "role breakglass-composer-role is missing", fix},
		{
			"no role to start it", "", func(w *world) { delete(w.roles, names.ComposerStartRole) }, "composer", Problem,
			"role breakglass-composer-start-role is missing", fix,
		},
		{"anybody takes its role", "", func(w *world) {
			w.roles[names.ComposerRole].AssumeRolePolicyDocument = aws.String(`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}`)
		}, "composer", Problem, "role breakglass-composer-role has a different trust policy: it lacks Composers", fix},
		{"its role may do less", "", func(w *world) {
			w.documents["arn:aws:iam::111111111111:policy/"+names.ComposerPolicy] = `{"Statement": []}`
		}, "composer", Problem, "policy breakglass-composer-policy differs: it lacks PublishAlerts", fix},
		{"its role has a policy more", "", func(w *world) {
			w.ofRole[names.ComposerStartRole] = append(w.ofRole[names.ComposerStartRole], "arn:aws:iam::aws:policy/AdministratorAccess")
		}, "composer", Problem, "has a policy that is not in breakglass.yaml: AdministratorAccess", fix},
	})
}

// TestAHubThatNothingWatchesIsNoted: with neither a standby nor a monitor outside AWS.
func TestAHubThatNothingWatchesIsNoted(t *testing.T) {
	const says = "if the alert topic itself fails, nobody is notified"
	w := well(t, hub)
	s := *w.s
	alone := *s.config
	alone.Hub.Standby = ""
	s.config = &alone
	noted := func() bool {
		for _, f := range s.composer(t.Context(), w, tablesOf{w}, hub, "stack").found {
			if f.Severity == Note && strings.Contains(f.What, says) {
				return true
			}
		}
		return false
	}
	if !noted() {
		t.Error("nothing says so")
	}
	alone.Monitoring.DeadMansSwitch.URL = "https://example.com/ping"
	if noted() {
		t.Error("a monitor is set")
	}
}
