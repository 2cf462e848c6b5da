package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// region is a line of the data, in the order of its keys; config.Region has their meaning.
type region struct {
	Code           string `json:"region"`
	Partition      string `json:"partition"`
	OptIn          bool   `json:"optIn"`
	NoCodePipeline bool   `json:"noCodePipeline,omitempty"`
	Rules          int    `json:"rules,omitempty"`
}

// commercial is the ID of the partition whose Regions the data has.
const commercial = "aws"

// merge returns the data with the Regions of the SDK, and what has changed. What the SDK does not say stays: which Regions are
// opt-in, and quotas. Every Region that AWS has added since 2019 is opt-in (Account Management guide, "Enable or disable AWS
// Regions"), and a quota of rules is that of most Regions until somebody looks it up.
func merge(old, partitions, endpoints []byte) (text []byte, changes []string, err error) {
	var before []region
	if err := json.Unmarshal(old, &before); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", data, err)
	}
	codes, err := regionsOf(partitions)
	if err != nil {
		return nil, nil, err
	}
	pipelines := pipelineRegions(endpoints)
	if len(pipelines) == 0 {
		return nil, nil, fmt.Errorf("the SDK names no Region with CodePipeline: the form of its endpoints has changed")
	}
	var after []region
	for _, code := range codes {
		i := slices.IndexFunc(before, func(r region) bool { return r.Code == code })
		r := region{Code: code, Partition: commercial, OptIn: true}
		if i >= 0 {
			r = before[i]
		} else {
			changes = append(changes, code+" is new; taken as opt-in, and with the usual quota of rules on a bus")
		}
		had := r.NoCodePipeline
		if r.NoCodePipeline = !slices.Contains(pipelines, code); i >= 0 && had != r.NoCodePipeline {
			changes = append(changes, fmt.Sprintf("CodePipeline in %s: %v", code, !r.NoCodePipeline))
		}
		after = append(after, r)
	}
	for _, r := range before {
		if !slices.Contains(codes, r.Code) {
			return nil, nil, fmt.Errorf("the SDK no longer has %s: AWS has never removed a Region; look into it", r.Code)
		}
	}
	return format(after), changes, nil
}

// regionsOf returns the codes of the commercial Regions, sorted. The SDK lists a global endpoint among them.
func regionsOf(partitions []byte) ([]string, error) {
	var all struct {
		Partitions []struct {
			ID          string         `json:"id"`
			RegionRegex string         `json:"regionRegex"`
			Regions     map[string]any `json:"regions"`
		} `json:"partitions"`
	}
	if err := json.Unmarshal(partitions, &all); err != nil {
		return nil, fmt.Errorf("the SDK's partitions: %w", err)
	}
	var codes []string
	for _, p := range all.Partitions {
		if p.ID != commercial {
			continue
		}
		form, err := regexp.Compile(p.RegionRegex)
		if err != nil {
			return nil, fmt.Errorf("the SDK's partitions: %w", err)
		}
		for code := range p.Regions {
			if form.MatchString(code) {
				codes = append(codes, code)
			}
		}
	}
	if len(codes) == 0 {
		return nil, fmt.Errorf("the SDK's partitions have no Region of %s: their form has changed", commercial)
	}
	slices.Sort(codes)
	return codes, nil
}

var endpointRegion = regexp.MustCompile(`Region:\s*"([a-z0-9-]+)"`)

// pipelineRegions returns the Regions that a service's endpoints name.
func pipelineRegions(endpoints []byte) []string {
	var codes []string
	for _, found := range endpointRegion.FindAllSubmatch(endpoints, -1) {
		codes = append(codes, string(found[1]))
	}
	return codes
}

// format returns the data as JSON with a Region in each line.
func format(regions []region) []byte {
	var lines []string
	for _, r := range regions {
		line, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		line = bytes.ReplaceAll(line, []byte(`":`), []byte(`": `))
		lines = append(lines, "  "+strings.ReplaceAll(string(line), `,"`, `, "`))
	}
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n")
}
