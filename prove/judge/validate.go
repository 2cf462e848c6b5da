package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ReadValidation reads what the CDK's own validator found when the cloud assembly in dir was synthesized: errors and warnings
// alike, without those that the app acknowledges with a reason. A missing report, or one older than the assembly, is an error:
// the validator did not run (CDK_VALIDATION=false).
//
// The context key @aws-cdk/core:validateAgainstDefaultRules has to be true: without it errors come as warnings, and a validator
// that crashed leaves no trace. `cdk synth --strict` fails on the same findings.
func ReadValidation(dir string) ([]Finding, error) {
	path := filepath.Join(dir, "validation-report.json")
	report, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no validation report in %s: synthesize without CDK_VALIDATION=false", dir)
	}
	if err != nil {
		return nil, err
	}
	manifest, err := os.Stat(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	if report.ModTime().Before(manifest.ModTime()) {
		return nil, fmt.Errorf("the validation report in %s is of an earlier synthesis: synthesize without CDK_VALIDATION=false", dir)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseValidation(content, dir)
}

// parseValidation reads the report of the assembly in dir.
func parseValidation(content []byte, dir string) ([]Finding, error) {
	var report struct {
		PluginReports *[]struct {
			PluginName string
			Conclusion string
			Metadata   map[string]any
			Violations []struct {
				RuleName            string
				Description         string
				Severity            string
				CustomSeverity      string
				ViolatingConstructs []struct {
					ConstructPath          string
					CloudFormationResource struct {
						TemplatePath  string
						LogicalID     string `json:"logicalId"`
						PropertyPaths []string
					}
				}
			}
		}
	}
	if err := json.Unmarshal(content, &report); err != nil {
		return nil, fmt.Errorf("the validation report in %s is unreadable: %w", dir, err)
	}
	if report.PluginReports == nil {
		return nil, fmt.Errorf("the validation report in %s has no pluginReports: its format has changed", dir)
	}
	var findings []Finding
	for _, plugin := range *report.PluginReports {
		if plugin.Conclusion != "success" && len(plugin.Violations) == 0 {
			findings = append(findings, Finding{
				Template: dir, Rule: plugin.PluginName, Level: "error",
				Message: fmt.Sprintf("the validator itself failed: %v", plugin.Metadata["error"]),
			})
		}
		for _, v := range plugin.Violations {
			finding := Finding{Template: dir, Rule: v.RuleName, Level: v.Severity, Message: v.Description}
			if v.Severity == "custom" {
				finding.Level = strings.ToLower(v.CustomSeverity)
			}
			if len(v.ViolatingConstructs) == 0 {
				findings = append(findings, finding)
			}
			for _, c := range v.ViolatingConstructs {
				one, resource := finding, c.CloudFormationResource
				one.Path = c.ConstructPath
				if resource.LogicalID != "" {
					one.Template = filepath.Join(dir, resource.TemplatePath)
					one.Path = "Resources/" + resource.LogicalID
					if len(resource.PropertyPaths) > 0 {
						one.Path += "/" + strings.ReplaceAll(strings.Join(resource.PropertyPaths, " "), ".", "/")
					}
				}
				findings = append(findings, one)
			}
		}
	}
	return findings, nil
}
