package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/child"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/watch"
)

// stage is where the story is played: the local AWS, and the event history that has the same records.
type stage struct {
	*local.Run
	history *local.History
	// began is when the user signed in, as the records of what follows have it.
	began time.Time
}

// eventIDs are those of samples that are made of the same record as another one: an event history has each event once.
var eventIDs = map[string]string{
	"a wrong password":        sampleEvents + "-30f1f7e5b101",
	"a sign-in of a stranger": sampleEvents + "-30f1f7e5b102",
}

// play puts a sample of the catalogue on the bus of a Region, and into the event history.
func (st *stage) play(ctx context.Context, name, region string, at time.Time) error {
	sample, ok := watch.SampleNamed(name)
	if !ok {
		return fmt.Errorf("the catalogue has no sample %q", name)
	}
	event := watch.At(watch.InRegion(sample.Event(), region), at)
	if id := eventIDs[name]; id != "" {
		event["detail"].(watch.Fields)["eventID"] = id
	}
	return st.put(ctx, event)
}

func (st *stage) put(ctx context.Context, event watch.Fields) error {
	detail := event["detail"].(watch.Fields)
	if detail["eventName"] == "ConsoleLogin" && watch.Text(detail, "responseElements.ConsoleLogin") == "Success" {
		st.began = time.Now()
	}
	if inSession, ok := detail["userIdentity"].(watch.Fields)["sessionContext"].(watch.Fields); ok {
		inSession["attributes"].(watch.Fields)["creationDate"] = st.began.UTC().Format(time.RFC3339)
	}
	st.history.Add(event)
	return st.Play(ctx, event)
}

// done is what the session that the user began by CLI does in production: call by call, its request and what AWS answers.
var done = []struct {
	call              string
	request, response watch.Fields
}{
	{
		"CreateUser", watch.Fields{"userName": "deploy-2"},
		watch.Fields{"user": watch.Fields{"userName": "deploy-2", "arn": "arn:aws:iam::222222222222:user/deploy-2"}},
	},
	{"AttachUserPolicy", watch.Fields{"userName": "deploy-2", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, nil},
	{
		"CreateAccessKey", watch.Fields{"userName": "deploy-2"},
		watch.Fields{"accessKey": watch.Fields{"userName": "deploy-2", "accessKeyId": "AKIAEXAMPLEKEY000005", "status": "Active"}},
	},
}

// production plays what the session does there, after the half that production has of the assumption.
func production(ctx context.Context, s *screen, st *stage, mailbox *local.Mailbox) error {
	s.scene("In production, the session makes a user with administrator permissions and an access key")
	const number = "222222222222"
	assumption, _ := watch.SampleNamed("an assumption by CLI")
	opening := assumption.Event()["detail"].(watch.Fields)
	response, request := opening["responseElements"].(watch.Fields), opening["requestParameters"].(watch.Fields)
	role, session := request["roleArn"].(string), request["roleSessionName"].(string)
	half := maps.Clone(opening)
	half["recipientAccountId"], half["eventID"] = number, sampleEvents+"-30f1f7e5b104"
	half["userIdentity"] = watch.Fields{"type": "AWSAccount", "principalId": "AIDAEXAMPLEUSER000001", "accountId": st.Config.Hub.Account}
	event := func(detail watch.Fields) watch.Fields {
		return watch.At(watch.Fields{
			"source": "aws." + strings.TrimSuffix(detail["eventSource"].(string), ".amazonaws.com"), "detail-type": "AWS API Call via CloudTrail",
			"account": number, "region": st.Config.Hub.Region, "detail": detail,
		}, time.Now())
	}
	if err := st.put(ctx, event(half)); err != nil {
		return err
	}
	for i, c := range done {
		if err := st.put(ctx, event(watch.Fields{
			"eventVersion": "1.11", "eventTime": "", "eventSource": "iam.amazonaws.com", "eventName": c.call, "awsRegion": st.Config.Hub.Region,
			"sourceIPAddress": opening["sourceIPAddress"], "userAgent": opening["userAgent"], "requestParameters": c.request, "responseElements": c.response,
			"eventID": fmt.Sprintf("%s-30f1f7e5b2%02d", sampleEvents, i), "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
			"recipientAccountId": number, "eventCategory": "Management",
			"userIdentity": watch.Fields{
				"type": "AssumedRole", "accountId": number, "accessKeyId": watch.Text(response, "credentials.accessKeyId"),
				"principalId": watch.Text(response, "assumedRoleUser.assumedRoleId"), "arn": watch.Text(response, "assumedRoleUser.arn"),
				"sessionContext": watch.Fields{
					"sessionIssuer": watch.Fields{"type": "Role", "arn": role, "accountId": number, "userName": role[strings.LastIndex(role, "/")+1:]},
					"attributes":    watch.Fields{"creationDate": "", "mfaAuthenticated": "true"},
				},
			},
		})); err != nil {
			return err
		}
	}
	mails, err := ofStory(ctx, mailbox, silence/4)
	if err != nil {
		return err
	}
	if len(mails) > 0 {
		return fmt.Errorf("a call in production raised an alert, without observers:\n%s", mails[0].Text)
	}
	s.step("%d calls of the session %s, and no alert: the alerting says that somebody is in, the report says what was done", len(done), session)
	return nil
}

// reported has the real command write the report of what was played, and shows its first page.
func reported(ctx context.Context, s *screen, st *stage, cli string) error {
	s.chapter("The morning after: breakglass incident report --since 1h")
	s.note("The local AWS keeps no event history of people: the records that were played are served to the command in place of CloudTrail. The ledger is the deployed one.")
	where := filepath.Join(".local", "incident")
	if err := os.RemoveAll(filepath.Join(st.Root, where)); err != nil {
		return err
	}
	began := time.Now()
	command := child.Command(cli, "incident", "report", "--since", "1h", "--folder", where, "--config", st.File)
	command.Dir = st.Root
	command.Env = append(st.Server.Env(local.ManagementAccount, st.Config.Hub.Region), "AWS_ENDPOINT_URL_CLOUDTRAIL="+st.history.URL())
	var out, last bytes.Buffer
	command.Stdout, command.Stderr = &out, &last
	if err := child.Run(ctx, command); err != nil {
		return fmt.Errorf("breakglass incident report: %w\n%s%s", err, &last, &out)
	}
	for _, want := range []string{
		"\nBreakglassUser, from 198.51.100.7, ", ", into 111111111111, 222222222222: 3 changes, 0 denied\n", "\n  console sign-in in eu-south-2, MFA: Yes\n",
		"\nWhat was changed: 3\n", ": CreateAccessKey on deploy-2\n", "\nWhat remains: 3 made and not removed\n", "\nWhat could not be seen: ",
		"\neverything was read; ",
	} {
		if !strings.Contains(out.String(), want) {
			return fmt.Errorf("the report lacks %q:\n%s", want, &out)
		}
	}
	s.page(strings.TrimRight(out.String(), "\n"))
	s.step("every account and Region read in %.0f s; to read and print: %s", time.Since(began).Seconds(), filepath.Join(where, folder.Page))
	return nil
}
