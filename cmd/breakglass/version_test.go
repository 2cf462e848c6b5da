package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionOfABuild(t *testing.T) {
	if v := versionOf(nil); v.Version != "(devel)" || v.Revision != "" || v.CDKCLI == "" || v.Go == "" {
		t.Errorf("without anything from the Go tool: %+v", v)
	}
	v := versionOf(&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-22T08:00:00Z"}, {Key: "vcs.modified", Value: "true"},
	}})
	if v.Version != "v1.2.3" || v.Revision != "0123456789abcdef" || v.Time != "2026-11-22T08:00:00Z" || !v.Modified {
		t.Errorf("of a build in a repository: %+v", v)
	}
}

func TestVersionOfARelease(t *testing.T) {
	release, commit = "1.2.3", "0123456789abcdef"
	defer func() { release, commit = "", "" }()
	if v := versionOf(&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}); v.Version != "v1.2.3" || v.Revision != "0123456789abcdef" || v.Time != "" ||
		v.Modified {
		t.Errorf("of a release: %+v", v)
	}
}
