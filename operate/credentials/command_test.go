package credentials

import "testing"

func TestACommandHasTheProfileOfTheRun(t *testing.T) {
	o := Options{User: "alice", Profile: "a hub", Again: " --config 'my file.yaml' --profile 'a hub'", Folder: "the safe"}
	for got, want := range map[string]string{
		o.deactivation("arn:mfa"):            "aws iam deactivate-mfa-device --user-name alice --serial-number arn:mfa --profile 'a hub'",
		o.deviceDeletion("arn:mfa"):          "aws iam delete-virtual-mfa-device --serial-number arn:mfa --profile 'a hub'",
		o.command("rotate", "--only", "key"): "breakglass credentials rotate alice --folder 'the safe' --only key --config 'my file.yaml' --profile 'a hub'",
		o.keyDeletion("AKIAX"):               "aws iam delete-access-key --user-name alice --access-key-id AKIAX --profile 'a hub'",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
