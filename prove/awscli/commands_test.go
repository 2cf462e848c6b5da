package awscli

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var known = []string{"iam", "sns", "sqs", "cloudformation", "logs", "events"}

func TestCommandsInProse(t *testing.T) {
	for text, want := range map[string][]string{
		"Delete it: aws iam delete-user --user-name \x00. Then go on.":        {"aws iam delete-user --user-name \x00"},
		"enable it (aws sns list-topics --region \x00) or not":                {"aws sns list-topics --region \x00"},
		"aws iam list-users shows them; aws iam get-user does, too":           {"aws iam list-users", "aws iam get-user"},
		"one: aws sqs list-queues --region <where>, then aws sqs purge-queue": {"aws sqs list-queues --region <where>", "aws sqs purge-queue"},
		"an aws login of root, or `aws logout --profile x`":                   {"aws login", "aws logout --profile x"},
		"`aws.sts` and aws things like arn:aws:iam or aws-cli iam":            nil,
		"aws events remove-targets --rule NAME FLAGS --ids $(aws events list-rules --region x) && x": {
			"aws events remove-targets --rule NAME FLAGS --ids $(aws events list-rules --region x)", "aws events list-rules --region x",
		},
		`aws logs filter-log-events --filter-pattern '{ $.a != "b" }' --start-time $(( ($(date +%s) - 9) * 1000 )) (drills).`: {
			`aws logs filter-log-events --filter-pattern '{ $.a != "b" }' --start-time $(( ($(date +%s) - 9) * 1000 ))`,
		},
		"aws cloudformation wait stack-delete-complete $at; done": {"aws cloudformation wait stack-delete-complete $at"},
		"aws s3 rm s3://\x00 --recursive\x00":                     {"aws s3 rm s3://\x00 --recursive\x00"},
	} {
		if got := inProse(text, known); !slices.Equal(got, want) {
			t.Errorf("%q:\n%q, not\n%q", text, got, want)
		}
	}
}

func TestCommandsInADocument(t *testing.T) {
	text := "# A\n\n```sh\naws iam list-users |\n  cat\n```\n\n```sh\nls\n```\n\n```text\nLedger: aws sns list-topics --region x\n```\n\nA `aws sqs\nlist-queues` b.\n"
	want := []Command{
		{At: "a.md:4", Text: "aws iam list-users |\n  cat\n", Block: true}, {At: "a.md:13", Text: "aws sns list-topics --region x"},
		{At: "a.md:16", Text: "aws sqs list-queues"},
	}
	if got := inDocument("a.md", text, known); !slices.Equal(got, want) {
		t.Errorf("%+v, not\n%+v", got, want)
	}
}

func TestCommandsInTheSource(t *testing.T) {
	dir := t.TempDir()
	source := "package a\nvar a = \"fix: aws iam delete-user --user-name \" + name + \", then go\"\n" +
		"var b = f(\"aws\", \"sns\", \"list-topics\", \"--region\", region)\nvar c = fmt.Sprintf(\"aws sqs list-queues --region %s.\", r)\nvar d = s.aws(\"logs\", \"describe-log-groups\")\n" +
		"var e = inRegion(\"events\", \"remove-targets\", words...)\n" +
		"var f = \"fix: \" + s.aws(region, \"logs\", \"delete-log-group\") + \" or \" + Quote(append([]string{\"aws\", \"iam\", \"get-user\"}, flags...)...)\n"
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := InSource(dir, known)
	want := []Command{
		{At: "a.go:2", Text: "aws iam delete-user --user-name \x00"}, {At: "a.go:3", Text: "aws sns list-topics --region \x00"},
		{At: "a.go:4", Text: "aws sqs list-queues --region \x00"}, {At: "a.go:5", Text: "aws logs describe-log-groups FLAGS"},
		{At: "a.go:6", Text: "aws events remove-targets \x00 --region \x00"}, {At: "a.go:7", Text: "aws logs delete-log-group FLAGS"},
		{At: "a.go:7", Text: "aws iam get-user"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v, not\n%+v", got, err, want)
	}
}

func TestFill(t *testing.T) {
	table := map[string]string{"<TopicArn>": "T", "--token": "K", "--user-name": "U", "--x": "X", "FLAGS": "--region r", "s3://": "s3://b"}
	for _, c := range []struct {
		of   Command
		want string // empty: an error
	}{
		{Command{Text: "aws sns a --topic-arn <TopicArn> --token <token>"}, "aws sns a --topic-arn T --token K"},
		{Command{Text: "aws iam a --user-name \x00 FLAGS --x \"$x\""}, "aws iam a --user-name U --region r --x X"},
		{Command{Text: "aws s3 rm s3://\x00 --recursive\x00"}, "aws s3 rm s3://b --recursive"},
		{Command{Text: "aws iam a --user-name … --x 'b c'"}, "aws iam a --user-name U --x 'b c'"},
		{Command{Text: "aws iam a --x '\""}, "aws iam a --x X"},
		{Command{Text: "aws iam a --unheard {of}"}, ""},
		{Command{Text: "aws iam attach-\x00 --x y"}, ""},
		{Command{Text: "x=1\naws sns a --topic-arn <TopicArn> \\\n  --token … | cat\n", Block: true}, "x=1\naws sns a --topic-arn T \\\n  --token K | cat\n"},
		{Command{Text: "aws sns a --topic-arn <Other>", Block: true}, ""},
	} {
		if got, err := Fill(c.of, table); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q: %q, %v, not %q", c.of.Text, got, err, c.want)
		}
	}
}

