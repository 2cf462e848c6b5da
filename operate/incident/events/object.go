package events

import (
	"maps"
	"slices"
	"strings"
)

// objects are the parameters that name what a call is about, the best first. Of a call with none of them, the first parameter whose name ends
// like a name does is taken.
var objects = []string{
	"roleArn", "roleName", "userName", "groupName", "instanceProfileName", "policyArn", "policyName", "functionName", "layerName", "bucketName", "keyId",
	"topicArn", "queueUrl", "secretId", "stackName", "trailName", "documentName", "projectName", "ruleName", "keyName", "instanceId", "snapshotId", "imageId",
	"targetPrincipal", "name",
}

// Object returns what a call is about, as its record names it; empty if it does not say.
func (r Record) Object() string {
	if to := Text(r.Additional, "SwitchTo"); to != "" {
		return to
	}
	var found []string
	for _, name := range objects {
		if text := Text(r.Request, name); text != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
		if len(found) == 2 {
			break
		}
	}
	if len(found) > 0 {
		return strings.Join(found, ", ")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Request)) {
		low := strings.ToLower(name)
		if text, ok := r.Request[name].(string); ok && (strings.HasSuffix(low, "name") || strings.HasSuffix(low, "arn") || strings.HasSuffix(low, "id")) {
			return text
		}
	}
	if key := Text(r.Response, "accessKey.accessKeyId"); key != "" {
		return key
	}
	return ""
}
