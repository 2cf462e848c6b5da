package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errDiffer means that the two apps do not do the same work.
var errDiffer = errors.New("the JavaScript app doesn't write what the Go app writes: bring prove/bench/app.js up to date")

// compare fails unless both assemblies have the same templates, byte for byte once the keys are in order, and deploy
// them in the same way.
func compare(a, b string, stacks int) error {
	templates, err := filepath.Glob(filepath.Join(a, "*.template.json"))
	if err != nil {
		return err
	}
	others, err := filepath.Glob(filepath.Join(b, "*.template.json"))
	if err != nil {
		return err
	}
	if len(templates) != stacks || len(others) != stacks {
		return fmt.Errorf("%w: %d and %d templates, expected %d", errDiffer, len(templates), len(others), stacks)
	}
	for _, file := range templates {
		name := filepath.Base(file)
		if err := same(name, file, filepath.Join(b, name), func(any) {}); err != nil {
			return err
		}
	}
	return same("manifest.json", filepath.Join(a, "manifest.json"), filepath.Join(b, "manifest.json"), onlyDeployment)
}

func same(name, a, b string, prepare func(any)) error {
	var texts [2][]byte
	for i, file := range []string{a, b} {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w: %s is missing", errDiffer, name)
		}
		if err != nil {
			return err
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		prepare(value)
		if texts[i], err = json.Marshal(value); err != nil {
			return err
		}
	}
	if at := firstDifference(texts[0], texts[1]); at >= 0 {
		return fmt.Errorf("%w: %s\nGo:         %s\nJavaScript: %s", errDiffer, name, around(texts[0], at), around(texts[1], at))
	}
	return nil
}

// onlyDeployment leaves of a manifest the stacks and how each is deployed: the rest is metadata with positions in the
// source, and differs.
func onlyDeployment(manifest any) {
	m, ok := manifest.(map[string]any)
	if !ok {
		return
	}
	for key := range m {
		if key != "artifacts" {
			delete(m, key)
		}
	}
	artifacts, _ := m["artifacts"].(map[string]any)
	for name, artifact := range artifacts {
		a, _ := artifact.(map[string]any)
		if a["type"] != "aws:cloudformation:stack" {
			delete(artifacts, name)
			continue
		}
		delete(a, "metadata")
		delete(a, "additionalMetadataFile")
	}
}

func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func around(text []byte, at int) []byte {
	const before, after = 60, 120
	return text[max(0, at-before):min(len(text), at+after)]
}
