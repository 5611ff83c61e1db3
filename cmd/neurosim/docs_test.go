package main

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"neurosim/configs"
)

var (
	updatePages = flag.Bool("update", false, "replace the figures of the pages by those that their commands make")
	longPages   = flag.Duration("long", 0, "run the blocks of the pages that are marked as long, up to this time")
)

// block is a fenced block of a page in Markdown.
type block struct {
	line     int    // of the page, from 1, on which it opens
	language string // the word behind the fence
	mark     string // the comment <!-- mark --> on the line before it, or ""
	text     string
}

// blocksOf returns the fenced blocks of a page, and its text without them, in which every line
// keeps its number.
func blocksOf(page string) (blocks []block, rest string) {
	marked := regexp.MustCompile(`^<!-- (.*) -->$`)
	var left strings.Builder
	var open *block
	before := ""
	for i, line := range strings.Split(page, "\n") {
		word, fence := strings.CutPrefix(strings.TrimLeft(line, " "), "```")
		switch {
		case fence && open == nil:
			open = &block{line: i + 1, language: word}
			if m := marked.FindStringSubmatch(before); m != nil {
				open.mark = m[1]
			}
		case fence:
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.text += line + "\n"
		default:
			left.WriteString(line)
		}
		left.WriteString("\n")
		before = line
	}
	return blocks, left.String()
}

// pages are the documents of the project, by their path in it.
func pages(t *testing.T) (names []string) {
	t.Helper()
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "testdata" || path == "out") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			names = append(names, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// typed matches a line that a reader would type.
var typed = regexp.MustCompile(`^\s*(\./)?(neurosim|go (run|test|build|install|tool)|make) `)

// Every block of every page does what the page says. CONTRIBUTING.md ("Write a page") has the
// rules: a block of commands is run, in one directory for the page, with what is in it as
// files; a block of text behind it is what the commands print; a block that is not run says why.
func TestDocs(t *testing.T) {
	needsUnix(t)
	ran, followed := 0, 0
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, read(t, filepath.Join("../..", name)))
			if p.commands > 0 {
				long(t, "runs the commands of the page")
			}
			for _, b := range p.blocks {
				p.do(t, b)
			}
			p.check(t)
			for _, f := range p.figures {
				p.compare(t, filepath.Join("../..", filepath.Dir(name)), f)
			}
			ran, followed = ran+p.commands, followed+1
		})
	}
	if !testing.Short() && followed == len(pages(t)) && ran < 40 {
		t.Errorf("only %d blocks of commands were run", ran)
	}
}

// shown is a figure of a page, and the file that its commands make.
type shown struct {
	line       int
	made, file string
}

// page is a page while its blocks are followed.
type page struct {
	dir      string
	blocks   []block
	figures  []shown
	commands int // blocks of commands that are run

	unchecked []string // configurations that were written since the last check
	says      string   // what the last block printed
	said      bool     // says is of a block that a text may follow
	absent    bool     // the last block could not be run here
}

func newPage(t *testing.T, text string) *page {
	p := &page{dir: t.TempDir()}
	var rest string
	p.blocks, rest = blocksOf(text)
	lines := strings.Split(rest, "\n")
	for i, line := range lines {
		if m := regexp.MustCompile(`^<!-- figure: go run (\./docs/[a-z]+) -->$`).FindStringSubmatch(line); m != nil {
			if tests, _ := filepath.Glob(filepath.Join("../..", m[1], "*_test.go")); len(tests) == 0 {
				t.Errorf("line %d: %s has no test that the figure is current", i+1, m[1])
			}
		} else if strings.HasPrefix(line, "<!-- figure: not made here: ") {
			continue // a command that is not run would make it
		} else if m := regexp.MustCompile(`^<!-- figure: (\S*\.md) -->$`).FindStringSubmatch(line); m != nil {
			if _, file, _ := strings.Cut(lines[i+1], "]("); !strings.Contains(read(t, filepath.Join("../../docs", m[1])), "]("+file) {
				t.Errorf("line %d: %s does not show this figure", i+1, m[1])
			}
		} else if m := regexp.MustCompile(`^<!-- figure: (.*) -->$`).FindStringSubmatch(line); m != nil {
			image := regexp.MustCompile(`^!\[.*\]\((.*)\)$`).FindStringSubmatch(lines[i+1])
			if image == nil {
				t.Errorf("line %d: no image follows", i+1)
				continue
			}
			p.figures = append(p.figures, shown{i + 1, m[1], image[1]})
		} else if strings.HasPrefix(line, "![") && !strings.HasPrefix(lines[i-1], "<!-- figure: ") {
			t.Errorf("line %d: the line before a figure says which command makes it, as <!-- figure: out/quickstart/figures/raster.png -->", i+1)
		}
		if strings.HasPrefix(line, "    ") && typed.MatchString(line) {
			t.Errorf("line %d: a command stands indented, where nothing runs it: put it in a block that begins with ```sh", i+1)
		}
		for _, m := range regexp.MustCompile("`neurosim ([a-z]+)( [^`]*)?`").FindAllStringSubmatch(line, -1) {
			p.inline(t, i+1, m[1], strings.Fields(m[2]))
		}
	}
	for _, b := range p.blocks {
		if b.language == "sh" && !strings.HasPrefix(b.mark, "not run") && !named(b.text) {
			p.commands++
		}
	}
	return p
}

