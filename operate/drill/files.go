package drill

import (
	"fmt"
	"os"
)

// Files take the evidence of a run. They are created before anything is sent: a drill without its record would have to be
// repeated.
type Files struct {
	json, junit string
	written     bool
}

// CreateFiles creates the files; an empty name means none.
func CreateFiles(json, junit string) (*Files, error) {
	for _, path := range []string{json, junit} {
		if path == "" {
			continue
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return nil, fmt.Errorf("cannot write the evidence: %w", err)
		}
		file.Close()
	}
	return &Files{json: json, junit: junit}, nil
}

// Write writes the evidence.
func (f *Files) Write(e Evidence) error {
	for _, one := range []struct {
		path string
		text func() ([]byte, error)
	}{{f.json, e.JSON}, {f.junit, e.JUnit}} {
		if one.path == "" {
			continue
		}
		text, err := one.text()
		if err == nil {
			err = os.WriteFile(one.path, text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("cannot write the evidence: %w", err)
		}
	}
	f.written = true
	return nil
}

// Discard removes the files that a drill which could not run has left empty.
func (f *Files) Discard() {
	for _, path := range []string{f.json, f.junit} {
		if info, err := os.Stat(path); !f.written && path != "" && err == nil && info.Size() == 0 {
			_ = os.Remove(path)
		}
	}
}
