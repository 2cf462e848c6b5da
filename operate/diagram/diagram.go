// Package diagram draws a plan as an SVG picture: at the top the Regions that forward events, below them the hub and its
// subscribers, and the accounts that the users can access. It is readable in light and dark mode, and needs no font. It may
// import the plan and what the plan is made from; it asks AWS nothing.
package diagram

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// The columns: the hub account on the left with the Regions in it, people on the right.
const (
	edge        = 16
	hubWidth    = 736
	inner       = 52
	innerWidth  = 684
	peopleLeft  = 800
	peopleWidth = pageWidth - edge - peopleLeft
	trunkX      = 34
	lineHeight  = 19
)

// SVG returns the picture of a plan.
func SVG(p plan.Plan) string {
	d := &drawing{Plan: p, of: map[plan.Kind][]plan.Placement{}, alarms: p.Alarms()}
	for _, at := range p.Placements {
		d.of[at.Kind] = append(d.of[at.Kind], at)
	}
	title := "Break glass, hub account " + p.Config.Hub.Account
	about := fmt.Sprintf("%s in %s. %s watched; alerts go out from %s; %s.", count(len(p.Placements), "stack"), count(d.regions(), "Region"),
		count(len(p.Config.Regions), "Region"), strings.Join(p.Config.HubRegions(), " and "), targetCount(p.Config, ""))
	d.text("big", edge, 32, pageWidth-2*edge, title)
	d.text("small", edge, 52, pageWidth-2*edge, about)

	// The contents of the hub account are drawn over its frame, whose height is known only then.
	inside := &drawing{Plan: p, of: d.of, alarms: d.alarms, y: 102}
	inside.sources()
	inside.forwarders()
	inside.hubs()
	inside.users()
	d.box("account", edge, 66, hubWidth, inside.y-66)
	d.text("big", edge+16, 90, hubWidth-32, "Hub account "+p.Config.Hub.Account)
	d.body.WriteString(inside.body.String())
	d.y, d.buses = inside.y, inside.buses
	d.targets()
	d.pipeline()
	return d.page(title, about, d.y+edge)
}

// drawing is a canvas with what is drawn, and how far down it has come.
type drawing struct {
	canvas
	plan.Plan
	of     map[plan.Kind][]plan.Placement
	alarms []plan.Alarm
	// y is where the next part begins.
	y int
	// trunk is where the way of the Regions' events to the hubs begins; 0 where no Region forwards.
	trunk int
	// buses are the heights of the hubs' buses.
	buses []int
}

// regions returns the number of Regions that have a stack.
func (d *drawing) regions() int {
	seen := map[string]bool{}
	for _, at := range d.Placements {
		seen[at.Region] = true
	}
	return len(seen)
}

// sources draws where the records come from, and the second path to people, which does not depend on the hub.
func (d *drawing) sources() {
	about, class := "existing: multi-Region, read and write", "absent"
	if d.Config.Trail == config.TrailCreate {
		about, class = names.Trail+", in "+d.Config.Hub.Region, "thing"
	}
	d.thing(class, inner, d.y, 320, "CloudTrail trail", about)
	d.text("small", inner+332, d.y+19, 180, "puts the records on each")
	d.text("small", inner+332, d.y+36, 180, "Region's default bus")
	if d.Config.Monitoring.Canary {
		d.text("small", inner+332, d.y+53, 180, "proven hourly by the canary")
	}
	if at := d.of[plan.Notifications]; len(at) > 0 {
		d.thing("alarm", 548, d.y, 188, "User Notifications", "in "+at[0].Region)
		d.panel(d.y-6, 58, "Notified by AWS directly", emails(d.Config.UserNotifications.Email, 1))
		d.line("rings", "M736 %d H%d", d.y+22, peopleLeft)
	}
	d.y += thingHeight + 16
}

