package cdkcli

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestReady(t *testing.T) {
	const current = `echo "$HOME/cache"; echo go1.26.0`
	for name, c := range map[string]struct {
		cli, app, node, goes string
		home                 string // within the test's folder
		want                 string
	}{
		"all is there":     {"#!/usr/bin/env node", "go run .", "echo v24.1.0", current, "home", ""},
		"no CLI":           {"", "go run .", "echo v24.1.0", current, "home", "the CDK CLI is not installed in "},
		"Node is old":      {"#!/usr/bin/env node", "go run .", "echo v18.20.1", current, "home", "node is v18.20.1: the CDK needs Node 22 or 24"},
		"no Node":          {"#!/usr/bin/env node", "go run .", "", current, "home", "node was not found: the CDK needs Node 22 or 24"},
		"a CLI of its own": {"#!/bin/sh", "go run .", "", current, "home", ""},
		"no home":          {"#!/bin/sh", "true", "", "", "nowhere", "cannot be written, and the CDK keeps its caches there; set HOME"},
		"Go is old": {"#!/bin/sh", "go run .", "", `echo "go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local)"; exit 1`, "home",
			"go cannot compile the app: go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local); install"},
		"Go does not know how old it is": {"#!/bin/sh", "go run .", "", `echo "$HOME/cache"; echo go1.20`, "home",
			"go cannot compile the app: it is go1.20; install the version of Go that go.mod names, or newer, or unset GOTOOLCHAIN, which is go1.20"},
		"Go of a distribution": {"#!/bin/sh", "go run .", "", `echo "$HOME/cache"; echo "go1.26.0 (Red Hat 1.26.0-1.el9)"`, "home", ""},
		"Go downloads another": {"#!/bin/sh", "go run .", "", `echo "go: downloading go1.26.0 (linux/amd64)" >&2; ` + current, "home", ""},
		"Go of tomorrow":       {"#!/bin/sh", "go run .", "", `echo "$HOME/cache"; echo "devel go1.27-abcdef0 Thu Nov 26 2026"`, "home", ""},
		"an old Go of a distribution": {"#!/bin/sh", "go run .", "", `echo "$HOME/cache"; echo "go1.20.6 (Red Hat 1.20.6-1.el9)"`, "home",
			"go cannot compile the app: it is go1.20.6; install"},
		"no such Go": {"#!/bin/sh", "go run .", "", `printf 'go: download go1.99: 404 Not Found\n\tserver response: not available\n'; exit 1`, "home",
			"go cannot compile the app: go: download go1.99: 404 Not Found; install"},
		"no Go":             {"#!/bin/sh", "go run .", "", "", "home", "go was not found, and deploying compiles the app"},
		"no cache":          {"#!/bin/sh", "go run .", "", "echo /dev/null/cache; echo go1.26.0", "home", "the cache of Go, /dev/null/cache, cannot be written; set GOCACHE"},
		"the cache is off":  {"#!/bin/sh", "go run .", "", "echo off; echo go1.26.0", "home", "the cache of Go, off, cannot be written; set GOCACHE"},
		"an app without Go": {"#!/bin/sh", "node app.js", "", "", "home", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, "home", "x"), "")
			write(t, filepath.Join(root, "cdk.json"), `{"app": "`+c.app+`"}`)
			write(t, filepath.Join(root, "bin", "none"), "")
			for program, script := range map[string]string{"node": c.node, "go": c.goes} {
				if script != "" {
					write(t, filepath.Join(root, "bin", program), "#!/bin/sh\n"+script+"\n")
				}
			}
			if c.cli != "" {
				write(t, filepath.Join(root, "node_modules", ".bin", "cdk"), c.cli+"\n")
			}
			t.Setenv("PATH", filepath.Join(root, "bin"))
			t.Setenv("GOTOOLCHAIN", "go1.20")
			t.Setenv("HOME", filepath.Join(root, c.home))
			err := Ready(t.Context(), root)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("%v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(root, "home", ".breakglass-*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestAFolderForTemporaryFilesThatCannotBeWritten(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "node_modules", ".bin", "cdk"), "#!/bin/sh\n")
	t.Setenv("HOME", root)
	t.Setenv("TMPDIR", filepath.Join(root, "none"))
	if err := Ready(t.Context(), root); err == nil || !strings.Contains(err.Error(), filepath.Join(root, "none")+", cannot be written; set TMPDIR") {
		t.Error(err)
	}
}
