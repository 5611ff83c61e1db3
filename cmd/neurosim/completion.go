package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"neurosim/configs"
)

// completionCommand prints a script that completes commands, their flags and the shipped
// configurations in a shell.
func completionCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("completion", flag.ContinueOnError)
	given, err := parse(c, fs, args, "completion bash|zsh|fish\n\nPrints a script for the shell: source <(neurosim completion bash), or neurosim completion fish | source")
	if err != nil {
		return err
	}
	if len(given) != 1 || !slices.Contains([]string{"bash", "zsh", "fish"}, given[0]) {
		return usagef("completion needs a shell: bash, zsh or fish")
	}
	flags := map[string][]string{}
	for _, cmd := range commands() {
		flags[cmd.name] = flagsOf(ctx, c, cmd)
	}
	if given[0] == "fish" {
		writeFish(c.out, flags)
		return nil
	}
	if given[0] == "zsh" { // which reads completions of bash
		fmt.Fprint(c.out, "autoload -Uz compinit bashcompinit && compinit && bashcompinit\n")
	}
	writeBash(c.out, flags)
	return nil
}

// flagLine is what the help of a command says of a flag.
var flagLine = regexp.MustCompile(`(?m)^  -([A-Za-z-]+)`)

// flagsOf returns the flags of a command, as its help lists them.
func flagsOf(ctx context.Context, c *cli, cmd verb) (flags []string) {
	var help bytes.Buffer
	cmd.run(ctx, &cli{out: &help, err: io.Discard, kinds: c.kinds}, []string{"-h"}) // errHelp
	for _, m := range flagLine.FindAllStringSubmatch(help.String(), -1) {
		if len(m[1]) > 1 {
			m[1] = "-" + m[1]
		}
		flags = append(flags, "-"+m[1])
	}
	return flags
}

// takesConfig tells whether a command takes configurations.
func takesConfig(cmd verb) bool { return strings.Contains(cmd.args, "CONFIG") }

// writeBash writes the script for bash. What is no flag and no command is completed as a file
// too.
func writeBash(w io.Writer, flags map[string][]string) {
	var names []string
	for _, cmd := range commands() {
		names = append(names, cmd.name)
	}
	fmt.Fprintf(w, "_neurosim() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n  COMPREPLY=()\n")
	fmt.Fprintf(w, "  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n    return\n  fi\n", strings.Join(append(slices.Clone(names), "help"), " "))
	fmt.Fprintf(w, "  case ${COMP_WORDS[1]} in\n")
	for _, cmd := range commands() {
		words := slices.Clone(flags[cmd.name])
		if takesConfig(cmd) {
			words = append(words, configs.Shipped()...)
		}
		fmt.Fprintf(w, "    %s) words='%s' ;;\n", cmd.name, strings.Join(words, " "))
	}
	fmt.Fprintf(w, "    help) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n  esac\n", strings.Join(names, " "))
	fmt.Fprint(w, "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  case $cur in -*) ;; *) COMPREPLY+=($(compgen -f -- \"$cur\")) ;; esac\n}\ncomplete -o filenames -F _neurosim neurosim\n")
}

// writeFish writes the script for fish, which completes files by itself.
func writeFish(w io.Writer, flags map[string][]string) {
	for _, cmd := range commands() {
		fmt.Fprintf(w, "complete -c neurosim -n __fish_use_subcommand -f -a %s -d '%s'\n", cmd.name, strings.ReplaceAll(cmd.does, "'", `\'`))
		for _, f := range flags[cmd.name] {
			kind := "-l"
			if !strings.HasPrefix(f, "--") {
				kind = "-s"
			}
			fmt.Fprintf(w, "complete -c neurosim -n '__fish_seen_subcommand_from %s' %s %s\n", cmd.name, kind, strings.TrimLeft(f, "-"))
		}
		if takesConfig(cmd) {
			fmt.Fprintf(w, "complete -c neurosim -n '__fish_seen_subcommand_from %s' -a '%s'\n", cmd.name, strings.Join(configs.Shipped(), " "))
		}
	}
}
