package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// logLine is a line of a log group, as CloudWatch Logs returns it.
type logLine struct {
	Message       string `json:"message"`
	Timestamp     int64  `json:"timestamp"`
	IngestionTime int64  `json:"ingestionTime"`
}

// linesPerPage is less than there are heartbeats of a few Regions in two hours.
const linesPerPage = 40

// logs has a stub answer about the log groups of the hubs. The file HUB.ledger has an event on each line, each of which arrived two
// seconds after its time. The file HUB.heartbeats has a Region, a time, and how many rules too few carried its heartbeat, or
// "alive" for what the composer there reports; or an event. All stacks and log groups are of the year 2025.
func logs(server *stub.Server, file, folder string) error {
	p, err := plan.Load(file)
	if err != nil {
		return err
	}
	groups := map[string][]logLine{}
	for _, hub := range p.Config.HubRegions() {
		for _, line := range linesOf(folder, hub+".ledger") {
			var event struct{ Time time.Time }
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
			at := event.Time.Add(2 * time.Second).UnixMilli()
			groups[hub+names.Ledger] = append(groups[hub+names.Ledger], logLine{line, at, at})
		}
		for _, line := range linesOf(folder, hub+".heartbeats") {
			if strings.HasPrefix(line, "{") {
				var event struct{ Time time.Time }
				if err := json.Unmarshal([]byte(line), &event); err != nil {
					return fmt.Errorf("%s: %w", line, err)
				}
				at := event.Time.UnixMilli()
				groups[hub+names.Heartbeats] = append(groups[hub+names.Heartbeats], logLine{line, at, at})
				continue
			}
			var region string
			var at time.Time
			var missing int
			fields := strings.Fields(line)
			if len(fields) != 3 {
				return fmt.Errorf("%q is not REGION TIME NUMBER", line)
			}
			region = fields[0]
			if at, err = time.Parse(time.RFC3339, fields[1]); err != nil {
				return err
			}
			if fields[2] == "alive" {
				alive := fmt.Sprintf(`{"source": "breakglass.alive", "region": %q, "time": %q}`, region, fields[1])
				groups[hub+names.Heartbeats] = append(groups[hub+names.Heartbeats], logLine{alive, at.UnixMilli(), at.UnixMilli()})
				continue
			}
			if _, err := fmt.Sscan(fields[2], &missing); err != nil {
				return err
			}
			beat := fmt.Sprintf(`{"source": "breakglass.heartbeat", "region": %q, "time": %q}`, region, fields[1])
			for range plan.ScopeOf(p.Config).BeatsExpected(region, hub) - missing {
				groups[hub+names.Heartbeats] = append(groups[hub+names.Heartbeats], logLine{beat, at.UnixMilli(), at.UnixMilli()})
			}
		}
	}
	const created = 1735689600000 // the first of January 2025
	server.Answer("logs:DescribeLogGroups", fmt.Sprintf(`{"logGroups": [{"logGroupName": %q, "creationTime": %d}, {"logGroupName": %q, "creationTime": %[2]d}]}`,
		names.Ledger, created, names.Heartbeats))
	server.Answer("cloudformation:DescribeStacks", "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName>"+
		"<StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2025-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>")
	server.Handle("logs:FilterLogEvents", func(region, request string) string {
		var asked struct {
			LogGroupName, NextToken string
			StartTime, EndTime      int64
		}
		_ = json.Unmarshal([]byte(request), &asked) // an invalid request finds nothing
		found := []logLine{}
		for _, line := range groups[region+asked.LogGroupName] {
			if line.Timestamp >= asked.StartTime && line.Timestamp <= asked.EndTime {
				found = append(found, line)
			}
		}
		begin := 0
		_, _ = fmt.Sscan(asked.NextToken, &begin)
		page := map[string]any{"events": found[begin:min(begin+linesPerPage, len(found))]}
		if begin+linesPerPage < len(found) {
			page["nextToken"] = fmt.Sprint(begin + linesPerPage)
		}
		text, _ := json.Marshal(page)
		return string(text)
	})
	return nil
}

// linesOf returns the lines of a file; none if there is no such file.
func linesOf(folder, name string) []string {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
