package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

// needsTrail reports whether the account has no multi-Region trail of its own or of its organization.
func (t *trial) needsTrail(ctx context.Context) (bool, error) {
	out, err := cloudtrail.NewFromConfig(t.caller.In(hubRegion)).DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
	if err != nil {
		return false, account.Explain(err, "looking for a trail")
	}
	for _, trail := range out.TrailList {
		if aws.ToBool(trail.IsMultiRegionTrail) {
			return false, nil
		}
	}
	return true, nil
}

// write writes the configuration of the trial, and plans it.
func (t *trial) write(trail bool) error {
	t.file = filepath.Join(t.folder, "breakglass.yaml")
	alerts := map[string]any{"sqs": []string{t.queueARN()}, "instructions": "This is the trial of make live: nobody has to do anything."}
	if t.mail != "" {
		alerts["email"] = []string{t.mail}
	}
	target := map[string]any{"account": t.target, "name": "sandbox"}
	whole := map[string]any{
		"version": 1,
		"hub":     map[string]any{"account": t.hub, "region": hubRegion, "standby": standbyRegion},
		"regions": []string{hubRegion, standbyRegion, furtherRegion}, "alerts": alerts, "targets": []any{target},
		// Only so is everything removed at the end.
		"terminationProtection": false,
	}
	if trail {
		whole["trail"] = config.TrailCreate
	}
	if t.monitor != "" {
		whole["monitoring"] = map[string]any{"deadMansSwitch": map[string]any{"url": t.monitor}}
	}
	if t.target != t.hub {
		whole["observers"] = map[string]any{"regions": []string{hubRegion, standbyRegion}}
	}
	text, err := yaml.Marshal(whole)
	if err != nil {
		return err
	}
	if err := file.Write(t.file, text); err != nil {
		return err
	}
	p, err := plan.Load(t.file)
	t.config = p.Config
	return err
}

// inspect refuses an account that is no empty sandbox.
func (t *trial) inspect(ctx context.Context, number string) error {
	cfg, err := t.at(ctx, number, hubRegion)
	if err != nil {
		return err
	}
	used := []string{hubRegion, standbyRegion, furtherRegion}
	regions, err := deploy.EnabledRegions(ctx, t.keys, number, hubRegion)
	if err != nil {
		regions = config.AlwaysOnRegions()
	}
	t.Out.Line("looking at account %s in %d Regions", number, len(regions))
	return sandbox{
		number: number, regions: regions, used: used, users: iam.NewFromConfig(cfg), organization: organizations.NewFromConfig(cfg),
		stacks: func(region string) stackAPI {
			in := cfg.Copy()
			in.Region = region
			return cloudformation.NewFromConfig(in)
		},
	}.fit(ctx)
}

// deploy makes the queue that receives what people do, deploys the app, checks and drills it. The error is why nothing can be asked.
func (t *trial) deploy(ctx context.Context) (err error) {
	if err := cdkcli.Install(ctx, t.Root, func(line string) { t.Out.Line("  %s", line) }); err != nil {
		return err
	}
	if err := t.openBox(ctx); err != nil {
		return err
	}
	t.undo.add("what breakglass deploy has made", t.destroy)
	if t.deployed, err = t.breakglass(ctx, "deploy", "--yes", "--project", t.Root); err != nil {
		return err
	}
	if t.deployed.code != 0 {
		return fmt.Errorf("breakglass deploy ended with code %d: that is an answer, too; see %s", t.deployed.code, t.folder)
	}
	if err := t.confirmMails(ctx); err != nil {
		return err
	}
	if t.checked, err = t.breakglass(ctx, "check", "--html", filepath.Join(t.folder, "check.html")); err != nil {
		return err
	}
	t.drilled, err = t.breakglass(ctx, "drill", "--yes", "--evidence", filepath.Join(t.folder, "drill.json"))
	return err
}

// removals is how often the removal is tried: CloudFormation may still be busy with what was interrupted.
const removals = 4

// destroy removes the app with the CLI, which lists what is left.
func (t *trial) destroy(ctx context.Context) error {
	pause := time.Minute
	if t.Local {
		pause = time.Second
	}
	for attempt := 1; ; attempt++ {
		r, err := t.breakglass(ctx, "destroy", "--account", t.hub)
		switch {
		case err != nil:
			return err
		case r.code == 0:
			return nil
		case attempt == removals:
			return fmt.Errorf("breakglass destroy ended with code %d and lists above what is left; %s repeats it", r.code, t.removal())
		}
		t.Out.Line("  trying again in %v", pause)
		time.Sleep(pause)
	}
}

// confirmMails has a person confirm the subscriptions, before the first alert is sent.
func (t *trial) confirmMails(ctx context.Context) error {
	if t.mail == "" || t.Local {
		return nil
	}
	err := t.Person.do(ctx, fmt.Sprintf("Two mails of AWS are on their way to %s, from %s and %s: confirm both subscriptions.", t.mail, hubRegion, standbyRegion))
	if err == errDeclined {
		return nil
	}
	return err
}
