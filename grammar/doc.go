// Package grammar reads configurations, whatever they describe: TOML with units, in
// files that include each other, with values set by hand. It knows no study.
//
// [Load] opens a file and gives a [Decoder] to the function of a study, which has it
// fill its structs from their tables:
//
//	func read(d *grammar.Decoder) *study {
//		s := &study{Run: defaultRun()}
//		d.Into("", d.Root(), &struct{}{}, "run", "output")
//		d.Into("run", d.Table("run", d.Root(), "run"), &s.Run)
//		if s.Run.Trials < 1 {
//			d.Bad("run.trials", "must be at least 1")
//		}
//		d.Output()
//		return s
//	}
//
// The tags of the structs are the grammar. From them follow the messages, the resolved
// configuration ([Configuration.Resolved]), what a sweep may change, and the reference
// ([Reference]). All that is wrong is reported at once, each with its place.
package grammar