// hubs draws the hub Region and the standby, each with its topic and its subscribers.
func (d *drawing) hubs() {
	const bus, rules, alarms, composerWidth, right, rightWidth = inner + 16, inner + 180, inner + 344, 120, 548, 172
	var buses, topics, chats []int
	c := d.Config
	for i, region := range c.HubRegions() {
		stack := names.HubStack
		if i > 0 {
			stack = names.StandbyStack
		}
		top := d.y
		rows := 2
		if d.chatIn(region) {
			rows++
		}
		height := 36 + rows*(thingHeight+16)
		d.box("region", inner, top, innerWidth, height)
		d.text("bold", inner+40, top+23, 130, region)
		d.text("small", rules, top+23, 500, stack)
		row := func(i int) int { return top + 36 + i*(thingHeight+16) }
		d.thing("thing", bus, row(0), 120, "default bus", "")
		d.thing("thing", rules, row(0), 148, "rules", d.ruleCount(region))
		d.thing("thing", rules, row(1), 148, "ledger", fmt.Sprintf("kept for %d days", c.Ledger.RetentionDays))
		d.line("way", "M%d %d H%d", bus+120, row(0)+22, rules)
		d.line("way", "M%d %d V%d", rules+74, row(0)+thingHeight, row(1))
		d.thing("alarm", right, row(0), rightWidth, "topic", "encrypted, own key")
		d.thing("thing", alarms, row(0), composerWidth, "composer", "writes alerts")
		d.line("rings", "M%d %d H%d", rules+148, row(0)+22, alarms)
		d.line("rings", "M%d %d H%d", alarms+composerWidth, row(0)+22, right)
		number, about := d.alarmsIn(region)
		d.thing("thing", alarms, row(1), 136, number, about)
		// The alarms notify by themselves, past the composer.
		d.line("rings", "M%d %d V%d H%d", alarms+composerWidth+8, row(1), row(0)+34, right)
		if i == 0 && len(d.of[plan.Dashboard]) > 0 {
			d.thing("thing", right, row(1), rightWidth, "dashboard", "and saved queries")
		}
		if d.chatIn(region) {
			// Between the composer and the alarms, and between those and the ledger, there is room for its way.
			d.thing("alarm", right, row(2), rightWidth, "chat topic", names.ChatTopic)
			d.line("rings", "M%d %d V%d H%d V%d H%d", alarms+8, row(0)+thingHeight, row(0)+thingHeight+8, alarms-8, row(2)+22, right)
			chats = append(chats, row(2)+22)
		}
		buses = append(buses, row(0)+22)
		topics = append(topics, row(0)+22)
		d.y = top + height + 34
	}
	if d.trunk > 0 {
		d.line("trunk", "M%d %d V%d", trunkX, d.trunk, buses[len(buses)-1])
		for _, y := range buses {
			d.line("way", "M%d %d H%d", trunkX, y, bus)
		}
	}
	if len(buses) > 1 {
		d.line("way both", "M%d %d V%d", bus+12, buses[0]+22, buses[1]-22)
		d.text("small", inner+40, buses[1]-22-36-11, 300, "each carries its own Region to the other")
	}
	d.people(topics, chats)
	d.buses = buses
	d.y -= 14
}

func (d *drawing) chatIn(region string) bool {
	return slices.ContainsFunc(d.of[plan.Chat], func(at plan.Placement) bool { return at.Region == region })
}

// ruleCount counts the rules that watch, not those of the heartbeats.
func (d *drawing) ruleCount(region string) string {
	n := 0
	for _, at := range d.Placements {
		if at.Place() != d.Config.HubIn(region) {
			continue
		}
		for _, rule := range d.Rules(at, plan.Refs{}) {
			if _, watches := rule.Target(plan.LedgerTarget); watches {
				n++
			}
		}
	}
	return fmt.Sprintf("%d, capture-…", n)
}

func (d *drawing) alarmsIn(region string) (name, about string) {
	n, beats := 0, 0
	for _, a := range d.alarms {
		if a.Region == region {
			n++
			if a.Kind == plan.SilenceAlarm {
				beats++
			}
		}
	}
	if beats == 0 {
		return count(n, "alarm"), "none on silence"
	}
	return count(n, "alarm"), fmt.Sprintf("%d on silence", beats)
}

// users draws the emergency users and what their group permits.
func (d *drawing) users() {
	const shown = 4
	var lines []string
	for i, u := range d.Config.Users {
		if i == shown {
			lines = append(lines, fmt.Sprintf("and %d more", len(d.Config.Users)-shown))
			break
		}
		lines = append(lines, u.Name)
	}
	height := max(68, 40+len(lines)*lineHeight)
	d.box("thing", inner, d.y, 300, height)
	d.text("bold", inner+16, d.y+23, 270, "emergency users")
	for i, line := range lines {
		d.text("", inner+16, d.y+45+i*lineHeight, 270, line)
	}
	group := inner + 340
	d.box("thing", group, d.y, innerWidth-340, height)
	d.text("bold", group+16, d.y+23, 310, "group "+names.Group)
	d.text("small", group+16, d.y+42, 310, "may assume "+d.Config.Role.Name)
	d.text("small", group+16, d.y+59, 310, "the guard: nothing without MFA")
	d.line("way", "M%d %d H%d", inner+300, d.y+34, group)
	d.y += height + 16
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if n == 0 {
		return "no " + thing + "s"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
