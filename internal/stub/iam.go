package stub

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// IAM is a fake of the users' credentials in IAM, which refuses what IAM refuses.
type IAM struct {
	// Users by name.
	Users map[string]*User
	// Devices that are enabled for nobody, and the seeds of all, by ARN.
	Devices map[string]*Device
	// Policy is the XML of the account's password policy; empty means that there is none. Least is its minimum length.
	Policy string
	Least  int
	// Now is the clock of IAM.
	Now func() time.Time
	// Before and After are called with each action, before and after it is done; an answer such as "fail CODE MESSAGE" replaces IAM's.
	// After an action was done, that is a lost answer.
	Before, After func(action string, form url.Values) string

	made   uint16 // access keys
	server *Server
}

// Secrets returns every password, secret of a key and seed, also while the server answers.
func (f *IAM) Secrets() []string {
	f.server.mutex.Lock()
	defer f.server.mutex.Unlock()
	var secrets []string
	for _, u := range f.Users {
		secrets = append(secrets, u.Password)
		for _, k := range u.Keys {
			secrets = append(secrets, k.Secret)
		}
	}
	for _, d := range f.Devices {
		secrets = append(secrets, d.Seed)
	}
	return secrets
}

// User is a user of the fake.
type User struct {
	Password   string
	Reset      bool
	PasswordAt time.Time
	ChangedAt  time.Time
	UsedAt     time.Time
	Keys       []AccessKey
	MFA        []string
	EnabledAt  map[string]time.Time
	ARN        string
}

// AccessKey is an access key of the fake.
type AccessKey struct {
	ID, Secret    string
	Created, Used time.Time
}

// Enrol gives a user another MFA device, also while the server answers.
func (f *IAM) Enrol(user, serial string, at time.Time) {
	f.server.mutex.Lock()
	defer f.server.mutex.Unlock()
	u := f.Users[user]
	u.MFA, u.EnabledAt[serial] = append(u.MFA, serial), at
}

// Device is a virtual MFA device of the fake.
type Device struct {
	Seed string
	User string
}

const iamAccount = "111111111111"

// NewIAM makes the server answer as an IAM with these users.
func (s *Server) NewIAM(users ...string) *IAM {
	f := &IAM{Users: map[string]*User{}, Devices: map[string]*Device{}, Now: time.Now, server: s}
	for _, name := range users {
		f.Users[name] = &User{ARN: "arn:aws:iam::" + iamAccount + ":user/" + name, EnabledAt: map[string]time.Time{}}
	}
	for action, answer := range map[string]func(url.Values, *User) string{
		"GetUser": f.getUser, "GetLoginProfile": f.getLoginProfile, "CreateLoginProfile": f.createLoginProfile, "UpdateLoginProfile": f.updateLoginProfile,
		"ListMFADevices": f.listMFADevices, "EnableMFADevice": f.enable, "DeactivateMFADevice": f.deactivate,
		"ListAccessKeys": f.listAccessKeys, "CreateAccessKey": f.createAccessKey, "DeleteAccessKey": f.deleteAccessKey,
	} {
		s.iam(f, action, func(form url.Values) string {
			u := f.Users[form.Get("UserName")]
			if u == nil {
				return "fail NoSuchEntity The user with name " + form.Get("UserName") + " cannot be found."
			}
			return answer(form, u)
		})
	}
	for action, answer := range map[string]func(url.Values) string{
		"GetAccountPasswordPolicy": f.policy, "ListVirtualMFADevices": f.listVirtual, "CreateVirtualMFADevice": f.createVirtual,
		"DeleteVirtualMFADevice": f.deleteVirtual, "GetAccessKeyLastUsed": f.lastUsed,
		"GenerateCredentialReport": func(url.Values) string { return xml("GenerateCredentialReport", "<State>COMPLETE</State>") },
		"GetCredentialReport":      f.report,
	} {
		s.iam(f, action, answer)
	}
	return f
}

func (s *Server) iam(f *IAM, action string, answer func(url.Values) string) {
	s.Handle("iam:"+action, func(_, request string) string {
		form, err := url.ParseQuery(request)
		if err != nil {
			return "fail ValidationError " + err.Error()
		}
		if f.Before != nil {
			if out := f.Before(action, form); out != "" {
				return out
			}
		}
		out := page("iam", action, request, answer(form))
		if f.After != nil && !strings.HasPrefix(out, "fail ") {
			if lost := f.After(action, form); lost != "" {
				return lost
			}
		}
		return out
	})
}

