//go:build emulator

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cttypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/leftovers"
	"example.com/breakglass/watch"
)

// trailBucket has the files of the trail.
const trailBucket = "trail-logs"

// attack is what the session does in production. The local AWS cannot delete functions.
var attack = []string{
	"aws iam create-user --user-name deploy-2",
	"aws iam attach-user-policy --user-name deploy-2 --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
	"aws iam create-access-key --user-name deploy-2",
	"aws iam create-login-profile --user-name deploy-2 --password 'An-Example-9-Password'",
	`aws iam create-role --role-name backdoor --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"sts:AssumeRole"}]}'`,
	`aws iam put-role-policy --role-name backdoor --policy-name all --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'`,
	"aws lambda publish-layer-version --layer-name beacon --zip-file fileb://beacon.zip",
	"aws ec2 create-security-group --group-name hole --description hole",
	`aws s3api put-bucket-policy --bucket production-data --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::production-data/*"}]}'`,
	"aws events put-rule --name wake --schedule-expression 'rate(1 day)'",
	"aws ec2 create-key-pair --key-name spare",
	"aws iam create-user --user-name short",
	"aws iam delete-user --user-name short",
}

// recorded returns the records that the local AWS has of the calls of a session, with the identity that AWS would give to them, from a time on.
func (w *liveWorld) recorded(session aws.Credentials, from time.Time) (records []watch.Fields) {
	w.Helper()
	client := cloudtrail.NewFromConfig(w.run.Server.Config(liveTarget, liveRegion))
	pages := cloudtrail.NewLookupEventsPaginator(client, &cloudtrail.LookupEventsInput{
		LookupAttributes: []cttypes.LookupAttribute{{AttributeKey: cttypes.LookupAttributeKeyAccessKeyId, AttributeValue: aws.String(session.AccessKeyID)}},
	})
	for e, err := range whole.Each(w.Context(), pages, func(page *cloudtrail.LookupEventsOutput) []cttypes.Event { return page.Events }) {
		if err != nil {
			w.Fatal(err)
		}
		var record watch.Fields
		if err := json.Unmarshal([]byte(aws.ToString(e.CloudTrailEvent)), &record); err != nil {
			w.Fatal(err)
		}
		records = append(records, record)
	}
	slices.Reverse(records)
	for i, r := range records {
		at := from.Add(time.Duration(i) * time.Second).UTC().Format(time.RFC3339)
		r["eventTime"], r["sourceIPAddress"], r["recipientAccountId"] = at, "198.51.100.7", liveTarget
		r["userIdentity"] = watch.Fields{
			"type": "AssumedRole", "principalId": "AROAEXAMPLE:" + liveUser, "accountId": liveTarget, "accessKeyId": session.AccessKeyID,
			"arn": "arn:aws:sts::" + liveTarget + ":assumed-role/BreakGlassRole/" + liveUser,
			"sessionContext": watch.Fields{
				"sessionIssuer": watch.Fields{
					"type": "Role", "arn": "arn:aws:iam::" + liveTarget + ":role/BreakGlassRole", "accountId": liveTarget, "userName": "BreakGlassRole",
				},
				"attributes": watch.Fields{"creationDate": from.UTC().Format(time.RFC3339), "mfaAuthenticated": "true"},
			},
		}
	}
	return records
}

// delivers writes a file of the trail, as CloudTrail does.
func (w *liveWorld) delivers(account string, at time.Time, records ...watch.Fields) {
	w.Helper()
	text, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		w.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil {
		w.Fatal(err)
	}
	if err := z.Close(); err != nil {
		w.Fatal(err)
	}
	at = at.UTC()
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_example.json.gz", account, liveRegion, at.Format("2006/01/02"), account, liveRegion,
		at.Format("20060102T1504Z"))
	client := s3.NewFromConfig(w.run.AWS(liveRegion), func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.PutObject(w.Context(), &s3.PutObjectInput{
		Bucket: aws.String(trailBucket), Key: aws.String(key), Body: bytes.NewReader(packed.Bytes()),
	}); err != nil {
		w.Fatal(err)
	}
}

