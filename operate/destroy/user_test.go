package destroy

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/breakglass/internal/stub"
)

// users is an IAM with what users have. It lists one item a page, and refuses what IAM refuses: what the user does not have, and a
// virtual device that is still active.
type users struct {
	// has are the things of a user, by user and kind.
	has map[string]map[string][]string
	// inactive are virtual devices that no user has any more.
	inactive []string
}

// kinds of things, with how IAM lists and deletes them.
var kinds = map[string]struct{ list, items, id, remove string }{
	"device":      {"ListMFADevices", "MFADevices", "SerialNumber", "DeactivateMFADevice"},
	"key":         {"ListAccessKeys", "AccessKeyMetadata", "AccessKeyId", "DeleteAccessKey"},
	"certificate": {"ListSigningCertificates", "Certificates", "CertificateId", "DeleteSigningCertificate"},
	"ssh":         {"ListSSHPublicKeys", "SSHPublicKeys", "SSHPublicKeyId", "DeleteSSHPublicKey"},
	"service":     {"ListServiceSpecificCredentials", "ServiceSpecificCredentials", "ServiceSpecificCredentialId", "DeleteServiceSpecificCredential"},
}

func newUsers(server *stub.Server) *users {
	u := &users{has: map[string]map[string][]string{}}
	handle := func(action string, answer func(form url.Values) string) {
		server.Handle("iam:"+action, func(_, request string) string {
			form, _ := url.ParseQuery(request)
			return answer(form)
		})
	}
	missing := "fail NoSuchEntity it does not exist"
	handle("GetUser", func(form url.Values) string {
		if u.has[form.Get("UserName")] == nil {
			return missing
		}
		return "<GetUserResponse><GetUserResult><User><UserName>" + form.Get("UserName") + "</UserName></User></GetUserResult></GetUserResponse>"
	})
	handle("DeleteLoginProfile", func(form url.Values) string {
		return u.remove(form.Get("UserName"), "password", "password", "DeleteLoginProfile")
	})
	for kind, k := range kinds {
		handle(k.list, func(form url.Values) string {
			all := u.has[form.Get("UserName")][kind]
			at, _ := strconv.Atoi(form.Get("Marker"))
			members, more := "", "<IsTruncated>false</IsTruncated>"
			if at < len(all) {
				members = "<member><" + k.id + ">" + all[at] + "</" + k.id + "></member>"
			}
			if at+1 < len(all) {
				more = fmt.Sprintf("<IsTruncated>true</IsTruncated><Marker>%d</Marker>", at+1)
			}
			return "<" + k.list + "Response><" + k.list + "Result>" + more + "<" + k.items + ">" + members + "</" + k.items + "></" + k.list + "Result></" + k.list +
				"Response>"
		})
		handle(k.remove, func(form url.Values) string {
			answer := u.remove(form.Get("UserName"), kind, form.Get(k.id), k.remove)
			if kind == "device" && !strings.HasPrefix(answer, "fail") && strings.Contains(form.Get(k.id), ":mfa/") {
				u.inactive = append(u.inactive, form.Get(k.id))
			}
			return answer
		})
	}
	handle("DeleteVirtualMFADevice", func(form url.Values) string {
		serial := form.Get("SerialNumber")
		for _, things := range u.has {
			if slices.Contains(things["device"], serial) {
				return "fail DeleteConflict the device is active"
			}
		}
		i := slices.Index(u.inactive, serial)
		if i < 0 {
			return missing
		}
		u.inactive = slices.Delete(u.inactive, i, i+1)
		return "<DeleteVirtualMFADeviceResponse/>"
	})
	return u
}

func (u *users) remove(user, kind, id, action string) string {
	i := slices.Index(u.has[user][kind], id)
	if i < 0 {
		return "fail NoSuchEntity " + id + " does not exist"
	}
	u.has[user][kind] = slices.Delete(slices.Clone(u.has[user][kind]), i, i+1)
	return "<" + action + "Response/>"
}

// full reports whether a user has something that keeps IAM from deleting it.
func (u *users) full() bool {
	for name := range u.has {
		if u.fullOf(name) {
			return true
		}
	}
	return len(u.inactive) > 0
}

func (u *users) fullOf(name string) bool {
	for list := range maps.Values(u.has[name]) {
		if len(list) > 0 {
			return true
		}
	}
	return false
}

// everything is what a user can have, several of each.
func everything(name string) map[string][]string {
	return map[string][]string{
		"password": {"password"}, "key": {"AKIAEXAMPLE1", "AKIAEXAMPLE2"}, "certificate": {"c"}, "ssh": {"s1", "s2"}, "service": {"x1", "x2", "x3"},
		"device": {"arn:aws:iam::111111111111:mfa/" + name, "arn:aws:iam::111111111111:u2f/user/" + name + "/x", "arn:aws:iam::111111111111:mfa/" + name + "-2"},
	}
}

