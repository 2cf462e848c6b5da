package pack

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/manifest"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/proof"
)

// What of a manifest is not for a reviewer: what a kind serves is in docs/compliance.md.
var (
	hash   = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	size   = regexp.MustCompile(`"size": [0-9]+`)
	serves = regexp.MustCompile(`(?s)"serves": \[\s[^]]*\]`)
)

// What a pack says of a folder that has some of everything, and why it leaves out the rest.
func TestWhatAPackSays(t *testing.T) {
	files := well()
	files["junit.xml"] = `<?xml version="1.0"?><testsuites><testsuite name="breakglass exercise" timestamp="2026-09-07T13:05:07"><properties><property name="account" value="111111111111"></property><property name="user" value="ops"></property><property name="way" value="key"></property></properties><testcase name="a" classname="b"><error message="x"></error></testcase></testsuite></testsuites>`
	files["gone.json"] = strings.Replace(exercised(day(6), "ops", "key", true), `"way"`, `"scenario": "us-east-1-gone", "way"`, 1)
	files["page.html"] = `<!doctype html><html><head><title>Break glass check, now</title></head><body><p class="verdict problem">x</p><dl><dt>When</dt><dd>20 November 2026, 13:05:07 UTC, in 1s</dd><dt>Hub account</dt><dd>111111111111</dd></dl></body></html>`
	files["first.json"], files["last.json"] = checked(period.From, 0), checked(period.To, 0)
	files["before.json"], files["after.json"] = checked(period.From.Add(-time.Second), 0), checked(period.To.Add(time.Second), 0)
	files["theirs.json"] = strings.Replace(drilled(day(3), ""), account, "222222222222", 1)
	files["again.json"], files["text"], files["ada.sealed"] = files["d.json"], "x", "-----BEGIN AGE ENCRYPTED FILE-----"
	in := written(t, files)
	below := filepath.Join(in, "below")
	closed := filepath.Join(in, "case 1")
	for _, dir := range []string{below, closed} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	const page, record = `<!doctype html><title>Incident of the emergency access, closed 1 October 2026</title>`, `{"version": 1}`
	for name, content := range map[string]string{folder.About: "{}", folder.Closed: record, folder.ClosedPage: page} {
		if err := os.WriteFile(filepath.Join(closed, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("d.json", filepath.Join(in, "link.json")); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(in, "large.json")
	if err := os.WriteFile(large, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 64<<20+1); err != nil {
		t.Fatal(err)
	}
	r := report()
	r.Problems, r.Unaccounted = 1, 1
	incident := proof.Incident{
		Folder:  closed,
		Period:  proof.Period{From: day(1), To: day(2)},
		Signed:  day(3),
		Name:    "Jane Doe",
		SHA256:  manifest.Of("", []byte(record)).SHA256,
		Differs: []string{"x"},
	}
	pack := made(t, r, planOf(t, "{name: ops, accessKey: sealed}", "us-east-1"), []proof.Incident{incident}, in)
	text := string(pack.files[ManifestFile]) + "\n" + string(pack.files[indexFile][bytes.Index(pack.files[indexFile], []byte("</style>")):])
	text = serves.ReplaceAllString(size.ReplaceAllString(hash.ReplaceAllString(text, "HASH"), `"size": N`), `"serves": [some]`)
	text = strings.ReplaceAll(text, in, "FOLDER")
	reviewed.Text(t, "pack.txt", text)
}

// Why nothing is made or compared, with what to do about it.
func TestWhyThereIsNoPack(t *testing.T) {
	in := written(t, map[string]string{"text": "x", "c.json": checked(day(3), 0), "other.zip": "x"})
	at := func(name string) string { return filepath.Join(in, name) }
	var out strings.Builder
	tell := func(what string, err error) {
		fmt.Fprintf(&out, "%s: %s\n", what, strings.ReplaceAll(fmt.Sprint(err), in, "FOLDER"))
	}
	collect := func(what string, incidents []proof.Incident, paths ...string) {
		c, err := Collect(account, period, paths, incidents)
		if c != nil {
			t.Errorf("%s: %+v", what, c)
		}
		tell(what, err)
	}
	collect("a path that is not there", nil, at("none"))
	collect("no evidence", nil, at("c.json"), at("text"))
	if err := os.Symlink("c.json", at("link")); err != nil {
		t.Fatal(err)
	}
	collect("a link", nil, at("link"))
	incident := proof.Incident{
		Folder: at("case"),
		Period: proof.Period{From: day(1), To: day(2)},
		Signed: day(3),
		Name:   "Jane Doe",
		SHA256: manifest.Of("", nil).SHA256,
	}
	if err := os.MkdirAll(at("case"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at("case"), folder.Closed), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	collect("a record that was changed", []proof.Incident{incident})
	if err := os.WriteFile(filepath.Join(at("case"), folder.About), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	collect("the folder of an incident", nil, at("case"))
	collect("a record that cannot be read", []proof.Incident{{Folder: at("c.json"), Period: incident.Period, Signed: day(3)}})
	if os.Geteuid() != 0 { // root may read everything
		if err := os.Chmod(at("c.json"), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Collect(account, period, []string{in}, nil); err == nil || !strings.HasSuffix(err.Error(), "make it readable, or leave it out") {
			t.Error(err)
		}
	}
	verify := func(path string) {
		differs, hash, err := Verify(at(path))
		if err == nil || differs != nil || hash != "" {
			t.Errorf("%s: %q, %s, %v", path, differs, hash, err)
		}
		tell("verify "+path, err)
	}
	archive := func(name string, files map[string]string) {
		var content bytes.Buffer
		w := zip.NewWriter(&content)
		for name, text := range files {
			to, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := to.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), content.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	archive("empty.zip", map[string]string{"a": "b"})
	archive("newer.zip", map[string]string{ManifestFile: `{"version": 2}`})
	archive("damaged.zip", map[string]string{ManifestFile: "{"})
	for _, path := range []string{"none", "none.zip", "case", "text", "other.zip", "empty.zip", "newer.zip", "damaged.zip"} {
		verify(path)
	}
	for _, path := range []string{"case", "other.zip", "none/pack", "new", "new.zip"} {
		tell("write "+path, Check(at(path)))
	}
	reviewed.Text(t, "none.txt", out.String())
}

// What of an archive cannot be read is a difference, and so is what has become another thing in a folder.
func TestDamageIsADifference(t *testing.T) {
	pack := made(t, report(), planOf(t, "{name: ops}", "us-east-1"), nil, written(t, well()))
	in := t.TempDir()
	path := filepath.Join(in, "pack.zip")
	if err := pack.Write(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if f.Name == proofPage {
			offset, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			content[offset+20] ^= 0xff
		}
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	differs, got, err := Verify(path)
	if err != nil || got != pack.SHA256 || len(differs) != 2 || !strings.HasPrefix(differs[0], proofPage+" cannot be read: ") ||
		differs[1] != proofPage+" is missing" {
		t.Errorf("%q, %v", differs, err)
	}
	if f := archive.File[0]; f.Mode() != fs.FileMode(0o600) {
		t.Errorf("%s: %v", f.Name, f.Mode())
	}
	if _, err := unpacked(archive.File[0], int64(archive.File[0].UncompressedSize64)); err != nil {
		t.Error(err)
	}
	if _, err := unpacked(archive.File[0], int64(archive.File[0].UncompressedSize64)-1); err == nil || err.Error() != "it is too large" {
		t.Error(err)
	}
}

// A name in a pack is harmless on every system, and no longer than the shortest limit of one: its end tells files apart.
func TestNamesInAPack(t *testing.T) {
	for name, want := range map[string]string{
		"check-1_a.JSON": "check-1_a.JSON", ".hidden": "_hidden", "a/b:c*d e\u202ef": "a_b_c_d_e_f", "größe.html": "gr__e.html",
		strings.Repeat("a", 99) + "z": strings.Repeat("a", 99) + "z", strings.Repeat("b", 50) + strings.Repeat("a", 95) + ".json": strings.Repeat("a", 95) + ".json",
	} {
		if got := plainName(name); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}

// A pack that would be too large is an error, also where the last file lies in a folder.
func TestAPackIsBounded(t *testing.T) {
	in := written(t, map[string]string{"c.json": checked(day(3), 0)})
	for size, fits := range map[int]bool{512<<20 - len(checked(day(3), 0)): true, 512<<20 - len(checked(day(3), 0)) + 1: false} {
		c := &Collection{account: account, period: period, size: size}
		if err := c.folder(in); (err == nil) != fits || err != nil && err.Error() != "the evidence is larger than 512 MiB; name less" {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
