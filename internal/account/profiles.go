package account

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Profiles returns the names of the profiles of the AWS CLI, sorted.
func Profiles() []string {
	var names []string
	home, _ := os.UserHomeDir()
	for _, file := range []struct{ variable, standard string }{
		{"AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config")},
		{"AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, ".aws", "credentials")},
	} {
		path := os.Getenv(file.variable)
		if path == "" {
			path = file.standard
		}
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "[") || !strings.HasSuffix(line, "]") {
				continue
			}
			name := strings.TrimSpace(line[1 : len(line)-1])
			if rest, ok := strings.CutPrefix(name, "profile "); ok {
				name = strings.TrimSpace(rest)
			} else if strings.Contains(name, " ") {
				continue // sso-session and services are not profiles
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
