package adopt

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/plan"
)

func TestFolder(t *testing.T) {
	made, found, all := lookAt(t, "")
	folder := filepath.Join(t.TempDir(), "adopt")
	if err := Write(folder, made, all); err != nil {
		t.Fatal(err)
	}
	back, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		template := back.Templates[s.Stack]
		known := map[string]bool{}
		for id, r := range template.Resources {
			known[id] = true
			if r.DeletionPolicy != "Retain" || r.UpdateReplacePolicy != "Retain" {
				t.Errorf("%s of %s is not retained", id, s.Stack)
			}
		}
		for id, r := range template.Resources {
			if to := dangling(r.Properties, known); to != "" {
				t.Errorf("%s of %s refers to %s, which is not there", id, s.Stack, to)
			}
		}
		if len(template.Resources) != len(s.Import) {
			t.Errorf("%s: %d resources in the template, %d to import", s.Stack, len(template.Resources), len(s.Import))
		}
		var mapping map[string]map[string]string
		if err := readJSON(filepath.Join(folder, Mapping(s.Stack)), &mapping); err != nil {
			t.Fatal(err)
		}
		for id := range template.Resources {
			if len(mapping[id]) != 1 {
				t.Errorf("%s: the mapping has %v for %s", s.Stack, mapping[id], id)
			}
		}
		entry := back.artifacts[s.Stack].Properties
		if entry["assumeRoleArn"] == nil || entry["terminationProtection"] != nil || entry["tags"] != nil {
			t.Errorf("%s: the manifest says %v", s.Stack, entry)
		}
	}
	// A later run must not lose what the resources were: it is the way back.
	before, err := os.ReadFile(filepath.Join(folder, hubStack+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	hub := found[hubStack]
	hub.Here, hub.Import = hub.Import[1:], hub.Import[:1]
	role := found[roleStack]
	role.Here, role.Import = role.Import, nil
	if err := Write(folder, made, []Stack{hub, role}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(folder, hubStack+".template.json"))
	if err != nil || string(before) != string(after) {
		t.Errorf("a second run changed the record (%v):\n%s", err, after)
	}
	if again, err := Read(folder); err != nil || len(again.Templates) != 3 {
		t.Errorf("a second run left %d stacks: %v", len(again.Templates), err)
	}
	if err := os.WriteFile(filepath.Join(folder, "manifest.json"), []byte("no JSON"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, made, all); err == nil || !strings.Contains(err.Error(), "--out") {
		t.Errorf("a folder of somebody else's: %v", err)
	}
}

func TestNoSecretInTheFolder(t *testing.T) {
	made, _, all := lookAt(t, "")
	folder := t.TempDir()
	if err := Write(folder, made, all); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) != 7 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"AKIA", "mfa/", "Password", "LoginProfile"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s has %s in it", file, secret)
			}
		}
	}
}

func TestSteps(t *testing.T) {
	_, _, all := lookAt(t, "")
	other := all[1]
	other.Stack, other.Region = "BreakGlass-Forwarder-eu-west-1", "eu-west-1"
	other.ByHand = slices.Clone(other.ByHand)
	for i := range other.ByHand {
		other.ByHand[i].Region = other.Region
	}
	steps := Steps(append(all, other), append(placements, plan.Placement{Kind: plan.Forwarder, Stack: other.Stack}), Caller{
		Folder: "out", Breakglass: " --profile hub",
		Profile: func(number string) string {
			return map[string]string{"111111111111": "hub", "222222222222": "prod"}[number]
		},
	})
	text, err := json.MarshalIndent(steps, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var order []int
	for _, command := range []string{
		"npx cdk import BreakGlass-Hub --app out --resource-mapping out/BreakGlass-Hub.mapping.json --force --profile hub",
		"breakglass deploy --only BreakGlass-Hub --profile hub",
		"for stack in BreakGlass-Forwarder-us-west-2 BreakGlass-Forwarder-eu-west-1; do npx cdk import $stack --app out --resource-mapping out/$stack.mapping.json --force --profile hub || break; done",
		"breakglass deploy --only 'BreakGlass-Forwarder-*' --profile hub",
		"npx cdk import BreakGlass-Role-222222222222 --app out --resource-mapping out/BreakGlass-Role-222222222222.mapping.json --force --profile prod",
		"breakglass deploy --only BreakGlass-Role-222222222222 --profile hub",
		"breakglass deploy --profile hub", "breakglass check --profile hub", "breakglass drill --profile hub",
		"aws iam detach-user-policy --user-name BreakglassUser --policy-arn arn:aws:iam::aws:policy/IAMFullAccess --profile hub",
		"aws sns unsubscribe --subscription-arn arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins:bbbbbbbb-1111-2222-3333-444444444444 --profile hub --region us-east-1",
		"aws events remove-targets --rule capture-breakglass-user-sign-in --ids SendToSNS --profile hub --region us-east-1",
		"for region in us-west-2 eu-west-1; do aws events remove-targets --rule capture-breakglass-user-sign-in --ids SendToDefaultEventBus --profile hub --region $region; done",
		"aws iam detach-role-policy --role-name BreakGlassRole --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --profile prod",
	} {
		quoted, _ := json.Marshal(command)
		escaped := strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`).Replace(string(quoted))
		at := strings.Index(string(text), escaped)
		if at < 0 {
			t.Errorf("no step has %s", command)
		}
		order = append(order, at)
	}
	if !slices.IsSorted(order) {
		t.Errorf("the steps are in another order: %v\n%s", order, text)
	}
	if strings.Contains(string(text), "destroy ") || strings.Contains(string(text), "--revert-drift") {
		t.Errorf("a step that should not be there:\n%s", text)
	}
	last := Steps(all, placements,
		Caller{Folder: "out", Through: true, AllStages: true, Profile: func(string) string { return "management" }, Own: func(string) string { return "" }})
	text, _ = json.Marshal(last)
	for _, part := range []string{"--only BreakGlass-Hub --all-stages", `--profile \u003c222222222222\u003e`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("through a role, with a pipeline, the steps lack %s", part)
		}
	}
}

// TestStepsOfAwkwardNames: a folder and a profile may have spaces in their names; a shell reads the words back.
func TestStepsOfAwkwardNames(t *testing.T) {
	call := Caller{Folder: "my out", Profile: func(string) string { return "my prod" }}
	for _, stacks := range [][]Stack{{{Stack: "BreakGlass-Hub"}}, {{Stack: "BreakGlass-Hub"}, {Stack: "BreakGlass-Role"}}} {
		out, err := exec.Command("sh", "-c", `npx() { printf '<%s>' "$@"; echo; }; `+strings.Join(call.imports(stacks), "\n")).CombinedOutput()
		want := ""
		for _, s := range stacks {
			want += "<cdk><import><" + s.Stack + "><--app><my out><--resource-mapping><my out/" + s.Stack + ".mapping.json><--force><--profile><my prod>\n"
		}
		if err != nil || string(out) != want {
			t.Errorf("%v: %s, not %s", err, out, want)
		}
	}
	if got := call.own("222222222222"); got != " --profile 'my prod'" {
		t.Errorf("the end of a command of the AWS CLI is %q", got)
	}
}
