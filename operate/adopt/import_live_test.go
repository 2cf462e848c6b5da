//go:build emulator

// The import as the CDK CLI asks CloudFormation for it: go test -tags emulator -run Import ./operate/adopt

package adopt

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/local/localtest"
)

const fileOfReference = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, us-west-2]
alerts: {email: [security-team@example.com, new@example.com]}
targets: [{account: "222222222222", name: production}]
`

// cloudFormation accepts an import and reports success; it keeps the request.
type cloudFormation struct {
	*httptest.Server
	mutex   sync.Mutex
	stack   string
	status  string
	request url.Values
	calls   []string
	gone    bool // the change set
	// template is what the stack consists of.
	template string
}

func newCloudFormation() *cloudFormation {
	c := &cloudFormation{}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	return c
}

const arnOfChange = "arn:aws:cloudformation:us-east-1:111111111111:changeSet/x/1"

func (c *cloudFormation) serve(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	action := r.Form.Get("Action")
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.calls = append(c.calls, action)
	answer := func(body string) {
		fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, body)
	}
	switch action {
	case "GetCallerIdentity":
		number := "111111111111"
		if strings.Contains(r.Header.Get("Authorization"), "Credential=222222222222/") {
			number = "222222222222"
		}
		answer("<Arn>arn:aws:iam::" + number + ":user/operator</Arn><UserId>AIDAEXAMPLE</UserId><Account>" + number + "</Account>")
	case "DescribeStacks":
		if c.status == "" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w,
				"<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id "+r.Form.Get("StackName")+
					" does not exist</Message></Error></ErrorResponse>")
			return
		}
		answer("<Stacks><member><StackName>" + c.stack + "</StackName><StackId>arn:aws:cloudformation:us-east-1:111111111111:stack/x/1</StackId><StackStatus>" +
			c.status + "</StackStatus><CreationTime>2026-11-23T00:00:00Z</CreationTime></member></Stacks>")
	case "CreateChangeSet":
		c.request, c.gone = r.Form, false
		if c.stack = r.Form.Get("StackName"); c.status == "" {
			c.status = "REVIEW_IN_PROGRESS"
		}
		answer("<Id>" + arnOfChange + "</Id><StackId>arn:aws:cloudformation:us-east-1:111111111111:stack/x/1</StackId>")
	case "DeleteChangeSet":
		c.gone = true
		answer("")
	case "DescribeChangeSet":
		if c.gone {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, "<ErrorResponse><Error><Type>Sender</Type><Code>ChangeSetNotFound</Code><Message>ChangeSet does not exist</Message></Error></ErrorResponse>")
			return
		}
		answer("<ChangeSetId>" + arnOfChange + "</ChangeSetId><ChangeSetName>cdk-deploy-change-set</ChangeSetName><StackName>" + c.stack +
			"</StackName><StackId>arn:aws:cloudformation:us-east-1:111111111111:stack/x/1</StackId><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><CreationTime>2026-11-23T00:00:00Z</CreationTime><Changes><member><Type>Resource</Type><ResourceChange><Action>Import</Action></ResourceChange></member></Changes>")
	case "ExecuteChangeSet":
		c.status = map[string]string{"IMPORT": "IMPORT_COMPLETE", "UPDATE": "UPDATE_COMPLETE", "CREATE": "CREATE_COMPLETE"}[c.request.Get("ChangeSetType")]
		c.template = c.request.Get("TemplateBody")
		answer("")
	case "GetTemplate":
		var text strings.Builder
		_ = xml.EscapeText(&text, []byte(c.template))
		answer("<TemplateBody>" + text.String() + "</TemplateBody>")
	case "DescribeStackEvents":
		answer("<StackEvents/>")
	case "DescribeEvents":
		answer("<OperationEvents/>")
	default:
		answer("")
	}
}

func TestImportAsTheCDKAsksForIt(t *testing.T) {
	path, assembly := localtest.App(t, root, fileOfReference)
	made, err := Read(assembly)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Look(t.Context(), answering(t, ""), plan.Of(c).Placements, made, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "adopt")
	if err := Write(out, made, found); err != nil {
		t.Fatal(err)
	}
	for _, s := range found {
		if s.Unknown != "" {
			t.Errorf("%s: %s", s.Stack, s.Unknown)
		}
		if len(s.Import) > 0 {
			t.Run(s.Stack, func(t *testing.T) { imports(t, out, assembly, s) })
		}
	}
}

// run runs a command of the CDK CLI against a CloudFormation.
func (c *cloudFormation) run(t *testing.T, s Stack, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "cdk"), strings.Fields(command)[2:]...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+c.URL, "AWS_ACCESS_KEY_ID="+s.Account, "AWS_SECRET_ACCESS_KEY=local", "AWS_REGION="+s.Region,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true", "CDK_DISABLE_CLI_TELEMETRY=true")
	c.request = nil
	if said, err := cmd.CombinedOutput(); err != nil || c.request == nil {
		t.Fatalf("%s: %v, calls %q\n%s", command, err, c.calls, said)
	}
}

// imports runs the command that Steps prints, and reads what it asks CloudFormation for; then the deployment, and the way back.
func imports(t *testing.T, out, app string, s Stack) {
	server := newCloudFormation()
	defer server.Close()
	server.run(t, s, Caller{Folder: out, Profile: func(string) string { return "" }}.imported(s.Stack, ""))
	if server.status != "IMPORT_COMPLETE" {
		t.Fatalf("nothing was imported; calls %q", server.calls)
	}
	server.asksFor(t, s)
	recorded := server.template

	server.run(t, s, "npx cdk deploy "+s.Stack+" --app "+app+" --exclusively --require-approval never")
	if got := server.request.Get("ChangeSetType"); got != "UPDATE" || server.request.Get("DeploymentMode") != "" {
		t.Errorf("the deployment after the import is %s %s", got, server.request.Get("DeploymentMode"))
	}
	if server.template == recorded {
		t.Error("the deployment has the template of the import: it changes nothing")
	}
	server.run(t, s, "npx cdk deploy "+s.Stack+" --app "+out+" --require-approval never")
	if got := server.request.Get("ChangeSetType"); got != "UPDATE" || !sameResources(t, server.template, recorded) {
		t.Errorf("the way back is %s with\n%s\nwant\n%s", got, server.template, recorded)
	}
}

func sameResources(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(yaml.Unmarshal([]byte(a), &x), yaml.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	// The CDK CLI leaves the description out of an import.
	of := func(template any) any { return template.(map[string]any)["Resources"] }
	return same(of(x), of(y))
}

// asksFor compares the request for an import with what was found.
func (c *cloudFormation) asksFor(t *testing.T, s Stack) {
	request := c.request
	if got := request.Get("ChangeSetType"); got != "IMPORT" {
		t.Errorf("the change set is of type %s", got)
	}
	var asked, want []string
	for i := 1; request.Get(fmt.Sprintf("ResourcesToImport.member.%d.LogicalResourceId", i)) != ""; i++ {
		at := fmt.Sprintf("ResourcesToImport.member.%d.", i)
		asked = append(asked, strings.Join([]string{
			request.Get(at + "LogicalResourceId"), request.Get(at + "ResourceType"),
			request.Get(at + "ResourceIdentifier.entry.1.key"), request.Get(at + "ResourceIdentifier.entry.1.value"),
		}, " "))
	}
	for _, r := range s.Import {
		id := identifierOf(r.Type)
		want = append(want, strings.Join([]string{r.LogicalID, r.Type, id, r.Identifier[id]}, " "))
	}
	slices.Sort(asked)
	slices.Sort(want)
	if !slices.Equal(asked, want) {
		t.Errorf("asked to import\n%q, want\n%q", asked, want)
	}
	var template map[string]any
	if err := yaml.Unmarshal([]byte(request.Get("TemplateBody")), &template); err != nil {
		t.Fatalf("the template is no YAML: %v", err)
	}
	for section := range template {
		if section != "Resources" && section != "Description" {
			t.Errorf("the template has a section %s", section)
		}
	}
	resources, _ := template["Resources"].(map[string]any)
	if len(resources) != len(want) {
		t.Errorf("the template has %d resources, %d are imported", len(resources), len(want))
	}
	text, _ := json.Marshal(resources)
	for id, r := range resources {
		if policy := r.(map[string]any)["DeletionPolicy"]; policy != "Retain" {
			t.Errorf("%s has the deletion policy %v", id, policy)
		}
	}
	for _, r := range s.template.ids() {
		if resources[r] == nil && strings.Contains(string(text), fmt.Sprintf("%q", r)) {
			t.Errorf("the template refers to %s, which it does not have", r)
		}
	}
	if got := request["Capabilities.member.1"]; len(got) == 0 {
		t.Error("no capability for IAM is given")
	}
	if request.Get("TemplateURL") != "" {
		t.Error("the template was uploaded, which needs a bucket")
	}
}
