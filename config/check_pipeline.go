package config

import (
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// Forms of what a pipeline's source is named by (CodePipeline user guide, action structure reference; CodeCommit and S3
// naming rules).
const (
	repositoryPattern = `^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$`
	branchPattern     = `^[^\s~^:?*\[\\]{1,255}$`
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

// HubStage is the pipeline's stage of everything in the hub account; no wave may be called so.
const HubStage = "Hub"

// otherStages are those of the pipeline that are no waves. The CDK makes Assets where there are any.
var otherStages = []string{HubStage, "Source", "Build", "UpdatePipeline", "Assets"}

// defaultWave has all targets of a file that lists no waves.
const defaultWave = "Targets"

// checkPipeline checks the pipeline but for its waves, which the function that it returns does, once the units stand apart
// from the target accounts.
func checkPipeline(c *Config, r *reader) (waves func()) {
	if !r.given("pipeline") || !r.usable("pipeline") {
		return func() {}
	}
	checkSource(c, r)
	for _, hub := range []struct{ path, region string }{{"hub.region", c.Hub.Region}, {"hub.standby", c.Hub.Standby}} {
		if !PipelineReaches(hub.region) {
			r.report(hub.path, "a hub in a Region without CodePipeline, with a pipeline in the file", hub.region, "choose another Region, or remove pipeline")
		}
	}
	for i, t := range c.Targets {
		if path := item("targets", i) + ".region"; r.given(path) && r.usable(path) && !PipelineReaches(t.Region) {
			r.report(path, "a target's stack in a Region without CodePipeline, with a pipeline in the file", t.Region, "choose another one: the role is global")
		}
	}
	return func() {
		checkWaves(c, r)
		if r.usable("deploy.access") && r.usable("deploy") && c.Deploy.Access != AccessBootstrap {
			at := "deploy.access"
			if !r.given(at) {
				at = "pipeline" // which line is to blame, where access is the default
			}
			r.report(at, "a way to deploy that a pipeline can't use: deploy.access is", string(c.Deploy.Access),
				"write deploy: {access: bootstrap}, and run once, each with its account's own credentials:")
			r.problems[len(r.problems)-1].Run = c.BootstrapCommands()
		}
	}
}

func checkSource(c *Config, r *reader) {
	const path = "pipeline.source"
	if !r.given(path) {
		r.report("pipeline", "a pipeline without a source", "", "add source with codeConnections, codeCommit or s3 below pipeline")
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
		r.report(path, "not exactly one source", strings.Join(given, ", "), "keep one of codeConnections, codeCommit and s3")
	}
	s := c.Pipeline.Source
	r.allOf("pipeline.source.codeConnections", "a source", "not a ", []neededKey{
		{"repository", s.CodeConnections.Repository, repositoryForm, "write it as OWNER/NAME"},
		{"branch", s.CodeConnections.Branch, branchForm, "write the branch to deploy from, such as main"},
		{"connection", s.CodeConnections.Connection, connectionForm, "write its ARN: arn:aws:codeconnections:REGION:ACCOUNT:connection/ID, made in the console under Developer Tools, Connections"},
	})
	r.allOf("pipeline.source.codeCommit", "a source", "not a ", []neededKey{
		{"repository", s.CodeCommit.Repository, codeCommitForm, "write the repository's name"},
		{"branch", s.CodeCommit.Branch, branchForm, "write the branch to deploy from, such as main"},
	})
	r.allOf("pipeline.source.s3", "a source", "not a ", []neededKey{
		{"bucket", s.S3.Bucket, bucketForm, "write the bucket's name; it has to keep versions"},
		{"key", s.S3.Key, objectKeyForm, "write the zip file's key, such as breakglass.zip"},
	})
	if strings.HasPrefix(s.S3.Bucket, names.PipelineBucket) {
		r.report("pipeline.source.s3.bucket", "a bucket of the pipeline's own artifacts, which is emptied every month", s.S3.Bucket, "keep the source in another one")
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
		if at := path + ".name"; r.required(at, "a wave without a name") && r.usable(at) {
			switch {
			case !waveForm.MatchString(w.Name):
				r.report(at, "not a wave's name", orEmpty(w.Name), "use a letter, then up to 29 letters, digits and hyphens")
			case slices.ContainsFunc(otherStages, func(s string) bool { return strings.EqualFold(s, w.Name) }) || strings.HasPrefix(strings.ToLower(w.Name), "breakglass-"):
				r.report(at, "a name that the pipeline has for something else", w.Name, "choose another one")
			default:
				r.once(once, at, w.Name, strings.ToLower(w.Name), "a wave")
			}
		}
		if !r.given(path + ".targets") {
			if rest >= 0 {
				r.report(path, "a second wave without targets", w.Name, "name its targets: only one wave can have all that are left")
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
				r.report(at, "a wave with a target that the file does not have", orEmpty(target), "add it to targets, or remove it here")
			case first != "":
				r.report(at, "a target in two waves, first in "+first, target, "keep one of them")
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
		r.report("pipeline.waves", "targets in no wave", strings.Join(missing, ", "), "add a last wave without targets, for all that no other wave names")
	}
	for i, w := range c.Pipeline.Waves {
		path := item("pipeline.waves", i)
		if named := r.given(path+".targets") || i == rest; named && len(w.Targets) == 0 && r.usable(path) && r.usable("pipeline.waves") && r.usable("targets") {
			r.report(path, "a wave with nothing to deploy", w.Name, "remove it: the other waves name all targets")
		}
	}
}
