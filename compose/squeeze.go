package compose

import "strings"

// squeeze returns JSONata without the spaces and line ends between its tokens that are there for its readers: each takes up to three
// bytes of the template, and so room from the names of accounts. Texts and regular expressions stay as they are. Any slash begins a
// regular expression: the composer divides nothing.
func squeeze(expression string) string {
	var b strings.Builder
	last := byte(0)
	for i := 0; i < len(expression); {
		c := expression[i]
		switch {
		case c == '\'' || c == '/':
			end := i + 1
			for expression[end] != c {
				if expression[end] == '\\' {
					end++
				}
				end++
			}
			b.WriteString(expression[i : end+1])
			i, last = end+1, c
		case c == ' ' || c == '\n':
			for i < len(expression) && (expression[i] == ' ' || expression[i] == '\n') {
				i++
			}
			if i < len(expression) && inName(last) && inName(expression[i]) {
				b.WriteByte(' ')
			}
		default:
			b.WriteByte(c)
			i, last = i+1, c
		}
	}
	return b.String()
}

// inName reports whether two such characters without a space between them would become one name or one number.
func inName(c byte) bool {
	return c == '$' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
