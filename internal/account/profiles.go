package account

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sharedFiles returns the paths of the files with the settings of the AWS CLI.
func sharedFiles() []string {
	home, _ := os.UserHomeDir()
	return []string{
		cmp.Or(os.Getenv("AWS_CONFIG_FILE"), filepath.Join(home, ".aws", "config")),
		cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(home, ".aws", "credentials")),
	}
}

// unreadable returns why one of the shared files cannot be read: the SDK passes over it without a word.
func unreadable() error {
	for _, path := range sharedFiles() {
		if _, err := os.ReadFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Profiles returns the names of the profiles of the AWS CLI, sorted.
func Profiles() []string {
	var names []string
	for _, path := range sharedFiles() {
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
