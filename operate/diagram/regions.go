package diagram

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const (
	regionRows   = 8
	regionHeight = 22
	regionGap    = 5
	padding      = 10
	gap          = 12
	// widest is what one name of a Region gets at most.
	widest = 200
)

// group is a part of the world with its Regions that forward.
type group struct {
	name    string
	regions []string
}

// columns that its Regions take.
func (g group) columns() int { return (len(g.regions) + regionRows - 1) / regionRows }

// forwarders draws the Regions that forward their events to the hubs, by part of the world. The hubs' own Regions are drawn as
// hubs.
func (d *drawing) forwarders() {
	var groups []group
	columns := 0
	for _, part := range watch.WorldParts {
		g := group{name: part.Name}
		for _, at := range d.of[plan.Forwarder] {
			if watch.WorldPartOf(at.Region) == part.Name && !slices.Contains(d.Config.HubRegions(), at.Region) {
				g.regions = append(g.regions, at.Region)
			}
		}
		if len(g.regions) > 0 {
			groups = append(groups, g)
			columns += g.columns()
		}
	}
	d.unwatched()
	if len(groups) == 0 {
		return
	}
	// What the frames leave is shared by the columns.
	each := min(widest, (innerWidth-(len(groups)-1)*gap-len(groups)*2*padding-(columns-len(groups))*regionGap)/columns)
	rows := 0
	for _, g := range groups {
		rows = max(rows, (len(g.regions)+g.columns()-1)/g.columns())
	}
	height := 34 + rows*(regionHeight+regionGap) + padding - regionGap
	collector := d.y + height + 18
	x := inner
	for _, g := range groups {
		n := g.columns()
		width := 2*padding + n*each + (n-1)*regionGap
		d.box("region", x, d.y, width, height)
		d.text("bold", x+padding, d.y+22, width-2*padding, fmt.Sprintf("%s: %d", g.name, len(g.regions)))
		perColumn := (len(g.regions) + n - 1) / n
		for i, region := range g.regions {
			left := x + padding + i/perColumn*(each+regionGap)
			top := d.y + 34 + i%perColumn*(regionHeight+regionGap)
			d.box("thing", left, top, each, regionHeight)
			fmt.Fprintf(&d.body, "  <text class=\"mid\" style=\"font-size:13px\" x=\"%d\" y=\"%d\">%s</text>\n", left+each/2, top+16, region)
		}
		d.line("trunk", "M%d %d V%d H%d", x+width/2, d.y+height, collector, trunkX)
		x += width + gap
	}
	d.text("small", inner, collector+17, innerWidth, "the same rules in each, "+names.ForwarderStack+"<region>; carried by "+names.ForwardRole)
	d.trunk = collector
	d.y = collector + 34
}

// unwatched names the Regions that the file leaves out on purpose.
func (d *drawing) unwatched() {
	var left []string
	for _, u := range d.Config.Unwatched {
		left = append(left, u.Region)
	}
	if len(left) == 0 {
		return
	}
	d.text("small", inner, d.y+6, innerWidth, "not watched, on purpose: "+some(left, 4))
	d.y += 20
}

// some names the first of a list, and counts the rest.
func some(list []string, shown int) string {
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
