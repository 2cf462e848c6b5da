package judge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Template is a template file and the Region it is made for.
type Template struct {
	Path   string
	Region string
}

// Lint runs cfn-lint over all templates, each against its own Region, in one process; bin is the path of cfn-lint. It returns
// errors and warnings alike, and heeds no exception that a template declares for itself.
//
// One process takes one list of Regions, or else the list in each template. So it gets copies with the one
// Region of each written into the metadata: 34 templates in 34 Regions take 3 seconds instead of 34 processes of 1.5.
func Lint(ctx context.Context, bin string, templates []Template) ([]Finding, error) {
	if _, err := exec.LookPath(bin); err != nil {
		return nil, fmt.Errorf("cfn-lint not found at %s: create the virtual environment from requirements-judges.txt", bin)
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "cfnlint")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	// An empty file of settings, so that none of a home or parent folder counts.
	settings := filepath.Join(dir, "cfnlintrc")
	if err := os.WriteFile(settings, nil, 0o644); err != nil {
		return nil, err
	}
	args := []string{"--config-file", settings, "--format", "json", "--mandatory-checks", "E", "W", "--template"}
	originals := make(map[string]string, len(templates))
	for i, t := range templates {
		content, err := os.ReadFile(t.Path)
		if err != nil {
			return nil, err
		}
		content, err = withRegion(content, t.Region)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Path, err)
		}
		name := fmt.Sprintf("%04d.template.json", i)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return nil, err
		}
		originals[name] = t.Path
		args = append(args, name)
	}
	if len(originals) == 0 {
		return nil, errors.New("no template to lint")
	}

	output, err := run(ctx, dir, nil, bin, args...)
	// It exits with 2, 4, 8 or a sum of these when it found something, and prints the findings all the same.
	if failure := (*exec.ExitError)(nil); errors.As(err, &failure) && failure.ExitCode() > 0 && failure.ExitCode() < 16 {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return parseLint(output, originals)
}

// lintAs has the Regions that cfn-lint does not know yet, each with one that it knows: the last one that AWS added before, which has
// few services, too.
var lintAs = map[string]string{"me-west-1": "mx-central-1", "sa-west-1": "mx-central-1"}

// withRegion writes the Region into the template's metadata, and replaces the template's own settings for cfn-lint.
func withRegion(template []byte, region string) ([]byte, error) {
	if region == "" {
		return nil, errors.New("a template needs its Region")
	}
	if known, is := lintAs[region]; is {
		region = known
	}
	var document map[string]any
	if err := json.Unmarshal(template, &document); err != nil {
		return nil, fmt.Errorf("not a template in JSON: %w", err)
	}
	metadata, _ := document["Metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["cfn-lint"] = map[string]any{"config": map[string]any{"regions": []string{region}}}
	document["Metadata"] = metadata
	return json.MarshalIndent(document, "", " ")
}

// parseLint reads cfn-lint's own JSON; originals maps the files it was given to the files they are copies of.
func parseLint(output []byte, originals map[string]string) ([]Finding, error) {
	var matches []struct {
		Filename string
		Level    string
		Message  string
		Rule     struct{ ID string }
		Location struct{ Path []any }
	}
	if err := json.Unmarshal(output, &matches); err != nil {
		return nil, fmt.Errorf("cfn-lint's answer is unreadable: %w\n%s", err, tail(string(output), 1000))
	}
	var findings []Finding
	for _, m := range matches {
		if m.Filename == "" {
			return nil, fmt.Errorf("cfn-lint: %s %s", m.Rule.ID, m.Message)
		}
		template, ok := originals[filepath.Base(m.Filename)]
		if !ok {
			template = m.Filename
		}
		path := make([]string, len(m.Location.Path))
		for i, step := range m.Location.Path {
			path[i] = fmt.Sprint(step)
		}
		findings = append(findings, Finding{
			Template: template,
			Rule:     m.Rule.ID,
			Level:    strings.ToLower(m.Level),
			Message:  m.Message,
			Path:     strings.Join(path, "/"),
		})
	}
	return findings, nil
}
