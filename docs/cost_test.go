package docs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/cost"
	"example.com/breakglass/plan"
)

func TestCostPage(t *testing.T) {
	columns := costs(t)
	reviewed.Part(t, "cost.md", "cost", costTable(columns))
	var sums []string
	for _, c := range columns {
		sums = append(sums, fmt.Sprintf("%.2f USD a month for %s", cost.Total(c.lines), c.name))
	}
	reviewed.Part(t, readme, "cost", "**What it costs.** With everything on that is on by default, and whatever the number of targets: "+strings.Join(sums, ", ")+
		". [How that is calculated](docs/cost.md).")
}

// column is what one configuration costs.
type column struct {
	name  string
	lines []cost.Line
}

// costs estimates three configurations: the Regions that are always on, every Region, and every Region with a standby.
func costs(t *testing.T) []column {
	t.Helper()
	var columns []column
	for _, keys := range []struct{ name, regions, hub string }{
		{"%d Regions", "always-on", `{account: "111111111111"}`},
		{"%d Regions", "all", `{account: "111111111111"}`},
		{"%d Regions and a standby", "all", `{account: "111111111111", standby: us-west-2}`},
	} {
		c, err := config.Parse("docs.yaml",
			fmt.Appendf(nil, "version: 1\nalerts: {email: [security-team@example.com]}\nregions: %s\nhub: %s\n", keys.regions, keys.hub))
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column{fmt.Sprintf(keys.name, len(c.Regions)), cost.Estimate(plan.Of(c))})
	}
	return columns
}

func costTable(columns []column) string {
	head, total := []string{"Item", "USD each"}, []string{"**together**", ""}
	var rows [][]string
	for i, c := range columns {
		head, total = append(head, c.name), append(total, fmt.Sprintf("**%.2f**", cost.Total(c.lines)))
		for j, l := range c.lines {
			if i == 0 {
				rows = append(rows, []string{l.Price.Item, fmt.Sprintf("%.2f / %s", l.Price.USD, l.Price.Unit)})
			}
			rows[j] = append(rows[j], fmt.Sprintf("%s: %.2f", quantity(l.Quantity), l.USD))
		}
	}
	// What only a pipeline costs is on its own page.
	rows = slices.DeleteFunc(rows, func(row []string) bool {
		return !slices.ContainsFunc(row[2:], func(cell string) bool { return !strings.HasPrefix(cell, "0: ") })
	})
	return table(head, append(rows, total))
}

func quantity(n float64) string {
	if n == float64(int(n)) {
		return fmt.Sprint(int(n))
	}
	return fmt.Sprintf("%.2f", n)
}

// TestTheCostOfObservers compares the sums on their page with the estimate.
func TestTheCostOfObservers(t *testing.T) {
	page := strings.Join(strings.Fields(read(t, "observers.md")), " ")
	for accounts, text := range map[int]string{30: "for 30 accounts and two hubs %.2f USD", 1000: "for 1,000 accounts %.2f USD"} {
		var targets strings.Builder
		for i := range accounts {
			fmt.Fprintf(&targets, "  - {account: \"%012d\"}\n", 222222222222+i)
		}
		sum := func(observers string) float64 {
			c, err := config.Parse("docs.yaml",
				fmt.Appendf(nil, "version: 1\nalerts: {email: [security-team@example.com]}\nhub: {account: \"111111111111\", standby: us-west-2}\n%stargets:\n%s",
					observers, targets.String()))
			if err != nil {
				t.Fatal(err)
			}
			return cost.Total(cost.Estimate(plan.Of(c)))
		}
		want := fmt.Sprintf(text, sum("observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n")-sum(""))
		if !strings.Contains(page, want) {
			t.Errorf("observers.md does not say that it costs, %s", want)
		}
	}
}