func xml(action, body string) string {
	return "<" + action + "Response><" + action + "Result>" + body + "</" + action + "Result></" + action + "Response>"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (f *IAM) getUser(form url.Values, u *User) string {
	used := ""
	if !u.UsedAt.IsZero() {
		used = "<PasswordLastUsed>" + stamp(u.UsedAt) + "</PasswordLastUsed>"
	}
	return xml("GetUser", "<User><UserName>"+form.Get("UserName")+"</UserName><Arn>"+u.ARN+"</Arn>"+used+"</User>")
}

func profile(action string, u *User) string {
	return xml(action, "<LoginProfile><CreateDate>"+stamp(u.PasswordAt)+"</CreateDate></LoginProfile>")
}

func (f *IAM) getLoginProfile(_ url.Values, u *User) string {
	if u.Password == "" {
		return "fail NoSuchEntity Login Profile cannot be found."
	}
	return profile("GetLoginProfile", u)
}

func (f *IAM) createLoginProfile(form url.Values, u *User) string {
	switch {
	case u.Password != "":
		return "fail EntityAlreadyExists Login Profile already exists."
	case !f.accepts(form.Get("Password")):
		return "fail PasswordPolicyViolation Password does not conform to the account password policy."
	}
	u.Password, u.Reset = form.Get("Password"), form.Get("PasswordResetRequired") == "true"
	u.PasswordAt, u.ChangedAt = f.Now(), f.Now()
	return profile("CreateLoginProfile", u)
}

func (f *IAM) updateLoginProfile(form url.Values, u *User) string {
	switch {
	case u.Password == "":
		return "fail NoSuchEntity Login Profile cannot be found."
	case !f.accepts(form.Get("Password")):
		return "fail PasswordPolicyViolation Password does not conform to the account password policy."
	}
	u.Password, u.Reset, u.ChangedAt = form.Get("Password"), form.Get("PasswordResetRequired") == "true", f.Now()
	return "<UpdateLoginProfileResponse/>"
}

// accepts is the strictest policy that an account can have.
func (f *IAM) accepts(word string) bool {
	for _, kind := range []string{"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "!@#$%^&*()_+-=[]{}|'"} {
		if !strings.ContainsAny(word, kind) {
			return false
		}
	}
	return len(word) >= max(8, f.Least) && len(word) <= 128
}

func (f *IAM) policy(url.Values) string {
	if f.Policy == "" {
		return "fail NoSuchEntity The Password Policy with domain name " + iamAccount + " cannot be found."
	}
	return xml("GetAccountPasswordPolicy", "<PasswordPolicy>"+f.Policy+"</PasswordPolicy>")
}

func (f *IAM) listMFADevices(_ url.Values, u *User) string {
	body := ""
	for _, serial := range u.MFA {
		body += "<member><SerialNumber>" + serial + "</SerialNumber><EnableDate>" + stamp(u.EnabledAt[serial]) + "</EnableDate></member>"
	}
	return xml("ListMFADevices", "<MFADevices>"+body+"</MFADevices>")
}

func (f *IAM) listVirtual(form url.Values) string {
	body := ""
	for serial, d := range f.Devices {
		if (d.User == "") == (form.Get("AssignmentStatus") == "Unassigned") {
			body += "<member><SerialNumber>" + serial + "</SerialNumber></member>"
		}
	}
	return xml("ListVirtualMFADevices", "<VirtualMFADevices>"+body+"</VirtualMFADevices>")
}

func (f *IAM) createVirtual(form url.Values) string {
	serial := "arn:aws:iam::" + iamAccount + ":mfa/" + form.Get("VirtualMFADeviceName")
	if f.Devices[serial] != nil {
		return "fail EntityAlreadyExists MFADevice entity at the same path and name already exists."
	}
	seed := make([]byte, 40)
	_, _ = rand.Read(seed)
	f.Devices[serial] = &Device{Seed: base32.StdEncoding.EncodeToString(seed)}
	return xml("CreateVirtualMFADevice", "<VirtualMFADevice><SerialNumber>"+serial+"</SerialNumber><Base32StringSeed>"+
		base64.StdEncoding.EncodeToString([]byte(f.Devices[serial].Seed))+"</Base32StringSeed></VirtualMFADevice>")
}

func (f *IAM) enable(form url.Values, u *User) string {
	serial := form.Get("SerialNumber")
	d := f.Devices[serial]
	switch {
	case d == nil:
		return "fail NoSuchEntity VirtualMFADevice with serial number " + serial + " does not exist."
	case d.User != "":
		return "fail EntityAlreadyExists MFA Device is already in use."
	case len(u.MFA) >= 8:
		return "fail LimitExceeded Cannot exceed quota for MFADevicesPerUser: 8"
	}
	window := f.Now().Unix() / 30
	for w := window - 1; w <= window; w++ { // the two codes follow one another, and the second one is of now or half a minute ago
		if form.Get("AuthenticationCode1") == Code(d.Seed, w-1) && form.Get("AuthenticationCode2") == Code(d.Seed, w) {
			d.User = form.Get("UserName")
			u.MFA = append(u.MFA, serial)
			u.EnabledAt[serial] = f.Now()
			return "<EnableMFADeviceResponse/>"
		}
	}
	return "fail InvalidAuthenticationCode Authentication code for device is not valid."
}

func (f *IAM) deactivate(form url.Values, u *User) string {
	serial := form.Get("SerialNumber")
	if !slices.Contains(u.MFA, serial) {
		return "fail NoSuchEntity MFA Device invalid for user."
	}
	u.MFA = slices.DeleteFunc(u.MFA, func(s string) bool { return s == serial })
	f.Devices[serial].User = ""
	return "<DeactivateMFADeviceResponse/>"
}

func (f *IAM) deleteVirtual(form url.Values) string {
	serial := form.Get("SerialNumber")
	switch d := f.Devices[serial]; {
	case d == nil:
		return "fail NoSuchEntity VirtualMFADevice with serial number " + serial + " doesn't exist."
	case d.User != "":
		return "fail DeleteConflict MFA VirtualDevice in use. Must deactivate first."
	}
	delete(f.Devices, serial)
	return "<DeleteVirtualMFADeviceResponse/>"
}

func (f *IAM) listAccessKeys(_ url.Values, u *User) string {
	body := ""
	for _, k := range u.Keys {
		body += "<member><AccessKeyId>" + k.ID + "</AccessKeyId><Status>Active</Status><CreateDate>" + stamp(k.Created) + "</CreateDate></member>"
	}
	return xml("ListAccessKeys", "<AccessKeyMetadata>"+body+"</AccessKeyMetadata>")
}

func (f *IAM) createAccessKey(_ url.Values, u *User) string {
	if len(u.Keys) >= 2 {
		return "fail LimitExceeded Cannot exceed quota for AccessKeysPerUser: 2"
	}
	draw := make([]byte, 30)
	_, _ = rand.Read(draw)
	f.made++
	id := binary.BigEndian.AppendUint16(make([]byte, 8), f.made)
	k := AccessKey{ID: "AKIA" + base32.StdEncoding.EncodeToString(id), Secret: base64.StdEncoding.EncodeToString(draw), Created: f.Now()}
	u.Keys = append(u.Keys, k)
	return xml("CreateAccessKey",
		"<AccessKey><AccessKeyId>"+k.ID+"</AccessKeyId><SecretAccessKey>"+k.Secret+"</SecretAccessKey><Status>Active</Status><CreateDate>"+stamp(k.Created)+
			"</CreateDate></AccessKey>")
}

func (f *IAM) deleteAccessKey(form url.Values, u *User) string {
	id := form.Get("AccessKeyId")
	if !slices.ContainsFunc(u.Keys, func(k AccessKey) bool { return k.ID == id }) {
		return "fail NoSuchEntity The Access Key with id " + id + " cannot be found."
	}
	u.Keys = slices.DeleteFunc(u.Keys, func(k AccessKey) bool { return k.ID == id })
	return "<DeleteAccessKeyResponse/>"
}

func (f *IAM) lastUsed(form url.Values) string {
	for name, u := range f.Users {
		for _, k := range u.Keys {
			if k.ID == form.Get("AccessKeyId") {
				used := "<Region>N/A</Region><ServiceName>N/A</ServiceName>"
				if !k.Used.IsZero() {
					used = "<LastUsedDate>" + stamp(k.Used) + "</LastUsedDate><Region>us-east-1</Region><ServiceName>sts</ServiceName>"
				}
				return xml("GetAccessKeyLastUsed", "<UserName>"+name+"</UserName><AccessKeyLastUsed>"+used+"</AccessKeyLastUsed>")
			}
		}
	}
	return "fail AccessDenied User: arn:aws:iam::111111111111:user/operator is not authorized to perform: iam:GetAccessKeyLastUsed on resource: *"
}

func (f *IAM) report(url.Values) string {
	lines := "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed\n"
	for name, u := range f.Users {
		changed := "N/A"
		if u.Password != "" {
			changed = stamp(u.ChangedAt)
		}
		lines += strings.Join([]string{name, u.ARN, stamp(u.ChangedAt), fmt.Sprint(u.Password != ""), "N/A", changed}, ",") + "\n"
	}
	return xml("GetCredentialReport",
		"<Content>"+base64.StdEncoding.EncodeToString([]byte(lines))+"</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>"+stamp(f.Now())+
			"</GeneratedTime>")
}

// Code is the code of a seed for a window of 30 seconds since 1970, computed as RFC 6238 and RFC 4226 describe it.
func Code(seed string, window int64) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(seed, "="))
	if err != nil {
		return ""
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, window)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1000000)
}
