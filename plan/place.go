package plan

import (
	"example.com/breakglass/config"
	"example.com/breakglass/place"
)

// Place returns where the stack is deployed.
func (p Placement) Place() place.Place { return config.PlaceOf(p.Account, p.Region) }
