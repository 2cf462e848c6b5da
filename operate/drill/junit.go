package drill

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// JUnit returns the evidence as a JUnit report: a test case for each Region and alert, and one for each hub whose message a
// person had to confirm.
func (e Evidence) JUnit() ([]byte, error) {
	suite := junit.Testsuite{Name: "breakglass drill", Time: seconds(e.Ended.Sub(e.Began)), Timestamp: e.Began.Format("2006-01-02T15:04:05")}
	suite.AddProperty("drill", e.Drill)
	suite.AddProperty("account", e.Account)
	suite.AddProperty("by", e.By)
	for _, r := range e.Results {
		one := junit.Testcase{Classname: "breakglass.drill." + r.Region, Name: r.Alert, Time: seconds(r.Slowest())}
		if faults := r.Faults(); len(faults) > 0 {
			one.Failure = &junit.Result{Message: faults[0], Data: strings.Join(faults, "\n")}
		}
		suite.AddTestcase(one)
	}
	for _, a := range e.People {
		one := junit.Testcase{Classname: "breakglass.drill." + a.Hub, Name: "people", Time: seconds(a.After)}
		if !a.Answered {
			one.Failure = &junit.Result{Message: "nobody entered the code word of the message from " + a.Hub}
		}
		suite.AddTestcase(one)
	}
	for _, left := range e.Left {
		suite.AddTestcase(junit.Testcase{
			Classname: "breakglass.drill", Name: "cleanup", Time: "0", Failure: &junit.Result{Message: "could not remove " + left},
		})
	}
	var report junit.Testsuites
	report.AddSuite(suite)
	text := bytes.NewBufferString(xml.Header)
	err := report.WriteXML(text)
	return text.Bytes(), err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