// inline holds the commands within a sentence to what there is.
func (p *page) inline(t *testing.T, line int, verb string, words []string) {
	if status, _, errs := neurosim(verb, "-h"); strings.Contains(errs, "unknown command") {
		t.Errorf("line %d: neurosim %s: status %d, %s", line, verb, status, errs)
	}
	if verb != "run" || len(words) == 0 || slices.Contains(configs.Shipped(), words[0]) || strings.ToUpper(words[0]) == words[0] || words[0][0] == '-' {
		return
	}
	if _, err := os.Stat(filepath.Join("../..", words[0])); err == nil {
		return
	}
	if !slices.ContainsFunc(p.blocks, func(b block) bool { return strings.HasPrefix(b.text, "# "+words[0]) }) && words[0] != "resolved.toml" {
		t.Errorf("line %d: neurosim run %s: neither a shipped configuration nor a file of this page", line, words[0])
	}
}

// named tells whether all commands of a block are go test or make, of which
// go test ./internal/arch finds what they name, instead of running them.
func named(text string) bool {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "go test ") && !strings.HasPrefix(line, "make ") && !strings.HasPrefix(line, "cd ") && strings.TrimSpace(line) != "" {
			return false
		}
	}
	return true
}

// do follows one block.
func (p *page) do(t *testing.T, b block) {
	t.Helper()
	first, _, _ := strings.Cut(b.text, "\n")
	file, how, _ := strings.Cut(strings.TrimPrefix(first, "# "), ", ")
	file, _, _ = strings.Cut(file, ":")
	reason, skipped := strings.CutPrefix(b.mark, "not run")
	if b.language != "text" {
		p.absent = skipped || tooLong(b.mark)
	}
	switch {
	case skipped && len(reason) < len(": because"):
		t.Errorf("line %d: a block that is not run says why, as <!-- not run: needs a cluster -->", b.line)
	case skipped:
		p.said = false
	case b.language == "":
		if typed.MatchString(b.text) {
			t.Errorf("line %d: a block with commands begins with ```sh", b.line)
		}
	case b.language == "text" && p.absent:
	case b.language == "text" && !p.said:
		t.Errorf("line %d: a text that no block before it prints; without a language it is a formula or a scheme", b.line)
	case b.language == "text":
		if missing := notPrinted(p.says, b.text); missing != "" {
			t.Errorf("line %d: not printed: %s\nprinted was\n%s", b.line, missing, p.says)
		}
	case strings.HasPrefix(b.mark, "needs: "):
		p.python(t, b)
	case b.language == "sh" && named(b.text):
		p.said = false
	case b.language == "sh":
		p.check(t)
		p.run(t, b)
	case slices.Contains([]string{"toml", "csv", "swc"}, b.language) && strings.HasPrefix(first, "# ") && filepath.Ext(file) != "":
		p.write(t, b, file, how)
	default:
		t.Errorf("line %d: a block of %q: of TOML and CSV the first line names the file, as # my.toml; others are not run and say why", b.line, b.language)
	}
}

