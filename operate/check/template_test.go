package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// synthesized is a stack's template below testdata/templates, and where it is deployed. A test of package stacks keeps it
// equal to what the app makes.
type synthesized struct {
	account, region, stack string
	// others are all templates of the same file, which may export values.
	others []*synthesized

	Resources map[string]resource `yaml:"Resources"`
	Outputs   map[string]struct {
		Value  any `yaml:"Value"`
		Export struct {
			Name string `yaml:"Name"`
		} `yaml:"Export"`
	} `yaml:"Outputs"`
}

// resource is one of a template.
type resource struct {
	Type       string         `yaml:"Type"`
	Properties map[string]any `yaml:"Properties"`
}

var parsed struct {
	sync.Mutex
	apps map[string][]*synthesized
}

// templatesOf returns the templates of a file below testdata, such as "sample".
func templatesOf(t testing.TB, file string) []*synthesized {
	t.Helper()
	parsed.Lock()
	defer parsed.Unlock()
	if all := parsed.apps[file]; all != nil {
		return all
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "templates", file, "*", "*", "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no templates of %s: %v", file, err)
	}
	var all []*synthesized
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		region := filepath.Dir(path)
		one := &synthesized{account: filepath.Base(filepath.Dir(region)), region: filepath.Base(region), stack: strings.TrimSuffix(filepath.Base(path), ".yaml")}
		if err := yaml.Unmarshal(content, one); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
	for _, one := range all {
		one.others = all
	}
	if parsed.apps == nil {
		parsed.apps = map[string][]*synthesized{}
	}
	parsed.apps[file] = all
	return all
}

// ofType returns the properties of the resources of a type, by logical ID, as CloudFormation resolves them.
func (t *synthesized) ofType(kind string) map[string]map[string]any {
	found := map[string]map[string]any{}
	for id, r := range t.Resources {
		if r.Type == kind {
			found[id], _ = t.resolve(r.Properties).(map[string]any)
		}
	}
	return found
}

// resolve replaces the intrinsic functions in a value. One that it does not know is a gap in the tests, and panics.
func (t *synthesized) resolve(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = t.resolve(inner)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			if key == "Ref" && len(v) == 1 || strings.HasPrefix(key, "Fn::") {
				return t.call(key, inner)
			}
			out[key] = t.resolve(inner)
		}
		return out
	}
	return value
}

var inText = regexp.MustCompile(`\$\{([^}]+)\}`)

func (t *synthesized) call(function string, argument any) string {
	switch function {
	case "Ref":
		return t.ref(argument.(string))
	case "Fn::GetAtt":
		of := argument.([]any)
		return t.attribute(of[0].(string), of[1].(string))
	case "Fn::Join":
		var parts []string
		for _, part := range t.resolve(argument.([]any)[1]).([]any) {
			parts = append(parts, fmt.Sprint(part))
		}
		return strings.Join(parts, argument.([]any)[0].(string))
	case "Fn::Sub":
		return inText.ReplaceAllStringFunc(argument.(string), func(name string) string {
			if id, attribute, ok := strings.Cut(name[2:len(name)-1], "."); ok {
				return t.attribute(id, attribute)
			}
			return t.ref(name[2 : len(name)-1])
		})
	case "Fn::ImportValue":
		name := fmt.Sprint(t.resolve(argument))
		for _, other := range t.others {
			for _, out := range other.Outputs {
				if out.Export.Name == name && other.account == t.account && other.region == t.region {
					return fmt.Sprint(other.resolve(out.Value))
				}
			}
		}
		panic(t.stack + " imports " + name + ", which nothing exports")
	}
	panic(t.stack + " has " + function)
}

// ref returns what CloudFormation returns for Ref: the name of a resource, or what its type has in its place.
func (t *synthesized) ref(id string) string {
	switch id {
	case "AWS::AccountId":
		return t.account
	case "AWS::Partition":
		return "aws"
	case "AWS::Region":
		return t.region
	case "AWS::URLSuffix":
		return "amazonaws.com"
	}
	r, ok := t.Resources[id]
	if !ok {
		panic(t.stack + " refers to " + id)
	}
	named := func(property string) string {
		if name, ok := r.Properties[property].(string); ok {
			return name
		}
		return t.stack + "-" + id + "-X"
	}
	switch r.Type {
	case "AWS::IAM::Group":
		return named("GroupName")
	case "AWS::IAM::ManagedPolicy":
		return "arn:aws:iam::" + t.account + ":policy/" + named("ManagedPolicyName")
	case "AWS::IAM::Role":
		return named("RoleName")
	case "AWS::IAM::User":
		return named("UserName")
	case "AWS::KMS::Key":
		return keyID
	case "AWS::Logs::LogGroup":
		return named("LogGroupName")
	case "AWS::SNS::Topic":
		return t.arn("sns", named("TopicName"))
	case "AWS::SQS::Queue":
		return "https://sqs." + t.region + ".amazonaws.com/" + t.account + "/" + named("QueueName")
	}
	panic(t.stack + " refers to a " + r.Type)
}

func (t *synthesized) attribute(id, name string) string {
	ref := t.ref(id)
	switch kind := t.Resources[id].Type; kind + " " + name {
	case "AWS::IAM::Role Arn":
		return "arn:aws:iam::" + t.account + ":role/" + ref
	case "AWS::KMS::Key Arn":
		return t.arn("kms", "key/"+ref)
	case "AWS::Logs::LogGroup Arn":
		return t.arn("logs", "log-group:"+ref+":*")
	case "AWS::SQS::Queue Arn":
		return t.arn("sqs", ref[strings.LastIndex(ref, "/")+1:])
	case "AWS::SQS::Queue QueueName":
		return ref[strings.LastIndex(ref, "/")+1:]
	default:
		panic(t.stack + " takes " + name + " of a " + kind)
	}
}

func (t *synthesized) arn(service, rest string) string {
	return "arn:aws:" + service + ":" + t.region + ":" + t.account + ":" + rest
}
