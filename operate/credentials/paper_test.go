package credentials

import (
	"html"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/printed"
	"example.com/breakglass/internal/qr/read"
	"example.com/breakglass/internal/recipient"
	"example.com/breakglass/operate/seal"
)

// Another decoder reads the code on paper, and the file that it reads opens.
func TestPaperIsTheWholeFile(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for n := 1; n <= 4; n++ {
		if n > 1 {
			w.Config.Credentials.PasswordHolders = append(w.Config.Credentials.PasswordHolders, holder(t).Recipient().String())
		}
		f, err := seal.Seal(w.header(seal.Password), seal.NewSecret([]byte("ABCDE-fghjk")), nil)
		if err != nil {
			t.Fatal(err)
		}
		page, err := Paper(f)
		if err != nil {
			t.Fatal(err)
		}
		svg := string(page)[strings.Index(string(page), "<svg"):]
		svg = svg[:strings.Index(svg, "</svg>")+len("</svg>")]
		text, err := read.SVG(svg)
		if err != nil || text != string(f.Bytes()) {
			t.Fatalf("%d holders: the code has %d characters, want %d: %v", n, len(text), len(f.Bytes()), err)
		}
		back, err := seal.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if secret, err := back.Open(w.password); err != nil || secret.Reveal() != "ABCDE-fghjk" {
			t.Errorf("%d holders: %v", n, err)
		}
		if !strings.Contains(html.UnescapeString(string(page)), string(f.Bytes())) {
			t.Errorf("%d holders: the text is another one", n)
		}
		if strings.Contains(string(page), "ABCDE-fghjk") {
			t.Error("the secret is on paper")
		}
	}
}

// TestPaperSaysWhatIsOnIt in words, not in those of the format.
func TestPaperSaysWhatIsOnIt(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for kind, want := range map[seal.Kind]string{seal.Password: "password", seal.MFA: "MFA device", seal.Key: "access key"} {
		h := w.header(kind)
		h.Device, h.AccessKey = "arn:aws:iam::111111111111:mfa/device", "AKIAEXAMPLE"
		f, err := seal.Seal(h, seal.NewSecret([]byte("ABCDE-fghjk")), nil)
		if err != nil {
			t.Fatal(err)
		}
		if page, err := Paper(f); err != nil || !strings.Contains(string(page), "<h1>Sealed "+want+" of "+h.User+"</h1>") ||
			!strings.Contains(string(page), "<title>Sealed "+want+" of ") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// The documents promise three holders, with the longest file: a seed in four Regions, of a user with a long name.
func TestThreeHoldersFitOnPaper(t *testing.T) {
	w := newWorld(t, "")
	h := w.header(seal.MFA)
	h.User = strings.Repeat("u", 36)
	h.Device = w.device(h.User)
	h.Regions = []string{"ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2"}
	h.Recipients = append(h.Recipients, holder(t).Recipient().String(), holder(t).Recipient().String())
	f, err := seal.Seal(h, seal.NewSecret([]byte(strings.Repeat("A", 64))), nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := Paper(f)
	if err != nil || len(h.Regions) != seal.MostRegions || len(h.Recipients) != 3 {
		t.Fatal(err)
	}
	for _, size := range printed.Sizes {
		paper := printed.Print(t, page, size)
		if len(paper.Sheets) != 1 {
			t.Errorf("%s: %d pages", size, len(paper.Sheets))
		}
		if codes := paper.Codes(t); strings.Join(codes, "\n") != strings.TrimSpace(noLinesEmpty(f.Bytes())) {
			t.Errorf("%s: a scanner reads %q", size, codes)
		}
	}
}

// noLinesEmpty returns a text without its empty lines.
func noLinesEmpty(text []byte) string { return strings.ReplaceAll(string(text), "\n\n", "\n") }

// TestTheScriptIsPrintedWhole prints the longest script: each step is on one page with the cells to sign it, and the record is on pages of
// its own.
func TestTheScriptIsPrintedWhole(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for _, holders := range []*[]string{&w.Config.Credentials.PasswordHolders, &w.Config.Credentials.MFAHolders} {
		*holders = append(*holders, holder(t).Recipient().String(), holder(t).Recipient().String())
	}
	c, err := NewCeremony(w.Config, "Ada", true, now)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Page()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range printed.Sizes {
		sheets := printed.Print(t, page, size).Sheets
		record := slices.IndexFunc(sheets, func(s printed.Sheet) bool { return s.Has("Tamper-evident bags") })
		if record < 1 || sheets[record].Has("Initials") || len(sheets)-record > 2 {
			t.Errorf("%s: the record begins on page %d of %d", size, record+1, len(sheets))
		}
	}
}

func TestTheScriptNamesEveryCommandAndHolder(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for rotation, want := range map[bool][]string{false: {"create Ada", "mfa Ada", "key Ada"}, true: {"rotate Ada --folder sealed"}} {
		c, err := NewCeremony(w.Config, "Ada", rotation, now)
		if err != nil {
			t.Fatal(err)
		}
		page, err := c.Page()
		if err != nil {
			t.Fatal(err)
		}
		text := html.UnescapeString(string(page))
		for _, command := range append(want, "verify sealed/*.sealed", "status --folder sealed", "paper sealed/Ada-password") {
			if !strings.Contains(text, "<code>breakglass credentials "+command) {
				t.Errorf("rotation %v: the script lacks %s", rotation, command)
			}
		}
		for _, r := range slices.Concat(w.Config.Credentials.PasswordHolders, w.Config.Credentials.MFAHolders) {
			if !strings.Contains(text, r) || !strings.Contains(text, recipient.Fingerprint(r)) {
				t.Errorf("the script lacks %s", r)
			}
		}
		if strings.Contains(text, "void files being destroyed") != rotation {
			t.Errorf("rotation %v: the old files", rotation)
		}
		if back := strings.Index(text, "Copy the sealed files back into the folder sealed"); back >= 0 != rotation ||
			back > strings.Index(text, "credentials rotate") {
			t.Errorf("rotation %v: the sealed files are not brought back before they are replaced", rotation)
		}
	}
	w.Config.Users[0].AccessKey = ""
	c, err := NewCeremony(w.Config, "Ada", false, now)
	if err != nil {
		t.Fatal(err)
	}
	if page, _ := c.Page(); strings.Contains(string(page), "credentials key") {
		t.Error("a key that is not allowed is in the script")
	}
	if _, err := NewCeremony(w.Config, "Eve", false, now); err == nil {
		t.Error("a script for nobody")
	}
	w.Config.Credentials = config.Credentials{}
	if _, err := NewCeremony(w.Config, "Ada", false, now); err == nil {
		t.Error("a script without holders")
	}
}

// TestTheScriptCanBeReadOnAPhone: cells to sign, which are for paper, leave no room for the steps.
func TestTheScriptCanBeReadOnAPhone(t *testing.T) {
	w := newWorld(t, "")
	c, err := NewCeremony(w.Config, w.User, false, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Page()
	if err != nil || !strings.Contains(string(page), "td:empty { display: none !important; }") {
		t.Errorf("%v: the cells to sign are shown", err)
	}
	if !strings.Contains(string(page), `<td class="sign"></td>`) {
		t.Error("there is a cell to sign that is not empty")
	}
}
