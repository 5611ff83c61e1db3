package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"neurosim/channel"
	"neurosim/channel/catalogue"
	"neurosim/channel/view"
	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/plots"
	"neurosim/studies/model"
)

const channelUsage = "channel [NAME | FILE.toml | CONFIG.toml:POPULATION/CHANNEL] [--temperature T] [--set key=value]... [-o DIR] [--formats png,svg,pdf] [--json] [--quiet]\n" +
	"       neurosim channel NAME --toml\n\n" +
	"Without NAME the command lists the catalogue. NAME is a channel of the catalogue, such as\n" +
	"hay/NaTa_t. FILE is a file with your own channel, CONFIG a configuration that has one. The\n" +
	"figure is written to NAME.png."

// channelFlags are the flags of channel.
type channelFlags struct {
	set         overrides
	temperature temperatureFlag
	dir         textFlag
	formats     string
	json, text  bool
}

// A temperatureFlag is --temperature: a number of °C, with its unit or without.
type temperatureFlag struct {
	celsius float64
	given   bool
}

func (f *temperatureFlag) String() string { return grammar.FormatNumber(f.celsius) }

func (f *temperatureFlag) Set(text string) error {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		if x, err = grammar.ParseQuantity(text, "degC"); err != nil {
			return errors.New("must be a temperature, such as 34 or \"34 degC\"")
		}
	}
	if !(x >= -10 && x <= 100) {
		return errors.New("must be from -10 to 100 degC")
	}
	f.celsius, f.given = x, true
	return nil
}