func TestAUserIsStripped(t *testing.T) {
	c := newCloud(t)
	c.users.has = map[string]map[string][]string{"u": everything("u"), "another": everything("another")}
	cfg, _ := keys{c.Server}.In(t.Context(), "111111111111", "us-east-1")
	taken, err := strip(t.Context(), cfg, "u")
	if want := "the password, 3 MFA devices, 2 access keys, 1 signing certificate, 2 SSH keys, 3 service credentials"; err != nil ||
		strings.Join(taken, ", ") != want {
		t.Errorf("took %q, %v", taken, err)
	}
	if len(c.users.inactive) > 0 || fmt.Sprint(c.users.has["u"]) != fmt.Sprint(map[string][]string{
		"password": {}, "key": {}, "certificate": {}, "ssh": {}, "service": {}, "device": {},
	}) {
		t.Errorf("left are %v and the devices %q", c.users.has["u"], c.users.inactive)
	}
	if len(c.users.has["another"]["password"]) != 1 || len(c.users.has["another"]["key"]) != 2 {
		t.Errorf("the other user has %v", c.users.has["another"])
	}
	// Again, and for a user that does not exist, there is nothing to take.
	for _, name := range []string{"u", "nobody"} {
		if taken, err := strip(t.Context(), cfg, name); err != nil || len(taken) > 0 {
			t.Errorf("%s: took %q, %v", name, taken, err)
		}
	}
}

// Who may not list something does not know that there is none, and the command does not go on as if.
func TestAUserThatCannotBeReadIsNotStripped(t *testing.T) {
	for kind, k := range kinds {
		c := newCloud(t)
		c.users.has = map[string]map[string][]string{"u": everything("u")}
		c.Fail("iam:"+k.list, "AccessDenied", "User: x is not authorized to perform: iam:"+k.list+" on resource: y")
		cfg, _ := keys{c.Server}.In(t.Context(), "111111111111", "us-east-1")
		taken, err := strip(t.Context(), cfg, "u")
		if err == nil || !strings.Contains(err.Error(), "of the user u: the permission iam:"+k.list+" is missing") || len(c.users.has["u"][kind]) == 0 ||
			taken[0] != "the password" {
			t.Errorf("%s: took %q, %v", kind, taken, err)
		}
	}
	c := newCloud(t)
	c.users.has = map[string]map[string][]string{"u": everything("u")}
	c.Fail("iam:GetUser", "AccessDenied", "User: x is not authorized to perform: iam:GetUser on resource: y")
	cfg, _ := keys{c.Server}.In(t.Context(), "111111111111", "us-east-1")
	if taken, err := strip(t.Context(), cfg, "u"); err == nil || !strings.HasPrefix(err.Error(), "reading the user u: the permission iam:GetUser is missing") ||
		len(taken) > 0 {
		t.Errorf("took %q, %v", taken, err)
	}
}

// What somebody else removes meanwhile is gone, and does not count.
func TestWhatIsGoneMeanwhileDoesNotCount(t *testing.T) {
	c := newCloud(t)
	c.users.has = map[string]map[string][]string{"u": everything("u")}
	c.Handle("iam:DeleteAccessKey", func(_, request string) string {
		c.users.has["u"]["key"] = nil
		if strings.Contains(request, "AKIAEXAMPLE1") {
			return "fail NoSuchEntity it does not exist"
		}
		return "<DeleteAccessKeyResponse/>"
	})
	cfg, _ := keys{c.Server}.In(t.Context(), "111111111111", "us-east-1")
	if taken, err := strip(t.Context(), cfg, "u"); err != nil || !slices.Contains(taken, "1 access key") || !slices.Contains(taken, "2 SSH keys") {
		t.Errorf("took %q, %v", taken, err)
	}
}

// The hub is deleted after its users have nothing left; if a password may not be removed, it is not deleted: it would stop halfway.
func TestTheHubGoesAfterItsUsersAreStripped(t *testing.T) {
	c := newCloud(t)
	c.users.has = map[string]map[string][]string{"BreakglassUser": everything("BreakglassUser")}
	if outcomes, _ := c.remove(t, thePlan(t, "")); outcomes["Hub"].State != Removed {
		t.Errorf("the hub: %+v", outcomes["Hub"])
	}
	c = newCloud(t)
	c.users.has = map[string]map[string][]string{"BreakglassUser": everything("BreakglassUser")}
	c.Fail("iam:DeleteLoginProfile", "AccessDenied", "User: x is not authorized to perform: iam:DeleteLoginProfile on resource: y")
	outcomes, _ := c.remove(t, thePlan(t, ""))
	if o := outcomes["Hub"]; o.State != Failed || !strings.Contains(o.Reason, "the permission iam:DeleteLoginProfile is missing") ||
		slices.Contains(c.deleted, "BreakGlass-Hub") {
		t.Errorf("the hub: %+v", o)
	}
	if outcomes["Trail"].State != Held {
		t.Errorf("the trail goes although the hub is there: %+v", outcomes["Trail"])
	}
}
