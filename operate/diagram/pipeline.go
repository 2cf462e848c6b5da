package diagram

import (
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"github.com/dustin/go-humanize/english"
)

// stagesShown by name; of more waves, the rest is a number.
const stagesShown = 6

// pipeline draws the pipeline, stage by stage.
func (d *drawing) pipeline() {
	stages := d.Stages()
	if len(stages) == 0 {
		return
	}
	const width, between = pageWidth - 2*edge, 28
	top, height := d.y+16, 60+thingHeight+16
	d.box("account", edge, top, width, height)
	d.text("big", edge+16, top+26, width-32, "Pipeline in "+d.Config.Hub.Region)
	d.text("small", edge+16, top+46, width-32, names.PipelineStack+": deploys what is in "+sourceOf(d.Config.Pipeline.Source)+", and runs a drill at the end")
	approvals, stacks := map[string]bool{config.HubStage: d.Config.Pipeline.Approval}, map[string]int{}
	for _, w := range d.Config.Pipeline.Waves {
		approvals[w.Name] = w.Approval
	}
	for _, at := range d.Placements {
		stacks[at.Stage]++
	}
	shown := stages
	if len(stages) > stagesShown {
		shown = stages[:stagesShown-1]
	}
	boxes := min(len(stages), stagesShown)
	each := min(240, (width-32-(boxes-1)*between)/boxes)
	x, y := edge+16, top+60
	for i, stage := range shown {
		about := count(stacks[stage], "stack")
		if approvals[stage] {
			about += ", once approved"
		}
		d.stage(i, x, y, each, between, stage, about)
		x += each + between
	}
	if more := len(stages) - len(shown); more > 0 {
		d.stage(1, x, y, each, between, english.Plural(more, "more wave", ""), "")
	}
	d.y = top + height
}

// stage draws one, with the way from that before.
func (d *drawing) stage(i, x, y, each, between int, name, about string) {
	d.thing("thing", x, y, each, name, about)
	if i > 0 {
		d.line("way", "M%d %d H%d", x-between, y+thingHeight/2, x)
	}
}

func sourceOf(s config.Source) string {
	switch {
	case s.CodeConnections.Repository != "":
		return s.CodeConnections.Repository + ", " + s.CodeConnections.Branch
	case s.CodeCommit.Repository != "":
		return s.CodeCommit.Repository + ", " + s.CodeCommit.Branch
	}
	return "s3://" + s.S3.Bucket + "/" + s.S3.Key
}