// channelCommand shows a channel, or lists the catalogue.
func channelCommand(ctx context.Context, c *cli, args []string) error {
	flags := flag.NewFlagSet("channel", flag.ContinueOnError)
	f := channelFlags{temperature: temperatureFlag{celsius: 34}}
	flags.Var(&f.temperature, "temperature", "temperature `T` in degC; for CONFIG the default is that of the population")
	flags.Var(&f.set, "set", "`key=value`: replace a value of the channel, such as constants.vshift=-5; may be repeated")
	flags.Var(&f.dir, "o", "`DIR` for the figure; the default is the working directory")
	flags.StringVar(&f.formats, "formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	flags.BoolVar(&f.text, "toml", false, "print the channel as TOML, to copy it, and draw nothing")
	flags.BoolVar(&f.json, "json", false, "print one JSON object on standard output")
	flags.BoolVar(&c.quiet, "quiet", false, "print only warnings and errors")
	names, err := parse(c, flags, args, channelUsage)
	switch {
	case err != nil:
		return err
	case len(names) > 1:
		return usagef("channel takes one channel; got %s", strings.Join(names, ", "))
	case len(names) == 1 && f.text:
		return f.print(c, names[0])
	case len(names) == 1:
		return f.show(ctx, c, names[0])
	case f.text:
		return usagef("--toml needs the name of a channel")
	}
	return f.list(c)
}

// list prints the catalogue by family.
func (f *channelFlags) list(c *cli) error {
	titles, family := map[string]string{}, ""
	for _, name := range catalogue.Names() {
		def, err := catalogue.Named(name)
		if err != nil {
			return err
		}
		titles[name] = def.Title
		if f.json {
			continue
		}
		if of := path.Dir(name); of != family {
			if family != "" {
				fmt.Fprintln(c.out)
			}
			family = of
		}
		fmt.Fprintf(c.out, "%-16s %s\n", name, def.Title)
	}
	if f.json {
		return c.json(map[string]any{"channels": titles})
	}
	c.say("\nneurosim channel NAME shows one; neurosim channel NAME --toml prints its text, to copy it.")
	return nil
}

// A channelSource is where a channel stands.
type channelSource struct {
	file                string // "": the catalogue
	name                string // of the channel, for people
	population, channel string // in a configuration
}

// source says what the user has named.
func source(name string) (channelSource, error) {
	if _, ok := catalogue.Text(name); ok {
		return channelSource{name: name}, nil
	}
	if file, inside, ok := strings.Cut(name, ".toml:"); ok {
		population, of, ok := strings.Cut(inside, "/")
		if !ok || population == "" || of == "" {
			return channelSource{}, usagef("%s: POPULATION/CHANNEL must follow the file", name)
		}
		return channelSource{file + ".toml", of, population, of}, nil
	}
	switch {
	case name == "-":
		return channelSource{file: name, name: "channel"}, nil
	case strings.HasSuffix(name, ".toml"):
		return channelSource{file: name, name: strings.TrimSuffix(filepath.Base(name), ".toml")}, nil
	}
	_, err := catalogue.Named(name)
	return channelSource{}, usagef("%s: %s (neurosim channel lists them; a file ends in .toml)", name, err)
}

// print prints the text of a channel.
func (f *channelFlags) print(c *cli, name string) error {
	s, err := source(name)
	if err != nil {
		return err
	}
	if s.file != "" {
		return usagef("%s: --toml prints a channel of the catalogue, not a file", name)
	}
	text, _ := catalogue.Text(name)
	_, err = c.out.Write(text)
	return err
}

// load reads and checks a channel.
func (f *channelFlags) load(s channelSource) (*channel.Kinetics, error) {
	file, library := s.file, catalogue.Library
	switch {
	case file == "":
		file = library.Folder + "/" + s.name + ".toml"
	case s.population != "":
		library = configs.Library // which the configuration may include
	}
	return grammar.Load(file, library, grammar.Options{Set: f.set}, func(d *grammar.Decoder) *channel.Kinetics {
		if _, config := d.Root()["populations"]; config && s.population == "" {
			d.Bad("populations", "makes the file a configuration: name one of its channels, as in %s:POPULATION/CHANNEL", s.file)
			return nil
		}
		if s.population == "" {
			def := catalogue.Root(d)
			def.Name = s.name
			return def.Compile(f.temperature.celsius, d.Bad)
		}
		def, celsius := model.Channel(d, s.population, s.channel)
		if def == nil {
			return nil
		}
		if !f.temperature.given && !math.IsNaN(celsius) {
			f.temperature.celsius, f.temperature.given = celsius, true
		}
		return def.Compile(f.temperature.celsius, func(key, rule string, args ...any) {
			d.Bad(grammar.Join(grammar.Join("populations", s.population)+".channels", s.channel)+"."+key, rule, args...)
		})
	})
}

// show prints a channel and draws it.
func (f *channelFlags) show(ctx context.Context, c *cli, name string) error {
	formats, err := formatList(f.formats)
	if err != nil {
		return err
	}
	s, err := source(name)
	if err != nil {
		return err
	}
	k, err := f.load(s)
	if err != nil {
		return err
	}
	gates := view.Gates(k, 1)
	if !f.json {
		f.head(c, k)
		if err := tables(c, gates); err != nil {
			return err
		}
	}
	for _, note := range k.Notes() {
		c.say("note: %s", note)
	}
	files, err := f.draw(ctx, c, k, formats)
	if err != nil || !f.json {
		return err
	}
	return c.json(struct {
		Channel     string      `json:"channel"`
		Title       string      `json:"title"`
		Source      string      `json:"source"`
		Ion         channel.Ion `json:"ion"`
		E           *float64    `json:"E_mV"` // null: not said, or the Nernst potential of calcium
		Temperature float64     `json:"temperature_degC"`
		Factor      float64     `json:"conductance_factor"`
		Current     string      `json:"current"`
		Gates       []view.Gate `json:"gates"`
		Notes       []string    `json:"notes"`
		Figures     []string    `json:"figures"`
	}{k.Name, k.Title, k.Source, k.Ion, known(k.E), f.temperature.celsius, k.Factor(), view.Formula(k, false), gates, append([]string{}, k.Notes()...), append([]string{}, files...)})
}

// known returns a number, nil where there is none.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// head says what the channel is.
func (f *channelFlags) head(c *cli, k *channel.Kinetics) {
	c.say("%s: %s", k.Name, orElse(k.Title, "without a title"))
	c.say("  source       %s", orElse(k.Source, "not given"))
	c.say("  current      %s", view.Formula(k, false))
	c.say("  ion          %s", orElse(string(k.Ion), "not given"))
	switch {
	case !math.IsNaN(k.E):
		c.say("  E            %g mV", k.E)
	case k.Ion == channel.Calcium:
		c.say("  E            the Nernst potential of calcium")
	default:
		c.say("  E            not given; the population must set it")
	}
	shown := fmt.Sprintf("%g degC", f.temperature.celsius)
	if !f.temperature.given {
		shown += ", the default"
	}
	switch {
	case !k.DependsOnTemperature():
		shown += "; the channel does not depend on it"
	case k.Factor() != 1:
		shown += fmt.Sprintf("; the conductance is multiplied by %.4g", k.Factor())
	}
	c.say("  temperature  %s", shown)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// tables prints the gates of the potential, then each gate of calcium.
func tables(c *cli, gates []view.Gate) error {
	var of []view.Gate
	for _, g := range gates {
		if g.Reads != "ca" {
			of = append(of, g)
		}
	}
	lists := [][]view.Gate{of}
	for _, g := range gates {
		if g.Reads == "ca" {
			lists = append(lists, []view.Gate{g})
		}
	}
	first := true
	for _, list := range lists {
		if list == nil {
			continue
		}
		if !first {
			fmt.Fprintln(c.out)
		}
		first = false
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
		head, unit := "V (mV)\t", ""
		if list[0].Reads == "ca" {
			head = "ca (mM)\t"
		}
		for _, g := range list {
			if g.Ca != nil {
				unit = fmt.Sprintf(", ca = %g mM", *g.Ca)
			}
			head += g.Name + " inf" + unit + "\t" + g.Name + " tau (ms)\t"
		}
		fmt.Fprintln(w, head)
		for i, x := range list[0].At {
			fmt.Fprintf(w, "%.6g\t", x)
			for _, g := range list {
				tau := "0" // instantaneous
				if g.Tau != nil {
					tau = fmt.Sprintf("%.6g", g.Tau[i])
				}
				fmt.Fprintf(w, "%.6g\t%s\t", g.Inf[i], tau)
			}
			fmt.Fprintln(w)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// draw writes the figure in every format and returns the files.
func (f *channelFlags) draw(ctx context.Context, c *cli, k *channel.Kinetics, formats []string) (files []string, err error) {
	if names, _ := k.Gates(); len(names) == 0 {
		c.say("note: a leak has no gates, and no figure")
		return nil, nil
	}
	if f.dir != "" {
		if err := os.MkdirAll(string(f.dir), 0o777); err != nil {
			return nil, err
		}
	}
	fig := view.Figure(strings.ReplaceAll(k.Name, "/", "-"), k, f.temperature.celsius)
	for _, format := range formats {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var picture bytes.Buffer
		if err := plots.Write(&picture, fig, format); err != nil {
			return nil, err
		}
		file := filepath.Join(string(f.dir), fig.Name+"."+format)
		if err := os.WriteFile(file, picture.Bytes(), fs.FileMode(0o666)); err != nil {
			return nil, err
		}
		c.say("%s", file)
		files = append(files, file)
	}
	return files, nil
}
