package docs

import (
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/plan"
)

// TestTheNumberOfUsersIsThatOfThePlan: the page on scale says how many users fit, with the longest names and with short ones.
func TestTheNumberOfUsersIsThatOfThePlan(t *testing.T) {
	reviewed.Part(t, "scale.md", "users", fmt.Sprintf("With one recipient and the default instructions, %d users with names of 64 characters fit into the hub's template, or %d with names of 3 characters.",
		usersThatFit(t, 64), usersThatFit(t, 3)))
}

// usersThatFit returns how many users with names of so many letters fit, beside one recipient and the default of the rest.
func usersThatFit(t *testing.T, letters int) int {
	t.Helper()
	file := "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [security-team@example.com]}\nusers:\n"
	for n := range 100 {
		file += fmt.Sprintf("  - name: %s%02d\n", strings.Repeat("u", letters-2), n)
		c, err := config.Parse("scale.yaml", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.New(c); err != nil {
			return n
		}
	}
	t.Fatal("a hundred users fit")
	return 0
}