// played plays an incident from the sealed key to the signed record: what the session did in production is real, and so is what is looked for,
// denied and removed.
func (w *liveWorld) played() {
	w.Helper()
	w.write("policy.json",
		[]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::production-data"}]}`))
	w.aws(ofAccount(liveTarget), []string{
		"aws s3api create-bucket --bucket production-data",
		"aws s3api put-bucket-policy --bucket production-data --policy file://policy.json",
	})
	w.aws(ofAccount(liveHub), []string{"aws s3api create-bucket --bucket " + trailBucket})

	key, session := w.enters()
	began := time.Now().Add(-25 * time.Minute)
	entered := w.assumed("AKIA"+key[4:], session, "e4e6", began) // as the keys of AWS begin
	if err := w.run.Play(w.Context(), entered); err != nil {
		w.Fatal(err)
	}
	w.write("beacon.zip", w.zipped())
	w.aws(session, attack)
	w.inLedger(watch.Text(entered, "detail.eventID"))
	w.delivers(liveHub, began, entered["detail"].(watch.Fields))
	w.delivers(liveTarget, began.Add(time.Minute), w.recorded(session, began.Add(time.Second))...)

	// What was done.
	to := time.Now().UTC().Add(-15 * time.Minute)
	w.exits(0, fmt.Sprintf("incident report --from %s --to %s --from-bucket s3://%s --folder case", to.Add(-2*time.Hour).Format(time.RFC3339),
		to.Format(time.RFC3339), trailBucket),
		"\nBreakglassUser, from 198.51.100.7, ", ", into 111111111111, 222222222222: 13 changes, 0 denied\n",
		"\n  access key AKIA"+key[4:]+" in us-east-1, MFA: Yes\n",
		"\nWhat was changed: 13\n", "\nWhat remains: 11 made and not removed\n", "\neverything was read; ")
	w.exits(1, "incident close --folder case", "breakglass incident contain --folder case", "; or decide that it is not an intrusion")
	w.exits(2, "incident close --folder case --sign --name Jane", "not closed: ")

	w.contained()
	w.clears()
	w.closes()
}

// clears finds what is left, and removes it with the commands that it is told, the last thing first.
func (w *liveWorld) clears() {
	w.Helper()
	w.exits(1, "incident leftovers --folder case", "11 things left, 0 things not known, 1 thing undone",
		"opens it to account 999999999999, which the configuration does not know", "opens it to everybody (*)")
	undo := []string{}
	for _, i := range slices.Backward(w.left()) {
		undo = append(undo, i.Undo)
	}
	w.aws(ofAccount(liveTarget), undo)
	if left := w.left(); len(left) != 1 || left[0].What != "policy of bucket production-data" {
		w.Errorf("left are %+v", left)
	}
}

// left returns what incident leftovers calls left.
func (w *liveWorld) left() []leftovers.Item {
	w.Helper()
	var found struct{ Items []leftovers.Item }
	if err := json.Unmarshal([]byte(w.exits(1, "incident leftovers --folder case --output json")), &found); err != nil {
		w.Fatal(err)
	}
	return slices.DeleteFunc(found.Items, func(i leftovers.Item) bool { return !i.Open() })
}

// evidence writes what another command found into the folder of the incident.
func (w *liveWorld) evidence(name string, content map[string]any) {
	w.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		w.Fatal(err)
	}
	w.write(filepath.Join("case", name), text)
}

// closes closes the incident, and finds out who changes a file afterwards.
func (w *liveWorld) closes() {
	w.Helper()
	w.exits(1, "incident close --folder case --name Jane --decide "+w.left()[0].ID+"=the_policy_of_before --decide report=only_minutes_until_contain")
	w.exits(1, "incident close --folder case --set trigger=drill --set ticket=4711 --set approvedBy=John --set lessons=none",
		"decided by Jane: the_policy_of_before", "check.json is missing")
	// check and drill have live tests of their own; the local AWS lacks what check asks for.
	now := time.Now().UTC()
	w.evidence("check.json", map[string]any{"began": now, "hubAccount": liveHub, "problems": 1, "passwords": []any{map[string]any{"user": liveUser, "set": now}}})
	w.exits(1, "incident close --folder case", "problems: 1; ", "drill.json is missing")
	w.evidence("check.json", map[string]any{"began": now, "hubAccount": liveHub, "problems": 0, "passwords": []any{map[string]any{"user": liveUser, "set": now}}})
	whole, err := drill.New(w.run.Config, drill.Options{All: true}, "", nil)
	if err != nil {
		w.Fatal(err)
	}
	w.evidence("drill.json", map[string]any{
		"account": liveHub, "began": now, "ok": true, "hubs": whole.Hubs, "regions": whole.Regions, "alerts": whole.Alerts,
		"results": []drill.Result{{Receipts: []drill.Receipt{{Where: drill.Topic, Hub: liveRegion, Arrived: true}}}},
	})
	w.exits(0, "incident close --folder case --name Jane --sign", "0 items open")
	w.exits(0, "incident verify --folder case")
	w.write(filepath.Join("case", "timeline.csv"), nil)
	w.exits(1, "incident verify --folder case", "timeline.csv was changed")
}

