package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/stub"
)

// trail has a stub answer for CloudTrail's event history of several accounts. The file ACCOUNT.REGION has a record on each line, the oldest
// first. A role in an account may be assumed if the account has a file.
func trail(server *stub.Server, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.*"))
	if err != nil {
		return err
	}
	records, open := map[string][]map[string]any{}, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		number, region, _ := strings.Cut(filepath.Base(file), ".")
		open[number] = true
		for line := range strings.Lines(string(text)) {
			var record map[string]any
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			record["awsRegion"], record["recipientAccountId"] = region, number
			records[number+" "+region] = append(records[number+" "+region], record)
		}
	}
	server.HandleAs("sts:AssumeRole", func(_, _, request string) string {
		form, _ := url.ParseQuery(request) // an invalid request names no role
		number := strings.Split(form.Get("RoleArn")+":::::", ":")[4]
		if !open[number] {
			return "fail AccessDenied User: arn:aws:iam::111111111111:user/operator is not authorized to perform: sts:AssumeRole on resource: " + form.Get("RoleArn")
		}
		out, _ := xml.Marshal(struct {
			XMLName    xml.Name `xml:"AssumeRoleResponse"`
			Key        string   `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
			Secret     string   `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
			Token      string   `xml:"AssumeRoleResult>Credentials>SessionToken"`
			Expiration string   `xml:"AssumeRoleResult>Credentials>Expiration"`
		}{Key: "ASIA" + number, Secret: "example", Token: "example", Expiration: time.Now().Add(time.Hour).UTC().Format(time.RFC3339)})
		return string(out)
	})
	server.HandleAs("cloudtrail:LookupEvents", func(key, region, request string) string {
		var asked struct {
			StartTime, EndTime float64
			LookupAttributes   []struct{ AttributeKey, AttributeValue string }
		}
		if json.Unmarshal([]byte(request), &asked) != nil || len(asked.LookupAttributes) != 1 {
			return "fail InvalidLookupAttributesException one attribute is allowed"
		}
		number := strings.TrimPrefix(key, "ASIA")
		if !open[number] {
			number = "111111111111"
		}
		found := []any{}
		for _, record := range slices.Backward(records[number+" "+region]) {
			at, _ := time.Parse(time.RFC3339, fmt.Sprint(record["eventTime"])) // the year 1 is in no period
			if s := float64(at.Unix()); s >= asked.StartTime && s <= asked.EndTime &&
				isAbout(record, asked.LookupAttributes[0].AttributeKey, asked.LookupAttributes[0].AttributeValue) {
				text, _ := json.Marshal(record)
				found = append(found, map[string]any{"CloudTrailEvent": string(text)})
			}
		}
		text, _ := json.Marshal(map[string]any{"Events": found})
		return string(text)
	})
	return nil
}

func isAbout(record map[string]any, attribute, value string) bool {
	identity, _ := record["userIdentity"].(map[string]any)
	arn := fmt.Sprint(identity["arn"])
	switch attribute {
	case "Username":
		return identity["userName"] == value || strings.Contains(arn, ":assumed-role/") && strings.HasSuffix(arn, "/"+value)
	case "AccessKeyId":
		return identity["accessKeyId"] == value
	case "EventName":
		return record["eventName"] == value
	case "ReadOnly":
		return fmt.Sprint(record["readOnly"] == true) == value
	}
	return false
}
