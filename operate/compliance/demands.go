package compliance

// Sources lists the texts with their demands. A demand is here only if its text, or its title where the text is not public, was at hand.
var Sources = []Source{
	{"AWS Well-Architected, SEC03-BP03: Establish emergency access process", []Text{{
		"", "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_emergency_process.html",
	}}, "", []Demand{
		{
			"failure modes", "Failure modes that count as an emergency are written down", "six, the identity provider and IAM Identity Center among them",
			"`breakglass runbook`", nil,
		},
		{"confirmation", "Steps confirm a failure as an emergency", "for each failure, to be ticked by two people", "`breakglass runbook`", nil},
		{
			"own process", "Each failure mode has a process of its own, with what must hold before, and when not to use it", "a way in and a *not if* for each failure",
			"`breakglass runbook`, [in an emergency](emergency.md)", nil,
		},
		{"playbooks", "Processes are simple enough for people under stress", "a card with numbered steps and a code beside each address", "`breakglass card`", nil},
		{
			"misuse", "Emergency access is not used where the usual one would do",
			"a *not if* for each failure; every use alerts; uses without an incident are named, and each incident says why the access was needed",
			"`breakglass runbook`, `breakglass proof`, `breakglass incident close`", []Kind{Proof, Incident},
		},
		{
			"independence", "The access does not depend on the same identity provider", "IAM users in the hub account; three ways in", "[enter](enter.md)",
			[]Kind{Exercise},
		},
		{
			"pre-created", "Accounts, users and roles exist before the emergency", "deployed as stacks, and compared with the file",
			"`breakglass deploy`, `breakglass check`", []Kind{Check},
		},
		{
			"dedicated account", "A dedicated account for emergency access", "the hub account; that nothing else runs in it is yours to keep", "[deploy](deploy.md)",
			nil,
		},
		{
			"few users", "Few users, one for each administrator, with a strong password and MFA",
			"as many as `users` lists; nothing without MFA; passwords that nobody sees whole", "`breakglass plan`, `breakglass check`, [credentials](credentials.md)",
			[]Kind{Check},
		},
		{
			"roles", "Roles in the workload accounts, deployed everywhere", "by stacks, or by stack sets for organizational units",
			"[organizational units](stacksets.md)", []Kind{Check},
		},
		{
			"federation repaired", "Whoever repairs the federation gets the permissions for that, in the account of IAM Identity Center, and no more",
			"permissions of its own for each target account; a failure of the runbook, with what to repair", "`breakglass plan`, `breakglass runbook`",
			[]Kind{Check},
		},
		{
			"roles protected", "A service control policy denies changing these roles", "printed, and to be attached by the management account", "`breakglass guardrail`",
			nil,
		},
		{
			"incident management", "The process is part of incident management, with a request",
			"lines for number, leader and approvals, and a close-out; the request itself is in your tool", "`breakglass runbook`, `breakglass incident close`",
			[]Kind{Incident},
		},
		{
			"communication", "Emergencies are made known to peers, management and, where it applies, customers",
			"the call list, and everybody who is alerted; what customers are told is yours", "`breakglass card`, `breakglass runbook`", nil,
		},
		{
			"approvals", "Approvals at any hour, with a second approver and an escalation",
			"the call list of the file, and lines for two approvals; nothing waits for them", "`breakglass card`, key `card`", []Kind{Incident},
		},
		{
			"monitoring", "Attempts, successful and failed, are logged and alerted on", "alerts and a ledger in the hub, from every watched Region",
			"[alerts](alerts.md), `breakglass drill`", []Kind{Proof, Drill},
		},
		{
			"correlation", "Events are compared with announced incidents, others raise an alarm", "every use alerts; whoever reads it compares",
			"[respond](respond.md), `breakglass proof`", []Kind{Proof, Incident},
		},
		{"security tools", "Events reach the SIEM or Security Hub", "by SQS or HTTPS, as JSON", "[alerts](alerts.md)", nil},
		{
			"log account", "CloudTrail's records are in an account of their own", NotGiven,
			"your organization's trail; `trail: create` has its bucket in the hub account", nil,
		},
		{
			"rotation", "Credentials are replaced after use, automatically, with a notice", "one command, and the alert on it; nothing starts it",
			"[credentials](credentials.md)", []Kind{Check, Incident},
		},
		{
			"tests", "The process is tested in game days and recovery tests", "drills of every alert, and exercises in which people get in; planning them is yours",
			"`breakglass drill`, `breakglass exercise`, [proof](proof.md)", []Kind{Proof, Drill, Exercise},
		},
		{
			"root", "Or the root user, with several devices, and a watched mailbox", "its sign-ins alert, in the hub account; keeping it is yours",
			"[alerts](alerts.md)", []Kind{Proof},
		},
		{"Identity Center", "Direct federation for an outage of IAM Identity Center", NotGiven, "the users take its place", nil},
	}},
	{"NIST SP 800-53 Rev. 5", []Text{
		{"AC-2", "https://csf.tools/reference/nist-sp-800-53/r5/ac/ac-2/"},
		{"AC-6", "https://csf.tools/reference/nist-sp-800-53/r5/ac/ac-6/"},
		{"CP-2", "https://csf.tools/reference/nist-sp-800-53/r5/cp/cp-2/"},
		{"CP-4", "https://csf.tools/reference/nist-sp-800-53/r5/cp/cp-4/"},
		{"IR-3", "https://csf.tools/reference/nist-sp-800-53/r5/ir/ir-3/"},
	}, "", []Demand{
		{
			"AC-2 a, d", "Types of accounts are defined, and who is authorized for what", "users, roles and their permissions, in one file", "`breakglass plan`",
			[]Kind{Check},
		},
		{
			"AC-2 f", "Accounts are created, changed and removed by a procedure", "by reviewed stacks; anything else is drift",
			"`breakglass deploy`, `breakglass check`", []Kind{Check, Proof},
		},
		{"AC-2 g", "The use of accounts is monitored", "each use alerts, and is in the ledger", "`breakglass proof`", []Kind{Proof}},
		{
			"AC-2 k", "Authenticators of shared accounts change when people leave", "a command replaces them; one user for each person avoids it",
			"[credentials](credentials.md)", []Kind{Check, Incident},
		},
		{
			"AC-2(2)", "Temporary and emergency accounts are disabled after a time", NotGiven,
			"the discussion of AC-2 keeps accounts of last resort apart: they stay available, and nothing disables them. Write down that these users are such accounts",
			nil,
		},
		{
			"AC-6", "Least privilege: users get only the access that their tasks need",
			"permissions of each account in the file; the default is wide, `role` narrows it", "`breakglass plan`", []Kind{Check},
		},
		{
			"AC-6(5)", "Privileged accounts are for named people or roles only", "the users of the file, whose credentials are sealed to the people whom it names",
			"`breakglass plan`, [credentials](credentials.md)", []Kind{Check},
		},
		{
			"AC-6(7)", "Privileges are reviewed at intervals, and removed if nobody needs them",
			"what each user and role may do, and whether that is what IAM has; the review is yours", "`breakglass plan`, `breakglass check`", []Kind{Check},
		},
		{
			"AC-6(9)", "The execution of privileged functions is logged",
			"each use is in the ledger; what the role then does is in CloudTrail of its account, with `observers.activity` in the ledger too, and the report of an incident reads it", "`breakglass proof`, `breakglass incident report`", []Kind{Proof, Incident},
		},
		{
			"CP-2 a.2", "The contingency plan has recovery objectives, priorities and metrics", NotGiven,
			"those of your systems are yours; an exercise measures how long it takes to get in", nil,
		},
		{
			"CP-2 a.3", "It has roles, responsibilities, and people with their contact data", "the call list of the file, and who keeps which half of the credentials",
			"`breakglass card`, `breakglass runbook`", nil,
		},
		{
			"CP-2 a.4", "It says how essential functions go on in a disruption, compromise or failure", "a way in for each failure; the functions are yours",
			"`breakglass runbook`, [in an emergency](emergency.md)", []Kind{Exercise},
		},
		{"CP-2 a.7, d", "It is approved, and reviewed at intervals", NotGiven, "yours: the file is reviewed as code, if you keep it so", nil},
		{
			"CP-2 b", "Copies go to the people who need them", "a card for each user and the runbook, to print; handing them out is yours",
			"`breakglass card`, `breakglass runbook`", nil,
		},
		{
			"CP-2 c", "Contingency planning and the handling of incidents are coordinated", "one procedure from the alert to the close-out",
			"[respond](respond.md), [incident](incident.md)", []Kind{Incident},
		},
		{
			"CP-2 g", "Lessons from tests and real events are taken up", "no incident is closed without saying what is done differently; doing it is yours",
			"`breakglass incident close`", []Kind{Exercise, Incident},
		},
		{
			"CP-4", "The contingency plan is tested, the results are reviewed, and what is wrong is corrected",
			"exercises with the real credentials, and what to do afterwards", "`breakglass exercise`, [exercise](exercise.md)", []Kind{Exercise},
		},
		{
			"IR-3", "The response to incidents is tested at intervals, by defined tests",
			"drills of every alert, and exercises in which people get in and others are alerted; planning them is yours", "`breakglass drill`, `breakglass exercise`",
			[]Kind{Proof, Drill, Exercise},
		},
		{
			"IR-3(1)", "Tests by automated mechanisms", "drills run unattended, with an exit code and a JUnit report", "`breakglass drill`, [proof](proof.md)",
			[]Kind{Proof, Drill},
		},
		{
			"IR-3(3)", "Data from tests show how effective the response is", "the time from each event to its alert, from each Region",
			"`breakglass drill`, `breakglass exercise`", []Kind{Drill, Exercise},
		},
	}},
	{"PCI DSS 4.0.1", []Text{{"", "https://www.pcisecuritystandards.org/document_library/"}}, "", []Demand{
		{
			"7.2.4", "User accounts and their access are reviewed at least every six months", "what is there, compared with the file; the review is yours",
			"`breakglass check`, `breakglass plan`", []Kind{Check},
		},
		{
			"8.2.2", "Shared IDs only by exception: prevented otherwise, limited in time, justified, approved, the person confirmed before, each action attributable",
			"a user for each person; alerts name the user, sessions end; that somebody confirms who asks is yours", "`breakglass plan`, [respond](respond.md)",
			[]Kind{Proof, Incident},
		},
		{
			"8.2.6", "Accounts that are inactive for 90 days are removed or disabled", NotGiven, "the users must stay: [the exceptions to write down](credentials.md)",
			nil,
		},
	}},
	{"ISO/IEC 27001:2022, Annex A", []Text{
		{"A.5.15", "https://www.isms.online/iso-27001/annex-a/5-15-access-control-2022/"},
		{"A.8.2", "https://www.isms.online/iso-27001/annex-a/8-2-use-of-privileged-access-rights-2022"},
		{"A.8.15", "https://www.isms.online/iso-27001/annex-a/8-15-logging-2022"},
	}, "The text is not public, and was not at hand: the table has titles only. Compare what is given with your copy. The pages of a third party explain the controls", []Demand{
		{
			"A.5.15", "Title: *Access control*. Text not public", "who may do what in which account, in one reviewed file, and whether that is what IAM has",
			"`breakglass plan`, `breakglass check`", []Kind{Check},
		},
		{
			"A.8.2", "Title: *Privileged access rights*. Text not public",
			"users for emergencies only, nothing without MFA, credentials that two people hold, each use alerts",
			"`breakglass check`, [credentials](credentials.md), `breakglass proof`", []Kind{Check, Proof, Incident},
		},
		{
			"A.8.15", "Title: *Logging*. Text not public", "a ledger of every use and every change to the alerting; that CloudTrail delivers is tested",
			"`breakglass proof`, `breakglass drill`", []Kind{Proof, Drill},
		},
	}},
	{"DORA: Delegated Regulation (EU) 2024/1774, Article 21", []Text{{"", "https://eur-lex.europa.eu/eli/reg_del/2024/1774/oj"}}, "", []Demand{
		{
			"(a)", "Need-to-know, need-to-use and least privilege, emergency access included",
			"permissions of each account in the file; the default is wide, `role` narrows it", "`breakglass plan`", []Kind{Check},
		},
		{"(b)", "Segregation of duties", "password and device are sealed to different people", "[credentials](credentials.md)", nil},
		{
			"(c)", "Users are identifiable for their actions; few shared accounts",
			"a user for each person; `role.requireSessionName` puts the name into every record", "`breakglass proof`", []Kind{Proof},
		},
		{
			"(e)(ii)", "Privileged and emergency access on a need-to-use or ad-hoc basis, by accounts for that alone where possible",
			"users for emergencies only; nothing without both halves; each use alerts and is closed out", "`breakglass runbook`",
			[]Kind{Proof, Incident},
		},
		{
			"(e)(iv)", "Access rights are updated at least once a year, and every six months for critical functions",
			"what is there, compared with the file; the review is yours", "`breakglass check`, `breakglass plan`", []Kind{Check},
		},
	}},
	{"NIS2: Implementing Regulation (EU) 2024/2690, Annex", []Text{{"", "https://eur-lex.europa.eu/eli/reg_impl/2024/2690/oj"}}, "", []Demand{
		{
			"11.2.2", "Access rights by least privilege and separation of duties, in a register, with logging", "the file is the register; changes alert",
			"`breakglass plan`, [alerts](alerts.md)", []Kind{Check, Proof},
		},
		{
			"11.2.3", "Access rights are reviewed at planned intervals, and the results are written down", "what is there, compared with the file; the review is yours",
			"`breakglass check`, `breakglass plan`", []Kind{Check},
		},
		{
			"11.3.2", "Strong authentication such as MFA for privileged accounts, and accounts of their own for administration",
			"nothing without MFA; the users are for nothing else", "`breakglass check`", []Kind{Check},
		},
		{
			"11.5.3", "Identities of several persons only where needed, with an explicit approval, and documented", "a user for each person makes none necessary",
			"`breakglass plan`", []Kind{Check},
		},
	}},
	{"HIPAA, 45 CFR 164.312", []Text{{"", "https://www.ecfr.gov/current/title-45/section-164.312"}}, "", []Demand{
		{
			"(a)(2)(ii)", "Procedures to obtain necessary health information during an emergency", "the way into each account; which data that is, is yours to say",
			"`breakglass runbook`, `breakglass card`", []Kind{Exercise},
		},
	}},
	{"CIS AWS Foundations Benchmark 4.0.1", []Text{{"", "https://www.cisecurity.org/benchmark/amazon_web_services"}}, "", []Demand{
		{
			"1.10", "MFA for every IAM user with a console password", "no permissions without it, and a problem where no device is there", "`breakglass check`",
			[]Kind{Check},
		},
		{"1.11", "No access key when a user is created", "none; a sealed one only where the file allows it", "`breakglass check`", []Kind{Check}},
		{"1.12", "Credentials that are unused for 45 days are disabled", NotGiven, "the users must stay: [the exceptions to write down](credentials.md)", nil},
		{"1.14", "Access keys are replaced every 90 days", NotGiven, "a sealed key stays until it is used or replaced: [credentials](credentials.md)", nil},
		{"1.15", "Users get permissions only through groups", "one group", "`breakglass check`", []Kind{Check}},
		{
			"1.16", "No policy with full administrative permissions", "not by default; `IAMFullAccess` is close to it", "`breakglass plan`, [limits](limits.md)",
			[]Kind{Check},
		},
	}},
}