// contained contains, looks at what AWS has then, and releases; in between, a second incident is contained, which stays so.
func (w *liveWorld) contained() {
	w.Helper()
	contain := func(folder string) string {
		return "incident contain --folder " + folder + " --account " + liveHub + " --hold 1s"
	}
	release := func(folder string) string { return "incident release --folder " + folder + " --account " + liveHub }
	w.exits(0, contain("case"), "\n✓ arn:aws:iam::111111111111:user/BreakglassUser\n", "\n✓ arn:aws:iam::222222222222:role/BreakGlassRole\n")
	w.inForce("case", true)
	w.exits(1, "incident close --folder case", "breakglass incident release")

	to := time.Now().UTC().Add(-15 * time.Minute)
	w.exits(0,
		fmt.Sprintf("incident report --from %s --to %s --from-bucket s3://%s --folder second", to.Add(-2*time.Hour).Format(time.RFC3339), to.Format(time.RFC3339),
			trailBucket))
	w.exits(0, contain("second"), "incident "+w.incident("case")+" is contained, too: users and keys are released with the last of them\n")
	w.exits(1, release("case"), "1 measure released, 3 failed", "incident "+w.incident("second")+" is contained, too; release that one first, then repeat this")
	w.inForce("second", true)
	w.exits(0, release("second"), "released, 0 failed")
	w.exits(0, release("case"), "3 measures released, 0 failed")
	w.inForce("case", false)
	w.inForce("second", false)
	if err := os.RemoveAll("second"); err != nil {
		w.Fatal(err)
	}
}

// inForce checks what IAM has of the measures of a folder.
func (w *liveWorld) inForce(path string, want bool) {
	w.Helper()
	hub, target, id := iam.NewFromConfig(w.run.AWS(liveRegion)), iam.NewFromConfig(w.run.Server.Config(liveTarget, liveRegion)), w.incident(path)
	attached, err := hub.ListAttachedUserPolicies(w.Context(), &iam.ListAttachedUserPoliciesInput{UserName: aws.String(liveUser)})
	if err != nil {
		w.Fatal(err)
	}
	if got := slices.ContainsFunc(attached.AttachedPolicies, func(p iamtypes.AttachedPolicy) bool {
		return aws.ToString(p.PolicyArn) == "arn:aws:iam::aws:policy/AWSDenyAll"
	}); got != want {
		w.Errorf("AWSDenyAll is attached: %v", got)
	}
	revoked, err := target.GetRolePolicy(w.Context(),
		&iam.GetRolePolicyInput{RoleName: aws.String("BreakGlassRole"), PolicyName: aws.String("AWSRevokeOlderSessions-" + id)})
	if (err == nil) != want || want && !strings.Contains(aws.ToString(revoked.PolicyDocument), "TokenIssueTime") {
		w.Errorf("the sessions of the role are ended: %v", err)
	}
	for name, client := range map[string]*iam.Client{liveUser: hub, "deploy-2": target} {
		keys, err := client.ListAccessKeys(w.Context(), &iam.ListAccessKeysInput{UserName: aws.String(name)})
		if err != nil || len(keys.AccessKeyMetadata) != 1 {
			w.Fatal(keys, err)
		}
		if got := keys.AccessKeyMetadata[0].Status == iamtypes.StatusTypeInactive; got != want {
			w.Errorf("the key of %s is inactive: %v", name, got)
		}
	}
}

// incident returns the ID of the incident of a folder.
func (w *liveWorld) incident(path string) string {
	w.Helper()
	f, err := folder.Open(path)
	if err != nil {
		w.Fatal(err)
	}
	return f.ID
}

// zipped returns an archive with a module.
func (w *liveWorld) zipped() []byte {
	w.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, err := z.Create("beacon.py")
	if err == nil {
		_, err = f.Write([]byte("def run(event, context): pass\n"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		w.Fatal(err)
	}
	return out.Bytes()
}
