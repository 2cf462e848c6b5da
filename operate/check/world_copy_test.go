package check

import (
	"reflect"
	"time"
	"unsafe"
)

// copied returns a world that shares nothing with this one that a test can change.
func (w *world) copied() *world {
	one := new(world)
	reflect.ValueOf(one).Elem().Set(reflect.ValueOf(w).Elem())
	own(reflect.ValueOf(one).Elem())
	return one
}

// own makes a value share nothing with what it was copied from: every pointer, list and map in it becomes a new one. A scene stays.
func own(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*scene]() {
			return
		}
		one := reflect.New(v.Type().Elem())
		one.Elem().Set(v.Elem())
		own(one.Elem())
		v.Set(one)
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		one := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(one, v)
		for i := range one.Len() {
			own(one.Index(i))
		}
		v.Set(one)
	case reflect.Map:
		if v.IsNil() {
			return
		}
		one := reflect.MakeMapWithSize(v.Type(), v.Len())
		for key, value := range v.Seq2() {
			inner := reflect.New(value.Type()).Elem()
			inner.Set(value)
			own(inner)
			one.SetMapIndex(key, inner)
		}
		v.Set(one)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			field := v.Field(i)
			own(reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()) // a world's fields are not exported
		}
	}
}