// run gives the commands of a block to bash.
func (p *page) run(t *testing.T, b block) {
	t.Helper()
	status, more := 0, ""
	for mark := range strings.SplitSeq(b.mark, "; ") {
		if tooLong(mark) {
			p.said = false
			return
		}
		if strings.HasPrefix(mark, "long: ") {
			continue
		}
		if flags, ok := strings.CutPrefix(mark, "short: "); ok {
			more = flags
		} else if _, err := fmt.Sscanf(mark, "status %d", &status); err != nil && mark != "" {
			t.Errorf("line %d: <!-- %s --> is neither \"short: FLAGS\", \"long: TIME\", \"status N\" nor \"not run: REASON\"", b.line, b.mark)
		}
	}
	// go run in a clone is the program under test; nothing else of Go is run here.
	line := `set -e -o pipefail
	neurosim() {
		case $1 in
		run | fit | reproduce | thresholds | converge) "$NS" "$@" ` + more + ` ;;
		*) "$NS" "$@" ;;
		esac
	}
	go() {
		[ "$1 $2" = "run ./cmd/neurosim" ] || { echo "go $1 is not run here"; exit 97; }
		neurosim "${@:3}"
	}
	` + strings.ReplaceAll(b.text, "./neurosim ", "neurosim ")
	cmd := shell(t, line)
	cmd.Dir = p.dir
	cmd.Env = append(cmd.Env, "SLURM_CPUS_PER_TASK=", "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if got := exitCode(err); got != status {
		t.Fatalf("line %d: status %d, want %d:\n%s%s", b.line, got, status, b.text, out)
	}
	p.says, p.said = string(out), true
}

// python gives a block to Python where it has the module that the mark names.
func (p *page) python(t *testing.T, b block) {
	t.Helper()
	module := strings.TrimPrefix(b.mark, "needs: ")
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import "+module).Run() != nil {
			continue
		}
		cmd := exec.Command(python, "-c", b.text)
		cmd.Dir = p.dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("line %d: %v\n%s", b.line, err, out)
		}
		p.says, p.said = string(out), true
		return
	}
	t.Logf("line %d is not run: the Python module %s is not there", b.line, module)
	p.absent = true
}

// tooLong tells whether a block is marked as taking longer than this test was given, as
// <!-- long: 4 min -->.
func tooLong(mark string) bool {
	text, is := strings.CutPrefix(mark, "long: ")
	if !is {
		return false
	}
	d, err := time.ParseDuration(strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "min", "m"))
	return err != nil || d > *longPages
}

// write puts a block into the file that its first line names.
func (p *page) write(t *testing.T, b block, file, how string) {
	t.Helper()
	path := filepath.Join(p.dir, file)
	before, err := os.ReadFile(path)
	p.said = false
	switch how {
	case "":
		write(t, path, b.text)
	case "continued":
		if err != nil {
			t.Fatalf("line %d: %s goes on, and no block begins it", b.line, file)
		}
		write(t, path, string(before)+"\n"+b.text)
	case "with a mistake":
		if err == nil {
			write(t, path, string(before)+"\n"+b.text)
		} else {
			write(t, path, b.text)
		}
	default:
		t.Errorf("line %d: %q is neither \"continued\" nor \"with a mistake\"", b.line, how)
	}
	if how == "with a mistake" {
		cmd := shell(t, `"$NS" check --quiet --no-measure "$1"`)
		cmd.Args, cmd.Dir = append(cmd.Args, "bash", file), p.dir
		out, err := cmd.CombinedOutput()
		if exitCode(err) != exitUsage {
			t.Errorf("line %d: no mistake:\n%s%s", b.line, b.text, out)
		}
		p.says, p.said = string(out), true
		write(t, path, string(before))
		return
	}
	if b.language == "toml" && !slices.Contains(p.unchecked, file) {
		p.unchecked = append(p.unchecked, file)
	}
}

// check loads the configurations that were written: all are sound where a reader stops to use
// them. A file with gates alone is a channel, and one with neither a run nor an include is
// part of others.
func (p *page) check(t *testing.T) {
	t.Helper()
	for _, file := range p.unchecked {
		text := read(t, filepath.Join(p.dir, file))
		var cmd *exec.Cmd
		switch {
		case regexp.MustCompile(`(?m)^(\[run\]|include = |model = |\[uncaging|\[protocols)`).MatchString(text):
			cmd = shell(t, `"$NS" check --quiet --no-measure "$1"`)
		case regexp.MustCompile(`(?m)^\[gates\.`).MatchString(text):
			cmd = shell(t, `"$NS" channel --quiet "$1"`)
		default:
			continue
		}
		cmd.Args, cmd.Dir = append(cmd.Args, "bash", file), p.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s, as the page writes it: %v\n%s", file, err, out)
		}
	}
	p.unchecked = nil
}

