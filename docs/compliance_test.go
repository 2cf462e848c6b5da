package docs

import (
	"regexp"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/compliance"
)

func TestCompliancePage(t *testing.T) {
	var page strings.Builder
	for _, s := range compliance.Sources {
		var rows [][]string
		for _, d := range s.Demands {
			var files []string
			for _, k := range d.Evidence {
				files = append(files, string(k))
			}
			rows = append(rows, []string{d.ID, d.Asks, d.Given, d.Proof, strings.Join(files, ", ")})
		}
		page.WriteString("## " + s.Name + "\n\n" + textsOf(s) + "\n\n" + table([]string{"Where", "Demand", "What is given", "Proof", "In a pack"}, rows) + "\n\n")
	}
	reviewed.Part(t, "compliance.md", "demands", page.String())
}

// textsOf returns the sentence with the addresses of a source.
func textsOf(s compliance.Source) string {
	var links []string
	for _, text := range s.Texts {
		if text.Name == "" {
			return "[The text](" + text.Address + ")."
		}
		links = append(links, "["+text.Name+"]("+text.Address+")")
	}
	intro := "The texts"
	if s.Note != "" {
		intro = s.Note
	}
	return intro + ": " + strings.Join(links, ", ") + "."
}

// TestEveryDemandHasItsProof: something to run or to read, or, where nothing is given, who has to.
func TestEveryDemandHasItsProof(t *testing.T) {
	proof := regexp.MustCompile("`breakglass [a-z]+|\\]\\([a-z]+\\.md\\)")
	served := map[compliance.Kind]int{}
	for _, s := range compliance.Sources {
		if len(s.Texts) == 0 || len(s.Demands) == 0 {
			t.Errorf("%s has no text or no demand", s.Name)
		}
		for _, text := range s.Texts {
			if !strings.HasPrefix(text.Address, "https://") || len(s.Texts) > 1 && text.Name == "" {
				t.Errorf("%s: text %+v", s.Name, text)
			}
		}
		seen := map[string]bool{}
		for _, d := range s.Demands {
			if d.ID == "" || d.Asks == "" || d.Given == "" || d.Proof == "" || d.Given != compliance.NotGiven && !proof.MatchString(d.Proof) || seen[d.ID] {
				t.Errorf("%s, %s is not complete, or is there twice", s.Name, d.ID)
			}
			seen[d.ID] = true
			for _, k := range d.Evidence {
				served[k]++
			}
		}
	}
	for _, k := range compliance.Kinds() {
		if served[k] == 0 || len(compliance.Of(k)) != served[k] {
			t.Errorf("%s serves %d demands, and Of says %d", k, served[k], len(compliance.Of(k)))
		}
		delete(served, k)
	}
	if len(served) > 0 {
		t.Errorf("no kinds: %v", served)
	}
}
