package config

import (
	"regexp"
	"strings"
)

const namePattern = `^[A-Za-z0-9+=,.@_-]{1,64}$`

var nameForm = regexp.MustCompile(namePattern)

// name checks the name of an IAM user or role; kind says which.
func (r *reader) name(path, name, kind string) bool {
	if !r.usable(path) || nameForm.MatchString(name) {
		return r.usable(path)
	}
	switch {
	case name == "":
		r.report(path, "empty "+kind+" name", emptyText, "Write one, or remove the key for the default.")
	case strings.ContainsAny(name, "*?"):
		r.report(path, "wildcard in a "+kind+" name, which would open the conditions of the policies to other names", name, "Write the full name.")
	case strings.Contains(name, "/"):
		r.report(path, "path or ARN instead of a "+kind+" name", name, "Write only the name: "+quote(name[strings.LastIndex(name, "/")+1:])+".")
	case len(name) > 64:
		r.report(path, kind+" name longer than 64 characters", name, "Shorten it.")
	default:
		r.report(path, "invalid "+kind+" name", name, "Use only letters, digits and +=,.@_-.")
	}
	return false
}
