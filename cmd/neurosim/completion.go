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

// completionCommand prints a script that completes commands, their flags, the shipped
// configurations and, after --set, the keys of a configuration in a shell. The keys the program
// itself prints when they are asked for, since they are those of the configuration on the line.
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

// setsKeys tells whether a command has --set for the keys of a configuration.
func setsKeys(cmd verb, flags []string) bool {
	return takesConfig(cmd) && slices.Contains(flags, "--set")
}

// writeBash writes the script for bash. What is no flag and no command is completed as a file
// too.
func writeBash(w io.Writer, flags map[string][]string) {
	var names, setting []string
	for _, cmd := range commands() {
		names = append(names, cmd.name)
		if setsKeys(cmd, flags[cmd.name]) {
			setting = append(setting, cmd.name)
		}
	}
	fmt.Fprintf(w, bashKeys, strings.Join(configs.Shipped(), "|"), strings.Join(setting, "|"))
	fmt.Fprintf(w, "_neurosim() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n  COMPREPLY=()\n")
	fmt.Fprintf(w, "  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n    return\n  fi\n", strings.Join(append(slices.Clone(names), "help"), " "))
	fmt.Fprintf(w, "  _neurosim_keys && return\n  case ${COMP_WORDS[1]} in\n")
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

// bashKeys completes the key of --set, in words that readline also divides at =. It fails where
// the word is no key. The keys are those of the configuration on the line, or all where there is
// none that is good.
const bashKeys = `_neurosim_keys() {
  local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) program=${COMP_WORDS[0]/#\~/$HOME} word of= keys
  if [ "$cur" = = ]; then cur=; elif [ "${COMP_WORDS[at]}" = = ]; then at=$((at - 1)); fi
  case ${COMP_WORDS[at]} in
    --set|-set) ;;
    *)
      case $cur in
        --set=*|-set=*) cur=${cur#*=} ;;
        *) return 1 ;;
      esac ;;
  esac
  case $cur in *=*) return 1 ;; esac
  for word in "${COMP_WORDS[@]:2}"; do
    case $word in *.toml|%[1]s) of=$word; break ;; esac
  done
  case ${COMP_WORDS[1]} in %[2]s) ;; *) return 1 ;; esac
  [ -n "$of" ] && keys=$("$program" keys --of "${of/#\~/$HOME}" 2>/dev/null) || keys=$("$program" keys --names 2>/dev/null)
  COMPREPLY=($(compgen -S = -W "$keys" -- "$cur"))
  compopt -o nospace +o filenames 2>/dev/null
  return 0
}
`

// fishKeys prints the keys of the configuration on the line, or all where there is none that is
// good.
const fishKeys = `function __neurosim_keys
  for word in (commandline -opc)
    if string match -q '*.toml' -- $word; or contains -- $word %s
      neurosim keys --of $word 2>/dev/null | string replace -r '$' '='
      test $pipestatus[1] -eq 0; and return
    end
  end
  neurosim keys --names | string replace -r '$' '='
end
`

// writeFish writes the script for fish, which completes files by itself.
func writeFish(w io.Writer, flags map[string][]string) {
	fmt.Fprintf(w, fishKeys, strings.Join(configs.Shipped(), " "))
	for _, cmd := range commands() {
		fmt.Fprintf(w, "complete -c neurosim -n __fish_use_subcommand -f -a %s -d '%s'\n", cmd.name, strings.ReplaceAll(cmd.does, "'", `\'`))
		for _, f := range flags[cmd.name] {
			kind := "-l"
			if !strings.HasPrefix(f, "--") {
				kind = "-s"
			}
			takes := ""
			if f == "--set" && setsKeys(cmd, flags[cmd.name]) {
				takes = " -x -a '(__neurosim_keys)'"
			}
			fmt.Fprintf(w, "complete -c neurosim -n '__fish_seen_subcommand_from %s' %s %s%s\n", cmd.name, kind, strings.TrimLeft(f, "-"), takes)
		}
		if takesConfig(cmd) {
			fmt.Fprintf(w, "complete -c neurosim -n '__fish_seen_subcommand_from %s' -a '%s'\n", cmd.name, strings.Join(configs.Shipped(), " "))
		}
	}
}
