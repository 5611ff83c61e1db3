package main

import (
	"context"
	"flag"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/dotted"
	"neurosim/studies/fit"
)

const fitUsage = "fit CONFIG [--data FILE]... [--free KEY[:MIN,MAX]]... [-o DIR] [--set key=value]... [--seed N] [--threads N] [--resume] [--json]"

// fitCommand finds the values of keys at which a configuration is nearest to measurements.
func fitCommand(ctx context.Context, c *cli, args []string) error {
	began, fs := time.Now(), flag.NewFlagSet("fit", flag.ContinueOnError)
	var cf configFlags
	var jf jobFlags
	var data, free stringList
	cf.add(fs)
	jf.add(fs, "CONFIG-fit")
	fs.Var(&data, "data", "measurements: CSV `FILE[:FIGURE[.PANEL]]`, compared with the curve of that figure, or of the first figure with the same units; may be repeated")
	fs.Var(&free, "free", "key to vary and its range, `KEY[:MIN,MAX]`; join keys that get the same value by +; may be repeated")
	files, err := parse(c, fs, args, fitUsage)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usagef("fit takes one configuration; shipped ones are %s", strings.Join(configs.Shipped(), ", "))
	}
	o := cf.options()
	more, err := fitTables(data, free)
	if err != nil {
		return err
	}
	o.Set = append(slices.Clip(o.Set), more...)
	j := &job{writeup: writeup{cli: c}, flags: jf, again: slices.Concat([]string{"neurosim", "fit"}, files, given(fs))}
	x, err := j.load(ctx, files[0], o)
	switch {
	case err != nil:
		return err
	case x.Fit == nil || len(x.Fit.Free) == 0:
		return usagef("%s: no key is varied: give --free KEY[:MIN,MAX] or [fit.free.NAME]", x.File)
	case len(x.Fit.Data) == 0 && len(x.Shown) == 0:
		return usagef("%s: there are no data: give --data FILE, [fit.data.NAME] or the key data of a figure", x.File)
	}
	j.x, j.seed, j.name, j.formats = x, x.Seed, baseName(x.File)+"-fit", x.Output.Formats
	j.study = &fit.Study{Of: x, Fit: *x.Fit}
	if j.plan = planned(x, j.study.Plan()); j.plan.Missing != nil {
		return j.plan.Missing
	}
	return j.run(ctx, began)
}

// fitTables returns the tables [fit.data] and [fit.free] that flags stand for.
func fitTables(data, free []string) (set []grammar.Override, err error) {
	used := map[string]bool{}
	unique := func(name string) string {
		for base, i := name, 2; used[name]; i++ {
			name = base + " " + strconv.Itoa(i)
		}
		used[name] = true
		return name
	}
	put := func(table, name, key, value string) {
		set = append(set, grammar.Override{Key: grammar.Join(table, name) + "." + key, Value: value})
	}
	for _, file := range data {
		file, figure := cutFigure(file)
		name := unique(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
		put("fit.data", name, "file", dotted.Quote(file))
		if figure == "" {
			continue
		}
		figure, panel, hasPanel := strings.Cut(figure, ".")
		put("fit.data", name, "figure", dotted.Quote(figure))
		if hasPanel {
			put("fit.data", name, "panel", dotted.Quote(panel))
		}
	}
	used = map[string]bool{}
	for _, f := range free {
		keys, span, bounded := strings.Cut(f, ":")
		all := strings.Split(keys, "+")
		parts := strings.Split(all[0], ".")
		name := unique(strings.Join(parts[max(0, len(parts)-2):], "."))
		if len(all) == 1 {
			put("fit.free", name, "key", dotted.Quote(keys))
		} else {
			var quoted []string
			for _, k := range all {
				quoted = append(quoted, dotted.Quote(k))
			}
			put("fit.free", name, "keys", "["+strings.Join(quoted, ", ")+"]")
		}
		if !bounded {
			continue
		}
		lo, hi, two := strings.Cut(span, ",")
		if !two {
			return nil, usagef("--free %s: a range is KEY:MIN,MAX", f)
		}
		for _, end := range [][2]string{{"min", lo}, {"max", hi}} {
			text := strings.TrimSpace(end[1])
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				text = dotted.Quote(text)
			}
			put("fit.free", name, end[0], text)
		}
	}
	return set, nil
}

// cutFigure takes the figure from behind the name of a file. What stands before it may have a
// colon too, as on Windows.
func cutFigure(text string) (file, figure string) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.ContainsAny(text[i:], `/\\`) {
		return text, ""
	}
	return text[:i], text[i+1:]
}
