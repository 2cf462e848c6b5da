package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
)

// The linker sets these two in a release: see .goreleaser.yaml.
var (
	release string // the version, without v
	commit  string
)

// versionValue is what the program knows about itself.
type versionValue struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	// Modified reports whether the source had uncommitted changes.
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	CDKCLI   string `json:"cdkCli"`
	// File is the version of breakglass.yaml that the program reads.
	File int `json:"file"`
}

func versionCommand(common *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program and of its CDK CLI",
		Example: `  breakglass version
  breakglass version --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			v := buildVersion()
			if out.JSON {
				return out.Value(v)
			}
			out.Line("breakglass %s, built with %s for %s", v.Version, v.Go, v.Platform)
			if v.Revision != "" {
				of, changed := "", ""
				if v.Time != "" {
					of = " of " + v.Time
				}
				if v.Modified {
					changed = ", with uncommitted changes"
				}
				out.Line("revision %s%s%s", v.Revision, of, changed)
			}
			out.Line("CDK CLI %s, pinned in package.json", v.CDKCLI)
			out.Line("breakglass.yaml version %d", v.File)
			return nil
		},
	}
}

// buildVersion returns what this program knows about itself.
func buildVersion() versionValue {
	info, _ := debug.ReadBuildInfo()
	return versionOf(info)
}

// versionOf returns what the linker or the Go tool has embedded in the program.
func versionOf(info *debug.BuildInfo) versionValue {
	v := versionValue{
		Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		CDKCLI: cdkcli.Pinned, File: config.Version,
	}
	if release != "" {
		v.Version, v.Revision = "v"+release, commit
		return v
	}
	if info == nil {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
