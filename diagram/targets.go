package diagram

import (
	"fmt"

	"example.com/breakglass/names"
)

const (
	// targetsShown by name; of more, the rest is a number.
	targetsShown  = 20
	targetColumns = 4
)

// targets are the accounts that the users get into.
func (d *drawing) targets() {
	const width = pageWidth - 2*edge
	all := d.Config.Targets
	from := inner + 340 + (innerWidth-340)/2
	top := d.y + 30
	if len(all) == 0 {
		d.box("absent", edge, top, width, 48)
		d.text("small", edge+16, top+29, width-32, "No target accounts: the users get into the hub account only.")
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
	d.text("big", edge+16, top+26, width-32, count(len(all), "target account"))
	d.text("small", edge+16, top+46, width-32, names.RoleStack+"<account>: "+d.Config.Role.Name+" trusts these users, with MFA")
	const each = (width - 32 - (targetColumns-1)*8) / targetColumns
	for i, t := range shown {
		account := t.Account
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
