package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jsonata "github.com/blues/jsonata-go"
	"github.com/truora/minidyn/core"
)

// simulation is a hub's composer without AWS: it runs the state machine's own definition, as many executions at once as a test starts,
// against a table that evaluates DynamoDB's expressions. Requests take some time on their way, by the clock of testing/synctest.
type simulation struct {
	definition map[string]any
	// capacity is how many writes of one item the table takes in a second; what exceeds it is throttled. Below zero there is no table.
	capacity float64
	// refused are the calls that fail, with the name of the error.
	refused map[string]string
	// repeated are the states whose writes arrive twice: the answer to the first is lost, and its sender, which knows nothing of it,
	// sends the same again.
	repeated []string

	mutex       sync.Mutex
	expressions map[string]*jsonata.Expr
	table       *core.Table
	throttles   map[string]*bucket
	throttled   int
	mails       []mail
	// topics are the attributes of topics by their ARN, and reports is how often the composer reported that all is well.
	topics   map[string]any
	reports  int
	problems []string
}

// mail is a message that the composer published.
type mail struct {
	at      time.Time
	subject string
	// event is the ID of the event that caused it.
	event string
}

func newSimulation(t *testing.T, edit func(states map[string]any)) *simulation {
	t.Helper()
	s := &simulation{
		definition: asJSON(t, sampleMachine("").Definition()), capacity: itemWrites,
		expressions: map[string]*jsonata.Expr{}, throttles: map[string]*bucket{}, table: newTable(t),
	}
	if edit != nil {
		edit(s.states())
	}
	return s
}

func (s *simulation) states() map[string]any { return s.definition["States"].(map[string]any) }

// execution is one execution of the composer.
type execution struct {
	*simulation
	id        string
	state     string
	event     string
	variables map[string]any
	random    *rand.Rand
}

// failure is an error by the name that a state catches it by.
type failure struct{ name, cause string }

func (f failure) Error() string { return f.name + ": " + f.cause }

// run runs an execution to its end. Its number decides how long its requests take.
func (s *simulation) run(number int, entry string, event map[string]any) {
	e := &execution{
		simulation: s, id: fmt.Sprint("execution-", number), event: fmt.Sprint(event["detail"].(map[string]any)["eventID"]),
		variables: map[string]any{}, random: rand.New(rand.NewPCG(uint64(number), 1)),
	}
	if _, err := e.through(s.definition, map[string]any{"id": event["id"], "entry": entry, "event": event}); err != nil {
		s.mutex.Lock()
		s.problems = append(s.problems, err.Error())
		s.mutex.Unlock()
	}
}

// mostStates is more than any event passes: what goes round in a circle would have a test wait without end.
const mostStates = 50

// through goes through states, from the first to one that ends, and returns the output.
func (e *execution) through(machine map[string]any, input any) (any, error) {
	states := machine["States"].(map[string]any)
	name := machine["StartAt"].(string)
	for range mostStates {
		state, ok := states[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("no state %s", name)
		}
		e.state = name
		output, next, err := e.enter(state, input)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if next == "" {
			return output, nil
		}
		input, name = output, next
	}
	return nil, fmt.Errorf("it goes round in a circle: %s", name)
}

// enter enters a state, with its retries and catches, and returns its output and the next state; "" at the end.
func (e *execution) enter(state map[string]any, input any) (output any, next string, err error) {
	attempts := make([]int, len(entries(state, "Retry")))
	for {
		output, next, err = e.do(state, input)
		caught, is := err.(failure)
		if !is {
			return output, next, err
		}
		retried := false
		for i, retry := range entries(state, "Retry") {
			if !catches(retry, caught) {
				continue
			}
			if number(retry["MaxAttempts"], 3) > float64(attempts[i]) {
				e.pause(retry, attempts[i])
				attempts[i]++
				retried = true
			}
			break
		}
		if retried {
			continue
		}
		for _, catch := range entries(state, "Catch") {
			if catches(catch, caught) {
				if _, keeps := catch["Output"]; !keeps { // what follows gets the error only (Amazon States Language, Catchers)
					input = map[string]any{"Error": caught.name, "Cause": caught.Error()}
				}
				return input, catch["Next"].(string), nil
			}
		}
		return nil, "", err
	}
}

func entries(state map[string]any, key string) []map[string]any {
	var all []map[string]any
	list, _ := state[key].([]any)
	for _, one := range list {
		all = append(all, one.(map[string]any))
	}
	return all
}

func catches(one map[string]any, f failure) bool {
	named := one["ErrorEquals"].([]any)
	return slices.Contains(named, any("States.ALL")) && f.name != tooLarge || slices.Contains(named, any(f.name))
}

func number(value any, otherwise float64) float64 {
	if n, ok := value.(float64); ok {
		return n
	}
	return otherwise
}