func TestMentioned(t *testing.T) {
	for text, want := range map[string]bool{
		"aws iam list-users": true, "aws login --remote": true, "aws iam get-user --user-name a": false, "aws s3 rm s3://a": false,
	} {
		if (Command{Text: text}).Mentioned() != want {
			t.Errorf("%s: not %v", text, want)
		}
	}
}

func TestNewer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2.38.5", "2.4", true}, {"2.4", "2.38.5", false}, {"2.38", "2.38", false}, {"2.38.5", "2.38", true}, {"2.32", "2.38.5", false}} {
		if newer(c.a, c.b) != c.want {
			t.Errorf("%s against %s", c.a, c.b)
		}
	}
}

// TestUnpack takes the program out of a wheel that is made like AWS's, and nothing that would lie elsewhere.
func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	layer := zipped(t,
		map[string]string{"awscli/v2/2.38.5/dist/aws": "program", "awscli/v2/2.38.5/dist/awscli/data/x": "data", "a/dist/../../y": "out", "awscli/z": "no"})
	var archive bytes.Buffer
	z := gzip.NewWriter(&archive)
	tarred := tar.NewWriter(z)
	if err := tarred.WriteHeader(&tar.Header{Name: "package/lib/layer.zip", Size: int64(len(layer)), Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	tarred.Write(layer)
	tarred.Close()
	z.Close()
	wheel := filepath.Join(dir, "a.whl")
	if err := os.WriteFile(wheel, zipped(t, map[string]string{"a/b.tgz": archive.String()}), 0o600); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "target")
	if err := unpack(wheel, dir, target); err != nil {
		t.Fatal(err)
	}
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if want := []string{"a.whl", "layer.zip", "target/aws", "target/awscli/data/x"}; err != nil || !slices.Equal(found, want) {
		t.Errorf("%q, %v, not %q", found, err, want)
	}
	if err := os.WriteFile(wheel, zipped(t, map[string]string{"a": "b"}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unpack(wheel, dir, filepath.Join(dir, "other")); err == nil || !strings.Contains(err.Error(), "no .tgz in a.whl") {
		t.Errorf("of another wheel: %v", err)
	}
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// usual are the services of most commands; those of the others are known only where the CLI is installed.
var usual = []string{
	"accessanalyzer", "account", "autoscaling", "cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "codebuild", "cognito-identity", "configservice",
	"dynamodb", "ec2", "ecr", "ecs", "eks", "events", "guardduty", "iam", "identitystore",
	"kms", "lambda", "route53", "route53domains", "route53resolver", "acm", "acm-pca", "apigateway", "apigatewayv2", "apprunner", "appsync", "backup", "batch",
	"bedrock", "budgets", "cloud9", "codeartifact", "codecommit", "codepipeline",
	"codestar-connections", "cognito-idp", "datasync", "detective", "efs", "elbv2", "es", "firehose", "glacier", "glue", "inspector2", "iot", "kinesis",
	"lakeformation", "lightsail", "macie2", "opensearch", "rbin", "redshift", "s3control",
	"sagemaker", "serverlessrepo", "sesv2", "transfer", "wafv2", "workspaces", "emr",
	"logs", "organizations", "pipes", "ram", "rds", "rolesanywhere", "s3api", "scheduler", "secretsmanager", "securityhub", "signin", "sns", "sqs", "ssm",
	"sso-admin", "stepfunctions", "sts",
}

// TestEveryPlaceholderIsKnown: the tests with the CLI can fill in every command, and have the files that it reads.
func TestEveryPlaceholderIsKnown(t *testing.T) {
	const root = "../.."
	shown, err := InDocuments(root, usual)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := InSource(root, usual)
	if err != nil || len(shown) < 50 || len(printed) < 200 {
		t.Fatalf("%d and %d commands: %v", len(shown), len(printed), err)
	}
	made := with(map[string]string{"<AccessKeyId>": "a", "<QueueUrl>": "a", "<token>": "a", "--queue-url": "a"}) // by the local AWS
	var all []Command
	for _, c := range append(shown, printed...) {
		all = append(all, c.kinds()...)
	}
	for _, c := range all {
		text, err := Fill(c, made)
		if err != nil {
			t.Error(err)
		}
		for _, m := range regexp.MustCompile(`fileb?://([a-z0-9.-]+)`).FindAllStringSubmatch(text, -1) {
			if files[m[1]] == "" {
				t.Errorf("%s: the tests have no file %s", c.At, m[1])
			}
		}
	}
}

// unread are the strings with the word aws in which no test finds a command, each with the reason.
var unread = map[string]string{
	"config/check_policies.go aws": "a partition, or the account of AWS's policies", "config/regions.go aws": "a partition",
	"internal/regions/merge.go aws": "a partition",
	"place/place.go aws":            "a partition", "operate/check/policies.go aws": "the account of AWS's policies",
	"operate/incident/contain/contain.go aws":               "the account of AWS's policies",
	"operate/seal/header.go ^aws(-[a-z]+)*$":                "a partition",
	"internal/shell/aws.go aws":                             "the function that writes commands",
	"internal/screen/wrap.go ^aws$":                         "how a command begins",
	"operate/incident/leftovers/leftovers.go aws ":          "how a command begins",
	"config/check_policies.go arn:aws:iam::(aws|[0-9]{12})": "an ARN",
	"operate/check/command.go aws \x00":                     "a writer", "operate/credentials/command.go aws \x00": "a writer",
	"operate/deploy/reason.go aws \x00":   "a writer",
	"operate/destroy/remains.go aws \x00": "flags without their command", "operate/drill/fix.go aws \x00": "a writer",
	"operate/check/left.go aws \x00": "a loop over the commands of a list; the test of the package runs it in a shell",
}

// mention is the word aws by itself.
var mention = regexp.MustCompile(`(?:^|[^\w:./@*-])aws(?:$|[^\w.:/-])`)

// TestNoCommandIsOverlooked: whatever the program may print about the AWS CLI is among the commands that are tested, or is none.
func TestNoCommandIsOverlooked(t *testing.T) {
	found := map[string]bool{}
	err := Strings("../..", func(at, text string) {
		rest := text
		for _, command := range inProse(text, usual) {
			rest = strings.Replace(rest, command, "", 1)
		}
		if !mention.MatchString(rest) {
			return
		}
		file, _, _ := strings.Cut(at, ":")
		for known := range unread {
			name, part, _ := strings.Cut(known, " ")
			if name == file && (part == text || part != "aws" && strings.Contains(text, part)) {
				found[known] = true
				return
			}
		}
		t.Errorf("%s: no command is found in %q: is its service in usual, its writer in writers?", at, text)
	})
	if err != nil {
		t.Fatal(err)
	}
	for known := range unread {
		if !found[known] {
			t.Errorf("%s: it is not there any more", known)
		}
	}
}

// TestEveryPrintedCommandNamesItsRegion, where the service has one for each Region: the profile of whoever runs it may have another, or
// none. A command of the table of leftovers gets the Region of its record.
func TestEveryPrintedCommandNamesItsRegion(t *testing.T) {
	printed, err := InSource("../..", usual)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range printed {
		words := c.words()
		if slices.Contains(global, words[1]) || slices.Contains(single, words[1]) || slices.Contains(groups, words[1]) ||
			strings.HasPrefix(c.At, "operate/incident/leftovers/rows_") {
			continue
		}
		last := words[len(words)-1]
		if operation := len(words) == 3; operation && !wholeAlone(c) || slices.Contains(words, "--region") || strings.HasSuffix(last, Hole) || last == "FLAGS" ||
			strings.Contains(c.Text, "FLAGS") {
			continue
		}
		t.Errorf("%s: no --region: %q", c.At, c.Text)
	}
}

// wholeAlone reports whether a command needs no flag but the Region.
func wholeAlone(c Command) bool { return strings.Contains(c.Text, "activate-organizations-access") }
