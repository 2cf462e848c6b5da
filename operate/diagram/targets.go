package diagram

import (
	"fmt"
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

const (
	// targetsShown by name; of more, the rest is a number.
	targetsShown  = 20
	targetColumns = 4
)

// targetCount returns how many accounts and units the users can access. each is added for a unit.
func targetCount(c *config.Config, each string) string {
	accounts := count(len(c.Targets), "target account")
	if len(c.Units) == 0 {
		return accounts
	}
	return accounts + " and " + each + count(len(c.Units), "organizational unit")
}

// targets draws the accounts that the users can access, and the units with all their accounts.
func (d *drawing) targets() {
	const width = pageWidth - 2*edge
	// A unit covers many accounts, so it comes first.
	all := slices.Concat(d.Config.Units, d.Config.Targets)
	from := inner + 340 + (innerWidth-340)/2
	top := d.y + 30
	if len(all) == 0 {
		d.box("absent", edge, top, width, 48)
		d.text("small", edge+16, top+29, width-32, "No target accounts: the users can enter the hub account only.")
		d.y = top + 48
		return
	}
	shown := all[:min(len(all), targetsShown)]
	rows := (len(shown) + targetColumns - 1) / targetColumns
	height := 60 + rows*(thingHeight+8) + 8
	if len(all) > len(shown) {
		height += 22
	}
	d.box("account", edge, top, width, height)
	d.line("way", "M%d %d V%d", from, d.y-16, top)
	d.text("small", from+10, d.y+19, 260, "sts:AssumeRole, with MFA")
	d.observers(top)
	d.text("big", edge+16, top+26, width-32, targetCount(d.Config, "every account of "))
	d.text("small", edge+16, top+46, width-32, names.RoleStack+"<account>: "+d.Config.Role.Name+" trusts these users, with MFA")
	const each = (width - 32 - (targetColumns-1)*8) / targetColumns
	for i, t := range shown {
		account := t.ID()
		if t.OrganizationalUnit != "" {
			// A second frame behind it shows that it covers many.
			x, y := edge+16+i%targetColumns*(each+8), top+60+i/targetColumns*(thingHeight+8)
			d.box("thing", x+4, y+4, each-4, thingHeight)
			name := "every account of " + t.Name
			if t.Name == t.ID() {
				name = "every account of the unit"
			}
			d.thing("thing", x, y, each-4, name, account)
			continue
		}
		if t.Region != d.Config.Hub.Region {
			account += ", " + t.Region
		}
		if t.Name == t.Account {
			d.thing("thing", edge+16+i%targetColumns*(each+8), top+60+i/targetColumns*(thingHeight+8), each, account, "")
			continue
		}
		d.thing("thing", edge+16+i%targetColumns*(each+8), top+60+i/targetColumns*(thingHeight+8), each, t.Name, account)
	}
	if more := len(all) - len(shown); more > 0 {
		d.text("small", edge+16, top+height-14, width-32, fmt.Sprintf("… and %d more", more))
	}
	d.y = top + height
}

// observers draws how the hubs receive the records of the target accounts. top is where those are drawn.
func (d *drawing) observers(top int) {
	regions := d.Config.Observers.Regions
	if len(regions) == 0 || len(d.buses) == 0 {
		return
	}
	const bus = inner + 16
	d.line("trunk", "M%d %d V%d", trunkX, top, d.buses[0])
	for _, y := range d.buses {
		d.line("way", "M%d %d H%d", trunkX, y, bus)
	}
	observers := "observers in "
	if d.Config.Observers.Activity {
		observers = "observers, of sessions too, in "
	}
	d.text("small", trunkX+10, top-11, 340, observers+some(regions, 2)+" of each")
}
