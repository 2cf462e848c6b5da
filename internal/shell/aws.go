package shell

import "strings"

// AWS returns the words of a command of the AWS CLI that asks a Region with a profile, as the run that prints it did; either may be empty.
func AWS(region, profile string, words ...string) []string {
	all := append([]string{"aws"}, words...)
	if region != "" {
		all = append(all, "--region", region)
	}
	if profile != "" {
		all = append(all, "--profile", profile)
	}
	return all
}

// Each returns a command that runs once for each value: variable has its name in words, as in ${user}. With a single value, that stands
// in the command itself. flags end the command; they are quoted already.
func Each(variable string, values, words []string, flags string) string {
	reference := "${" + variable + "}"
	if len(values) == 1 {
		filled := make([]string, len(words))
		for i, word := range words {
			filled[i] = strings.ReplaceAll(word, reference, values[0])
		}
		return Quote(filled...) + flags
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i] = Quote(word); strings.Contains(word, reference) {
			parts := strings.Split(word, reference)
			for j, part := range parts {
				parts[j] = inDouble.Replace(part)
			}
			quoted[i] = `"` + strings.Join(parts, reference) + `"`
		}
	}
	return "for " + variable + " in " + Quote(values...) + "; do " + strings.Join(quoted, " ") + flags + "; done"
}

// inDouble escapes what a shell changes between double quotation marks.
var inDouble = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`")