// compare holds a figure of a page to the one that the commands have made, pixel by pixel. A
// command that is not run here makes none.
func (p *page) compare(t *testing.T, folder string, f shown) {
	t.Helper()
	made, err := os.ReadFile(filepath.Join(p.dir, f.made))
	if err != nil {
		if !slices.ContainsFunc(p.blocks, func(b block) bool { return tooLong(b.mark) }) {
			t.Errorf("line %d: no command of this page makes %s", f.line, f.made)
		}
		return
	}
	file := filepath.Join(folder, f.file)
	if *updatePages {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	drawn := read(t, file)
	if drawn == string(made) {
		return
	}
	want, err := png.Decode(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(strings.NewReader(drawn))
	if err != nil {
		t.Fatalf("%s: %v", f.file, err)
	}
	differ := 0
	if got.Bounds() != want.Bounds() {
		differ = -1
	} else {
		b := got.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if got.At(x, y) != want.At(x, y) {
					differ++
				}
			}
		}
	}
	if differ != 0 {
		t.Errorf("line %d: %s is not %s, as the commands of this page make it (%d pixels differ; -1: its size): make docs-figures", f.line, f.file, f.made, differ)
	}
}

// notPrinted returns the first line of a text that is not in what was printed, behind
// the line before it; "..." stands for anything, within a line or for lines.
func notPrinted(printed, text string) (missing string) {
	lines := strings.Split(printed, "\n")
	for want := range strings.Lines(text) {
		want = strings.TrimSpace(want)
		if want == "" || want == "..." {
			continue
		}
		parts := strings.Split(want, "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		like := regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
		at := slices.IndexFunc(lines, func(line string) bool { return like.MatchString(strings.TrimSpace(line)) })
		if at < 0 {
			return want
		}
		lines = lines[at+1:]
	}
	return ""
}

// The test of the pages sees what it has to see: a line that is not printed, or in another order.
func TestNotPrinted(t *testing.T) {
	const printed = "K* = 15\n  simulated 2 s in 0.1 s\nE: 568 spikes\n"
	for _, c := range []struct{ text, missing string }{
		{"K* = 15\nE: 568 spikes\n", ""},
		{"simulated 2 s in ... s\n...\nE: ... spikes\n", ""},
		{"K* = 16\n", "K* = 16"},
		{"E: 568 spikes\nK* = 15\n", "K* = 15"},
		{"K* = 1\n", "K* = 1"},
	} {
		if got := notPrinted(printed, c.text); got != c.missing {
			t.Errorf("%q: missing %q, want %q", c.text, got, c.missing)
		}
	}
}

// The messages of docs/faq.md about configurations are those of configs/testdata/bad, or said
// by the page's own mistakes.
func TestMessagesOfTheQuestions(t *testing.T) {
	texts, err := filepath.Glob("../../configs/testdata/bad/*.txt")
	if err != nil || len(texts) < 300 {
		t.Fatalf("%d files of messages, %v", len(texts), err)
	}
	all := ""
	for _, file := range texts {
		all += read(t, file)
	}
	_, table, _ := strings.Cut(read(t, "../../docs/faq.md"), "## Messages\n")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := regexp.MustCompile("(?m)^\\| `([^`]*)` \\|").FindAllStringSubmatch(table, -1)
	if len(rows) < 25 {
		t.Errorf("read only %d rows", len(rows))
	}
	for _, r := range rows {
		parts := strings.Split(r[1], "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		if !regexp.MustCompile(strings.Join(parts, ".*")).MatchString(all) {
			t.Errorf("no file of configs/testdata/bad makes the message %q", r[1])
		}
	}
}

// docs/commands.md ends with what each command says of itself.
func TestCommandsPage(t *testing.T) {
	const file, mark = "../../docs/commands.md", "-run TestCommandsPage -update -->\n"
	head, rest, ok := strings.Cut(read(t, file), mark)
	if !ok {
		t.Fatalf("%s has no line that ends with %q", file, mark)
	}
	_, list, _ := neurosim("help")
	if list == "" {
		list, _ = must(t, "help")
	}
	var want strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^  neurosim ([a-z]+) `).FindAllStringSubmatch(list, -1) {
		_, out, errs := neurosim(m[1], "-h")
		fmt.Fprintf(&want, "\n## %s\n\n```\n%s\n```\n", m[1], strings.ReplaceAll(strings.TrimSpace(out+errs), "\t", "    "))
	}
	if *updatePages {
		write(t, file, head+mark+want.String())
	} else if rest != want.String() {
		t.Errorf("%s is not what the commands say: go test ./cmd/neurosim -run TestCommandsPage -update", file)
	}
}
