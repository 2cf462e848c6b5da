package account

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
)

// endpoints are variables of the environment that direct requests elsewhere: this one, and one for each service.
const endpoints = "AWS_ENDPOINT_URL"

// hosts are how the names of AWS's own hosts end, those of interface endpoints and of other partitions included.
var hosts = []string{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".api.amazonwebservices.com.cn", ".on.aws"}

// endpoint is the address of requests that a setting gives in place of AWS's own.
type endpoint struct {
	setting, address string
	// environment is set for a variable, and not set for a line of the shared files.
	environment bool
}

type noteKey struct{}

// note tells a person something once.
type note struct {
	mutex sync.Mutex
	told  []string
	tell  func(text string)
}

// WithNote returns a context for one command, as WithPatience does, in which tell gets what a person should know about the settings that the
// command found, each once.
func WithNote(ctx context.Context, tell func(text string)) context.Context {
	return context.WithValue(WithPatience(ctx), noteKey{}, &note{tell: tell})
}

// Directed refuses settings that direct requests to an address that is none, and notes those that direct them away from AWS.
func Directed(ctx context.Context, cfg aws.Config) error {
	var away []string
	for _, e := range endpointsOf(ctx, cfg) {
		at, err := url.Parse(e.address)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
			where, fix := "~/.aws/config", "correct it"
			if e.environment {
				where, fix = "the environment", "correct or unset it"
			}
			return fmt.Errorf("cannot use %s of %s: %q is no address such as https://example.com; %s", e.setting, where, e.address, fix)
		}
		if !slices.ContainsFunc(hosts, func(end string) bool { return strings.HasSuffix(at.Hostname(), end) }) {
			away = append(away, fmt.Sprintf("%s://%s (%s)", at.Scheme, at.Host, e.setting))
		}
	}
	if n, ok := ctx.Value(noteKey{}).(*note); ok && len(away) > 0 {
		n.once("requests go to " + strings.Join(away, ", ") + ", not to AWS")
	}
	return nil
}

// By returns the ARN of the caller as evidence has it: with where requests went, if that was not AWS. Who reads the evidence would
// take a run on a local AWS for a real one.
func (c *Caller) By(ctx context.Context) string {
	by := c.ARN
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		for _, text := range n.told {
			by += "; " + text
		}
	}
	return by
}

func (n *note) once(text string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if !slices.Contains(n.told, text) {
		n.told = append(n.told, text)
		n.tell(text)
	}
}

// endpointsOf returns every address that the environment and the shared files give, sorted.
func endpointsOf(ctx context.Context, cfg aws.Config) (all []endpoint) {
	if ignored, found, _ := awsconfig.GetIgnoreConfiguredEndpoints(ctx, cfg.ConfigSources); found && ignored {
		return nil
	}
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); value != "" && (name == endpoints || strings.HasPrefix(name, endpoints+"_")) {
			all = append(all, endpoint{name, value, true})
		}
	}
	for _, source := range cfg.ConfigSources {
		shared, ok := source.(awsconfig.SharedConfig)
		if !ok {
			continue
		}
		if shared.BaseEndpoint != "" {
			all = append(all, endpoint{"endpoint_url of profile " + shared.Profile, shared.BaseEndpoint, false})
		}
		for service, values := range shared.Services.ServiceValues {
			if address := values["endpoint_url"]; address != "" {
				all = append(all, endpoint{"endpoint_url of " + service + ", services " + shared.ServicesSectionName, address, false})
			}
		}
	}
	slices.SortFunc(all, func(a, b endpoint) int { return strings.Compare(a.setting, b.setting) })
	return all
}
