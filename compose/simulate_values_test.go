package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	jsonata "github.com/blues/jsonata-go"
)

// sized fails if a value is larger than what a state may have.
func sized(values ...any) error {
	for _, value := range values {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			return err
		}
		if text.Len() > maxState {
			return failure{tooLarge, fmt.Sprintf("%d bytes", text.Len())}
		}
	}
	return nil
}

// value evaluates what is JSONata in a value.
func (e *execution) value(value any, scope map[string]any) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, inner := range v {
			one, err := e.value(inner, scope)
			if err != nil {
				return nil, err
			}
			all[key] = one
		}
		return all, nil
	case []any:
		all := make([]any, len(v))
		for i, inner := range v {
			one, err := e.value(inner, scope)
			if err != nil {
				return nil, err
			}
			all[i] = one
		}
		return all, nil
	case string:
		inner, isCode := strings.CutPrefix(v, "{%")
		if !isCode {
			return v, nil
		}
		return e.evaluate(strings.TrimSuffix(inner, "%}"), scope)
	}
	return value, nil
}

func (e *execution) evaluate(text string, scope map[string]any) (any, error) {
	if strings.TrimSpace(text) == "$states.input" {
		return scope["input"], nil // as most states have it; this saves time only
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	expression := e.expressions[text]
	if expression == nil {
		var err error
		if expression, err = jsonata.Compile(text); err != nil {
			return nil, err
		}
		if err = expression.RegisterExts(map[string]jsonata.Extension{"assert": {Func: assert}}); err != nil {
			return nil, err
		}
		e.expressions[text] = expression
	}
	if err := expression.RegisterVars(map[string]any{"states": scope}); err != nil {
		return nil, err
	}
	if err := expression.RegisterVars(e.variables); err != nil {
		return nil, err
	}
	value, err := expression.Eval(map[string]any{})
	if err != nil {
		return nil, failure{"States.QueryEvaluationError", err.Error()}
	}
	return plain(value)
}

// assert is the function of JSONata by that name, which the library lacks.
func assert(is bool, message string) (bool, error) {
	if !is {
		return false, errors.New(message)
	}
	return true, nil
}

// plain returns a value as JSON has it.
func plain(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var all any
	err = json.Unmarshal(text, &all)
	return all, err
}

// choose returns the state that a choice leads to.
func (e *execution) choose(state map[string]any, input any) (string, error) {
	for _, choice := range entries(state, "Choices") {
		is := false
		if condition, isCode := choice["Condition"]; isCode {
			value, err := e.value(condition, map[string]any{"input": input})
			if err != nil {
				return "", err
			}
			is = value == true
		} else {
			is = holds(choice, input)
		}
		if is {
			return choice["Next"].(string), nil
		}
	}
	return state["Default"].(string), nil
}

// holds reports whether a condition without JSONata is true.
func holds(condition map[string]any, input any) bool {
	if all := entries(condition, "And"); all != nil {
		return !slices.ContainsFunc(all, func(one map[string]any) bool { return !holds(one, input) })
	}
	if not, ok := condition["Not"].(map[string]any); ok {
		return !holds(not, input)
	}
	for _, key := range strings.Split(strings.TrimPrefix(condition["Variable"].(string), "$."), ".") {
		in, _ := input.(map[string]any)
		input = in[key]
	}
	if number, is := condition["NumericEquals"]; is {
		return input == number
	}
	return input == condition["StringEquals"]
}
