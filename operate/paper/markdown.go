package paper

import (
	"fmt"
	"slices"
	"strings"
)

// Markdown returns the document for a wiki. It has the addresses without their codes.
func (d Document) Markdown() []byte { return d.markdown(markdown{}) }

// Narrow returns the Markdown for a terminal, whose lines may break anywhere: rows of tables are items of lists.
func (d Document) Narrow() []byte { return d.markdown(markdown{narrow: true}) }

func (d Document) markdown(m markdown) []byte {
	for i, s := range d.Sheets {
		if i > 0 {
			m.line("---")
		}
		m.line("# %s", escaped(s.Title))
		m.text(s.Lead)
		for _, b := range s.Blocks {
			m.block(b)
		}
	}
	m.line("---")
	m.line("%s", escaped(d.Foot))
	return m.out
}

// markdown is written paragraph by paragraph.
type markdown struct {
	out    []byte
	narrow bool
}

// line adds a paragraph.
func (m *markdown) line(format string, args ...any) {
	if len(m.out) > 0 {
		m.out = append(m.out, '\n')
	}
	m.out = fmt.Appendf(m.out, format+"\n", args...)
}

// more adds a line to the paragraph, list or table before it.
func (m *markdown) more(format string, args ...any) { m.out = fmt.Appendf(m.out, format+"\n", args...) }

func (m *markdown) text(t Text) {
	if len(t) > 0 {
		m.line("%s", inline(t))
	}
}

func (m *markdown) block(b Block) {
	if b.Heading != "" {
		m.line("## %s", escaped(b.Heading))
	}
	if len(b.Warning) > 0 {
		m.line("**%s**", inline(b.Warning))
	}
	for _, t := range b.Texts {
		m.text(t)
	}
	m.items(len(b.Facts), func(i int) string { return escaped(b.Facts[i].Name) + ": " + values(b.Facts[i].Values) })
	m.items(len(b.Steps), func(i int) string { return "[ ] " + inline(b.Steps[i]) })
	m.table(b.Table)
	m.items(len(b.Addresses), func(i int) string { return address(b.Addresses[i]) })
	m.items(len(b.Typed), func(i int) string { return "<" + b.Typed[i] + ">" })
	if len(b.Commands) > 0 {
		m.line("```sh\n%s\n```", strings.Join(b.Commands, "\n"))
	}
	for i, p := range b.Places {
		if i == 0 {
			m.line("- %s", placed(p))
		} else {
			m.more("- %s", placed(p))
		}
		for _, a := range p.Addresses {
			m.more("  - %s", address(a))
		}
		if p.Command != "" {
			m.more("  - %s", code(p.Command))
		}
	}
	for _, t := range b.After {
		m.text(t)
	}
}

// items adds a list.
func (m *markdown) items(n int, text func(i int) string) {
	for i := range n {
		if i == 0 {
			m.line("- %s", text(i))
			continue
		}
		m.more("- %s", text(i))
	}
}

func (m *markdown) table(t Table) {
	switch {
	case len(t.Rows) == 0:
		return
	case m.narrow:
		m.items(len(t.Rows), func(i int) string {
			var cells []string
			for j, cell := range t.Rows[i] {
				cells = append(cells, escaped(t.Head[j])+": "+inline(cell))
			}
			return strings.Join(cells, "\n  ")
		})
		return
	}
	m.line("| %s |", strings.Join(t.Head, " | "))
	m.more("|%s", strings.Repeat("---|", len(t.Head)))
	for _, row := range t.Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, inCell(cell))
		}
		m.more("| %s |", strings.Join(cells, " | "))
	}
}

func address(a Address) string {
	text := escaped(a.Label) + ": <" + a.URL + ">"
	if a.Note != "" {
		text += " (" + escaped(a.Note) + ")"
	}
	return text
}

func placed(p Place) string {
	text := escaped(p.Name)
	if p.ID != p.Name {
		text += " " + code(p.ID)
	}
	if p.Note != "" {
		text += ": " + escaped(p.Note)
	}
	return text
}

func values(list []string) string {
	if len(list) == 0 {
		return strings.Repeat(`\_`, 20)
	}
	var all []string
	for _, v := range list {
		all = append(all, escaped(v))
	}
	return strings.Join(all, "; ")
}

func inline(t Text) string {
	var out strings.Builder
	for _, s := range t {
		if s.Code {
			out.WriteString(code(s.Text))
		} else {
			out.WriteString(escaped(s.Text))
		}
	}
	return out.String()
}

// inCell returns a text for a table, where code has its pipes escaped, too: outside of tables, that is a part of the code.
func inCell(t Text) string {
	cell := slices.Clone(t)
	for i, s := range cell {
		if s.Code {
			cell[i].Text = strings.ReplaceAll(s.Text, "|", `\|`)
		}
	}
	return inline(cell)
}

// code returns a text between as many backticks as it needs.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// markup are the characters that Markdown and the HTML in it take for more than themselves.
var markup = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "#", `\#`, "|", `\|`, "~", `\~`,
)

// escaped returns a text in which no character is markup.
func escaped(text string) string { return markup.Replace(text) }
