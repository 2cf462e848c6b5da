package plan

import (
	"errors"

	"example.com/breakglass/config"
)

// Load reads the file at a path, checks it, and plans what it describes. The error for a file that has to be changed is a
// config.Problems, also where a stack would be larger than AWS allows: it then names the problems of both kinds.
func Load(path string) (Plan, error) {
	c, err := config.LoadSound(path)
	if err == nil {
		return New(c)
	}
	var problems config.Problems
	if c != nil && errors.As(err, &problems) {
		return Plan{}, problems.Merge(Of(c).overLimits())
	}
	return Plan{}, err
}

// New plans what a configuration describes. The error for one that does not fit what AWS allows is a config.Problems.
func New(c *config.Config) (Plan, error) {
	p := Of(c)
	if problems := p.overLimits(); len(problems) > 0 {
		return Plan{}, problems
	}
	return p, nil
}
