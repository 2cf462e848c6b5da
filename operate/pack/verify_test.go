package pack

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/printed"
	"example.com/breakglass/operate/compliance"
)

// A pack is complete in both forms, for its owner only, and what was changed in it is named.
func TestAPackIsComparedWithItsManifest(t *testing.T) {
	pack := made(t, report(), planOf(t, "{name: ops}", "us-east-1"), nil, written(t, well()))
	t.Run("on paper", func(t *testing.T) {
		for _, size := range printed.Sizes {
			printed.Print(t, pack.files[indexFile], size)
		}
	})
	in := t.TempDir()
	for _, path := range []string{filepath.Join(in, "pack"), filepath.Join(in, "pack.ZIP")} {
		if err := Check(path); err != nil {
			t.Fatal(err)
		}
		if err := pack.Write(path); err != nil {
			t.Fatal(err)
		}
		differs, hash, err := Verify(path)
		if err != nil || len(differs) > 0 || hash != pack.SHA256 {
			t.Errorf("%s: %q, %s, %v", path, differs, hash, err)
		}
	}
	if info, err := os.Stat(filepath.Join(in, "pack.ZIP")); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	archive, err := zip.OpenReader(filepath.Join(in, "pack.ZIP"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if f.Mode() != 0o600 || f.Modified.IsZero() {
			t.Errorf("%s: %v, %v", f.Name, f.Mode(), f.Modified)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(in)
	if err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	for _, f := range pack.Files {
		if f.Kind == "" != (f.Name == indexFile) || (len(f.Serves) > 0) != (f.Kind != "") || f.About == "" {
			t.Errorf("%+v", f)
		}
	}
	dir := filepath.Join(in, "pack")
	if err := os.WriteFile(filepath.Join(dir, "drill", "d.json"), []byte(drilled(day(3), " ")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, indexFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("proof.html", filepath.Join(dir, indexFile)); err != nil {
		t.Fatal(err)
	}
	if differs, _, err := Verify(dir); err != nil ||
		!slices.Equal(differs, []string{"index.html is a symbolic link", "drill/d.json was changed", "index.html is missing"}) {
		t.Errorf("%q, %v", differs, err)
	}
	for _, path := range []string{in, filepath.Join(in, "none"), filepath.Join(in, "none.zip")} {
		if _, _, err := Verify(path); err == nil {
			t.Errorf("%s is a pack", path)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ManifestFile), []byte(`{"version": 2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Verify(dir); err == nil || !strings.Contains(err.Error(), "this version of breakglass cannot read it") {
		t.Error(err)
	}
}

// An archive that others made may be anything. Nothing of it is written to the disk.
func TestAHostileArchive(t *testing.T) {
	text := string(asJSON(t, Manifest{Version: Version, Files: []File{{File: manifest.Of("a", []byte("a"))}}}))
	type entry struct {
		name, content string
		mode          fs.FileMode
	}
	for name, c := range map[string]struct {
		more []entry
		want []string
	}{
		"as it was": {nil, nil}, "out of it": {[]entry{{"../b", "", 0}}, []string{"../b is there twice, or is no file of a pack"}},
		"twice":  {[]entry{{"a", "b", 0}}, []string{"a is there twice, or is no file of a pack"}},
		"link":   {[]entry{{"b", "a", fs.ModeSymlink}}, []string{"b is there twice, or is no file of a pack"}},
		"folder": {[]entry{{"b/", "", 0}}, []string{"b/ is there twice, or is no file of a pack"}},
		"colour": {[]entry{{"\x1b[31m", "", 0}}, []string{`\u001b[31m was added`}},
	} {
		var out bytes.Buffer
		archive := zip.NewWriter(&out)
		for _, e := range append([]entry{{ManifestFile, text, 0}, {"a", "a", 0}}, c.more...) {
			header := &zip.FileHeader{Name: e.name}
			header.SetMode(e.mode | 0o600)
			to, err := archive.CreateHeader(header)
			if err != nil {
				t.Fatal(err)
			}
			if e.content != "" {
				if _, err := to.Write([]byte(e.content)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(written(t, map[string]string{"p.zip": out.String()}), "p.zip")
		if differs, _, err := Verify(path); err != nil || !slices.Equal(differs, c.want) {
			t.Errorf("%s: %q, %v", name, differs, err)
		}
	}
}

// Names and texts of others are shown as text, and no name leads out of the pack.
func TestHostileNames(t *testing.T) {
	const name = "\x1b[31m<img src=x onerror=alert(1)>\u202e.json"
	files := map[string]string{name: exercised(day(5), "<script>ops</script>\x1b", "console", true), name + "2": "x", ".hidden": drilled(day(3), "")}
	pack := made(t, report(), planOf(t, "{name: ops}", "us-east-1"), nil, written(t, files))
	for _, f := range pack.Files {
		if !fs.ValidPath(f.Name) || strings.ContainsAny(f.Name, "<>\x1b\u202e ") || strings.ContainsAny(f.About, "\x1b") {
			t.Errorf("%+v", f)
		}
	}
	for _, name := range []string{indexFile, ManifestFile} {
		for _, bad := range []string{"<script", "<img", "\x1b", "\u202e"} {
			if strings.Contains(string(pack.files[name]), bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
	if links := regexp.MustCompile(`<a href="[a-zA-Z0-9/_.-]+">`); !plainPage(links.ReplaceAllString(string(pack.files[indexFile]), "<a>")) {
		t.Error("the index does more than show text and link its files")
	}
	if i := slices.IndexFunc(pack.Files, func(f File) bool { return f.Kind == compliance.Drill }); i < 0 || pack.Files[i].Name != "drill/_hidden" {
		t.Errorf("%+v", pack.Files)
	}
}

func TestTheSameNameAndTheSameFile(t *testing.T) {
	first, second := written(t, map[string]string{"d.json": drilled(day(3), "")}), written(t,
		map[string]string{"d.json": drilled(day(4), ""), "again.json": drilled(day(3), "")})
	var got []string
	for _, f := range made(t, report(), planOf(t, "{name: ops}", "us-east-1"), nil, first, second).Files {
		if f.Kind == compliance.Drill {
			got = append(got, f.Name)
		}
	}
	if !slices.Equal(got, []string{"drill/d.json", "drill/2-d.json"}) {
		t.Errorf("%q", got)
	}
}
