package config

import (
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// Formats of the identifiers of a pipeline's source (CodePipeline user guide, action structure reference; CodeCommit and S3
// naming rules).
const (
	repositoryPattern = `^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$`
	branchPattern     = `^[!-)+-9;->@-Z\]_-}]{1,255}$` // Git takes other characters, too, which pass for these
	connectionPattern = `^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$`
	codeCommitPattern = `^[A-Za-z0-9._-]{1,100}$`
	bucketPattern     = `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	objectKeyPattern  = `^[A-Za-z0-9!_.'()/-]{1,255}$` // S3 takes * too, which a policy would take for anything
	wavePattern       = `^[A-Za-z][A-Za-z0-9-]{0,29}$`
)

var (
	repositoryForm = regexp.MustCompile(repositoryPattern)
	branchForm     = regexp.MustCompile(branchPattern)
	connectionForm = regexp.MustCompile(connectionPattern)
	codeCommitForm = regexp.MustCompile(codeCommitPattern)
	bucketForm     = regexp.MustCompile(bucketPattern)
	objectKeyForm  = regexp.MustCompile(objectKeyPattern)
	waveForm       = regexp.MustCompile(wavePattern)
)

// Stages of the pipeline that are no waves; no wave may have such a name.
const (
	// UpdateStage deploys the pipeline's own stacks.
	UpdateStage = "UpdatePipeline"
	// HubStage deploys everything in the hub account.
	HubStage = "Hub"
)

// otherStages lists the stages of the pipeline that are not waves. The CDK adds Assets if there are any.
var otherStages = []string{UpdateStage, HubStage, "Source", "Build", "Assets"}

// defaultWave has all targets of a file that lists no waves.
const defaultWave = "Targets"

// checkPipeline checks the pipeline except for its waves. The function that it returns checks those, once the units are separate
// from the target accounts.
func checkPipeline(c *Config, r *reader) (waves func()) {
	if !r.given("pipeline") || !r.usable("pipeline") {
		return func() {}
	}
	checkSource(c, r)
	for _, hub := range []struct{ path, region string }{{"hub.region", c.Hub.Region}, {"hub.standby", c.Hub.Standby}} {
		if r.usable(hub.path) && !PipelineReaches(hub.region) {
			r.report(hub.path, "no CodePipeline in this Region", hub.region, "Choose another Region, or remove pipeline.")
		}
	}
	for i, t := range c.Targets {
		if path := item("targets", i) + ".region"; r.given(path) && r.usable(path) && !PipelineReaches(t.Region) {
			r.report(path, "no CodePipeline in this Region", t.Region, "Choose another Region for the stack: the role itself is global.")
		}
	}
	return func() {
		checkWaves(c, r)
		if r.usable("deploy.access") && r.usable("deploy") && c.Deploy.Access != AccessBootstrap {
			r.reportAt("deploy.access", "pipeline", "not supported with pipeline", string(c.Deploy.Access),
				"Set deploy.access to bootstrap. breakglass plan then shows the cdk bootstrap commands, which you run once.")
		}
	}
}

func checkSource(c *Config, r *reader) {
	const path = "pipeline.source"
	if !r.given(path) {
		r.report(path, "missing", "", "Write codeConnections, codeCommit or s3 below source.")
		return
	}
	if !r.usable(path) {
		return
	}
	var given []string
	for _, key := range []string{"codeConnections", "codeCommit", "s3"} {
		if r.given(join(path, key)) {
			given = append(given, key)
		}
	}
	if len(given) != 1 {
		r.report(path, "exactly one source is needed", strings.Join(given, ", "), "Keep one of codeConnections, codeCommit and s3.")
	}
	s := c.Pipeline.Source
	r.allOf("pipeline.source.codeConnections", "invalid ", []neededKey{
		{"repository", s.CodeConnections.Repository, repositoryForm, "Write it as OWNER/NAME."},
		{"branch", s.CodeConnections.Branch, branchForm, "Write the branch to deploy from, such as main."},
		{
			"connection", s.CodeConnections.Connection, connectionForm,
			"Write its ARN, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID. The console creates connections under Developer Tools, Connections.",
		},
	})
	r.allOf("pipeline.source.codeCommit", "invalid ", []neededKey{
		{"repository", s.CodeCommit.Repository, codeCommitForm, "Write the repository's name."},
		{"branch", s.CodeCommit.Branch, branchForm, "Write the branch to deploy from, such as main."},
	})
	r.allOf("pipeline.source.s3", "invalid ", []neededKey{
		{"bucket", s.S3.Bucket, bucketForm, "Write the name of a bucket with versioning."},
		{"key", s.S3.Key, objectKeyForm, "Write the key of the zip file, such as breakglass.zip."},
	})
	if strings.HasPrefix(s.S3.Bucket, names.PipelineBucket) {
		r.report("pipeline.source.s3.bucket", "bucket of the pipeline's own artifacts, which expire after a month", s.S3.Bucket, "Keep the source in another bucket.")
	}
}

// checkWaves checks the waves and completes them: every target is in exactly one.
func checkWaves(c *Config, r *reader) {
	if !r.given("pipeline.waves") && len(c.Targets)+len(c.Units) > 0 {
		c.Pipeline.Waves = []Wave{{Name: defaultWave, Approval: true}}
		for _, t := range slices.Concat(c.Targets, c.Units) {
			c.Pipeline.Waves[0].Targets = append(c.Pipeline.Waves[0].Targets, t.ID())
		}
		return
	}
	known, in := map[string]bool{}, map[string]string{}
	for _, t := range slices.Concat(c.Targets, c.Units) {
		known[t.ID()] = true
	}
	rest, unreadable := -1, false
	once := uniq{}
	for i := range c.Pipeline.Waves {
		w, path := &c.Pipeline.Waves[i], item("pipeline.waves", i)
		if at := path + ".name"; r.required(at, "Write the name of the wave, such as name: Production.") && r.usable(at) {
			switch {
			case !waveForm.MatchString(w.Name):
				r.report(at, "invalid wave name", orEmpty(w.Name), "Use a letter, then up to 29 letters, digits and hyphens.")
			case slices.ContainsFunc(otherStages, func(s string) bool { return strings.EqualFold(s, w.Name) }) ||
				strings.HasPrefix(strings.ToLower(w.Name), "breakglass-"):
				r.report(at, "name reserved by the pipeline", w.Name, "Choose another one.")
			default:
				r.once(once, at, w.Name, strings.ToLower(w.Name))
			}
		}
		if !r.given(path + ".targets") {
			if rest >= 0 {
				r.report(path, "second wave without targets", w.Name, "Name its targets: only one wave can take all the remaining ones.")
			}
			rest = i
			continue
		}
		for j, target := range w.Targets {
			at := item(path+".targets", j)
			switch first := in[target]; {
			case !r.usable(at):
				unreadable = true
			case !known[target]:
				r.report(at, "not among targets", orEmpty(target), "Add it to targets, or remove it here.")
			case first != "":
				r.report(at, "target in two waves, first in "+first, target, "Keep one of them.")
			default:
				in[target] = w.Name
			}
		}
	}
	var missing []string
	for _, t := range slices.Concat(c.Targets, c.Units) {
		if _, ok := in[t.ID()]; !ok && t.ID() != "" {
			missing = append(missing, t.ID())
		}
	}
	switch {
	case len(missing) == 0 || !r.usable("pipeline.waves") || unreadable:
	case rest >= 0:
		c.Pipeline.Waves[rest].Targets = missing
	default:
		r.report("pipeline.waves", "targets in no wave", strings.Join(missing, ", "), "Add a last wave without targets: it takes all that no other wave names.")
	}
	for i, w := range c.Pipeline.Waves {
		path := item("pipeline.waves", i)
		if named := r.given(path+".targets") || i == rest; named && len(w.Targets) == 0 && r.usable(path) && r.usable("pipeline.waves") && r.usable("targets") {
			r.report(path, "wave with nothing to deploy", w.Name, "Remove it: the other waves name all targets.")
		}
	}
}
