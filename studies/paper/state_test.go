package paper

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"testing"
)

// What a part of a study gives survives the state of an interrupted study: gob leaves
// out fields that are not exported, without a word.
func TestPartsSurviveAState(t *testing.T) {
	for _, want := range []any{
		&sample{3, 4, 5}, &correlatedSet{0.25, 7}, &histogram{1, 2, 3}, &[]int64{4, 5},
		&recall{Error: sample{3, 4, 5}, Wrong: 6, Sizes: []int{7, 8}, WrongRateBySizes: 0.5},
	} {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(want); err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(want).Elem()).Interface()
		if err := gob.NewDecoder(&b).Decode(got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%T: %+v became %+v", want, want, got)
		}
	}
}
