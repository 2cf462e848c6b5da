package stacks

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"example.com/breakglass/plan"
)

// staged is the app of a file with a pipeline: its stacks by name, those of the stages too.
type staged struct {
	plan   plan.Plan
	stacks map[string]template
	// stageOf is the stage of a stack; empty for those that no stage has.
	stageOf map[string]string
	// dir is the folder of the assembly, fileOf the file of a stack's template in it.
	dir    string
	fileOf map[string]string
}

func synthStaged(t *testing.T, file string) staged {
	t.Helper()
	dir := t.TempDir()
	app := newApp(t, dir)
	p, err := build(app, file)
	if err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	s := staged{plan: p, stacks: map[string]template{}, stageOf: map[string]string{}, dir: dir, fileOf: map[string]string{}}
	s.read(t, dir, "")
	return s
}

// read reads an assembly, and those within it.
func (s staged) read(t *testing.T, dir, stage string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        struct{ TemplateFile, StackName, DirectoryName, File string }
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for id, a := range file.Artifacts {
		switch a.Type {
		case "cdk:cloud-assembly":
			s.read(t, filepath.Join(dir, a.Properties.DirectoryName), strings.TrimPrefix(id, "assembly-"))
		case "cdk:asset-manifest":
			onlyTemplates(t, filepath.Join(dir, a.Properties.File))
		case "aws:cloudformation:stack":
			name := a.Properties.StackName
			if name == "" {
				name = id
			}
			one := template{stack: name, manifest: artifact{Environment: a.Environment}}
			if one.text, err = os.ReadFile(filepath.Join(dir, a.Properties.TemplateFile)); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(one.text, &one); err != nil {
				t.Fatal(err)
			}
			s.stacks[name], s.stageOf[name] = one, stage
			if s.fileOf[name], err = filepath.Rel(s.dir, filepath.Join(dir, a.Properties.TemplateFile)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// onlyTemplates checks that nothing is uploaded but templates, which a pipeline takes from its own artifact.
func onlyTemplates(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var assets struct {
		Files        map[string]struct{ Source struct{ Path string } }
		DockerImages map[string]any
	}
	if err := json.Unmarshal(text, &assets); err != nil {
		t.Fatal(err)
	}
	for _, f := range assets.Files {
		if !strings.HasSuffix(f.Source.Path, ".template.json") {
			t.Errorf("%s is an asset", f.Source.Path)
		}
	}
	if len(assets.DockerImages) > 0 {
		t.Error("an image is an asset")
	}
}

var (
	pipelineOnce sync.Once
	pipelineApp  staged
	// pipelineFiles are those of its assembly, which outlive the test that made it.
	pipelineFiles = fstest.MapFS{}
)

// thePipeline returns the app of testdata/pipeline.yaml, synthesized once.
func thePipeline(t *testing.T) staged {
	t.Helper()
	pipelineOnce.Do(func() {
		app := synthStaged(t, "testdata/pipeline.yaml")
		err := fs.WalkDir(os.DirFS(app.dir), ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(app.dir, path))
			pipelineFiles[path] = &fstest.MapFile{Data: text}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		pipelineApp = app
	})
	if pipelineApp.stacks == nil {
		t.Fatal("the app with the pipeline could not be synthesized")
	}
	return pipelineApp
}

// action is an action of the synthesized pipeline.
type action struct {
	Stage, Name, Region string
	RunOrder            int
	ActionTypeId        struct{ Category, Provider string }
	RoleArn             any
	InputArtifacts      any
	Configuration       map[string]any
}

func (s staged) actions(t *testing.T) []action {
	t.Helper()
	var stages []struct {
		Name    string
		Actions []action
	}
	for _, r := range s.stacks["BreakGlass-Pipeline"].ofType("AWS::CodePipeline::Pipeline") {
		if err := json.Unmarshal([]byte(compact(t, r.Properties["Stages"])), &stages); err != nil {
			t.Fatal(err)
		}
	}
	var all []action
	for _, stage := range stages {
		for _, a := range stage.Actions {
			a.Stage = stage.Name
			all = append(all, a)
		}
	}
	return all
}

func (a action) String() string { return fmt.Sprintf("%s %d %s", a.Stage, a.RunOrder, a.Name) }