// pause waits before a further attempt (Amazon States Language, Retriers).
func (e *execution) pause(retry map[string]any, attempt int) {
	seconds := number(retry["IntervalSeconds"], 1)
	for range attempt {
		seconds *= number(retry["BackoffRate"], 2)
	}
	seconds = min(seconds, number(retry["MaxDelaySeconds"], seconds))
	if retry["JitterStrategy"] == "FULL" {
		seconds *= e.random.Float64()
	}
	time.Sleep(time.Duration(seconds * float64(time.Second)))
}

const (
	// maxMessage is how many bytes a message has at most (SNS API, Publish).
	maxMessage = 256 << 10
	// maxState is how many bytes the arguments, the output or a variable of a state has at most (Step Functions quotas).
	maxState = 256 << 10
	// tooLarge is the error that States.ALL does not stand for (Step Functions developer guide, error names).
	tooLarge = "States.DataLimitExceeded"
)

// do does what a state is for, once.
func (e *execution) do(state map[string]any, input any) (output any, next string, err error) {
	follows, _ := state["Next"].(string)
	output = input
	scope := map[string]any{"input": input, "context": map[string]any{"Execution": map[string]any{"Id": e.id}}}
	switch state["Type"] {
	case "Succeed":
		return input, "", nil
	case "Choice":
		next, err = e.choose(state, input)
		return input, next, err
	case "Wait":
		seconds, err := e.value(state["Seconds"], scope)
		if err != nil {
			return nil, "", err
		}
		time.Sleep(time.Duration(seconds.(float64) * float64(time.Second)))
		return input, follows, nil
	case "Pass":
	case "Parallel":
		result, err := e.through(entries(state, "Branches")[0], input)
		if err != nil {
			failed := failure{"States.BranchFailed", err.Error()}
			errors.As(err, &failed)
			return nil, "", failed
		}
		scope["result"] = []any{result}
	case "Task":
		arguments := state["Parameters"]
		if state["QueryLanguage"] == "JSONata" {
			if arguments, err = e.value(state["Arguments"], scope); err != nil {
				return nil, "", err
			}
		}
		if parameters, _ := arguments.(map[string]any); parameters["Message.$"] != nil {
			event, _ := json.Marshal(input.(map[string]any)["event"])
			arguments = map[string]any{"Subject": parameters["Subject"], "Message": fmt.Sprint(parameters["Message.$"], string(event))}
		}
		if err := sized(arguments); err != nil {
			return nil, "", err
		}
		if scope["result"], err = e.call(state["Resource"].(string), arguments.(map[string]any)); err != nil {
			return nil, "", err
		}
	default:
		return nil, "", fmt.Errorf("a state of type %v", state["Type"])
	}
	assign, _ := state["Assign"].(map[string]any)
	assigned := map[string]any{}
	for name, text := range assign {
		if assigned[name], err = e.value(text, scope); err != nil {
			return nil, "", err
		}
	}
	if text, isSet := state["Output"]; isSet {
		if output, err = e.value(text, scope); err != nil {
			return nil, "", err
		}
	}
	if err := sized(output, assigned); err != nil {
		return nil, "", err
	}
	for name, value := range assigned {
		e.variables[name] = value
	}
	return output, follows, nil
}

// call sends a request, which takes some time on its way and back.
func (e *execution) call(resource string, arguments map[string]any) (any, error) {
	e.travel()
	defer e.travel()
	e.mutex.Lock()
	defer e.mutex.Unlock()
	call := resource[strings.LastIndex(resource, ":::")+3:]
	if name, is := e.refused[call]; is {
		return nil, failure{name, call + " is refused"}
	}
	switch call {
	case "sns:publish":
		if message, _ := arguments["Message"].(string); len(message) > maxMessage {
			return nil, failure{"SNS.InvalidParameterException", "the message is too long"}
		}
		e.mails = append(e.mails, mail{time.Now(), fmt.Sprint(arguments["Subject"]), e.event})
		return map[string]any{}, nil
	case "dynamodb:putItem", "dynamodb:updateItem":
		if slices.Contains(e.repeated, e.state) {
			if _, err := e.write(call, arguments); err != nil {
				return nil, err // an answer that arrives
			}
			e.mutex.Unlock()
			e.travel()
			e.mutex.Lock()
		}
		return e.write(call, arguments)
	case "aws-sdk:sns:getTopicAttributes":
		return map[string]any{"Attributes": e.topics[arguments["TopicArn"].(string)]}, nil
	case "events:putEvents":
		e.reports++
		return map[string]any{}, nil
	default:
		return nil, fmt.Errorf("the composer calls %s", call)
	}
}

// travel takes 2 to 40 ms, mostly few.
func (e *execution) travel() {
	time.Sleep(min(2*time.Millisecond+time.Duration(e.random.ExpFloat64()*float64(5*time.Millisecond)), 40*time.Millisecond))
}
