// Command step prints the time diagram of docs/concepts.md as SVG: the order of a step, and one
// segment from the arrival of spikes to the spike of the soma, by the rules of packages dendrite
// and network.
//
//	go run ./docs/step > docs/figures/step.svg
package main

import (
	"fmt"
	"os"
	"strings"
)

// The example: five synapses of a segment with a window of 6 steps and θ = 4.
var arrivals = []int{2, 4, 5, 6, 9}

const (
	window  = 6
	theta   = 4
	plateau = 9
	steps   = 24

	left, right   = 150.0, 740.0
	width, height = 760.0, 560.0
)

func main() {
	if _, err := fmt.Print(diagram()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// x returns the place of the beginning of a step.
func x(step float64) float64 { return left + (right-left)*step/steps }

// overlap returns the number of synapses that are active in a step: an arrival in step j
// makes its synapse active in steps j ... j + window - 1.
func overlap(step int) (n int) {
	for _, j := range arrivals {
		if j <= step && step < j+window {
			n++
		}
	}
	return n
}

// start returns the first step whose overlap is at least theta.
func start() int {
	for k := range steps {
		if overlap(k) >= theta {
			return k
		}
	}
	return -1
}

func diagram() string {
	var b strings.Builder
	out := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	out(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="Liberation Sans, Arial, Helvetica, sans-serif" font-size="13">`, width, height)
	out(`<style>
.ink{fill:#1a1a1a}.line{stroke:#1a1a1a;fill:none}.pale{fill:#e3f1fa}.bar{fill:#f0c05a}.blue{fill:#0072b2}.red{stroke:#d55e00;fill:none}.grid{stroke:#d0d0d0}.back{fill:#ffffff}
@media (prefers-color-scheme:dark){.ink{fill:#e6e6e6}.line{stroke:#e6e6e6}.pale{fill:#1d3a4d}.bar{fill:#c9972e}.blue{fill:#56b4e9}.red{stroke:#ff9a4d}.grid{stroke:#444}.back{fill:#14171a}}
</style>`)
	out(`<rect class="back" width="%g" height="%g"/>`, width, height)
	text := func(x, y float64, anchor, s string) {
		out(`<text class="ink" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, s)
	}

	text(10, 20, "start", `<tspan font-weight="bold">a</tspan>  The order of a step`)
	row := func(y float64, name string, phases []string) {
		text(10, y+26, "start", name)
		w := (right - left) / float64(len(phases))
		for i, p := range phases {
			at := left + w*float64(i)
			out(`<rect class="pale" x="%.1f" y="%.1f" width="%.1f" height="44" rx="3"/>`, at, y, w-6)
			for j, line := range strings.Split(p, "|") {
				text(at+(w-6)/2, y+19+16*float64(j), "middle", line)
			}
		}
	}
	row(32, "threshold segments", []string{"inputs|spike", "spikes|arrive", "NMDA|spikes start", "somata|integrate", "somata|spike", "plateaus|end, begin", "recorders|read"})
	row(84, "compartments", []string{"inputs|spike", "spikes|arrive", "trees are|solved", "somata|spike", "NMDA|spikes found", "NMDA|spikes end", "recorders|read"})

	text(10, 160, "start", `<tspan font-weight="bold">b</tspan>  One segment: window of 6 steps, θ = 4, plateau of 9 steps`)
	k := start()
	for s := 0; s <= steps; s++ {
		out(`<line class="grid" x1="%.1f" y1="172" x2="%.1f" y2="520"/>`, x(float64(s)), x(float64(s)))
	}
	for i, j := range arrivals { // active synapses
		y := 180 + 17*float64(i)
		out(`<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="9"/>`, x(float64(j)), y, x(window)-x(0))
		out(`<rect class="blue" x="%.1f" y="%.1f" width="3" height="13"/>`, x(float64(j)), y-2)
	}
	text(10, 212, "start", "spikes arrive,")
	text(10, 229, "start", "synapses are active")

	base, unit := 340.0, 11.0 // overlap
	path := fmt.Sprintf("M%.1f %.1f", x(0), base)
	for s := range steps {
		y := base - unit*float64(overlap(s))
		path += fmt.Sprintf(" L%.1f %.1f L%.1f %.1f", x(float64(s)), y, x(float64(s+1)), y)
	}
	out(`<path class="line" stroke-width="1.6" d="%s"/>`, path)
	out(`<line class="red" stroke-dasharray="5 4" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, x(0), base-unit*theta, x(steps), base-unit*theta)
	text(right, base-unit*theta-4, "end", "θ")
	text(10, base-20, "start", "overlap")

	out(`<rect class="pale" x="%.1f" y="360" width="%.1f" height="26"/>`, x(float64(k)), x(1)-x(0))
	text(x(float64(k))-6, 378, "end", fmt.Sprintf("starts in step k = %d", k))
	out(`<rect class="bar" x="%.1f" y="360" width="%.1f" height="26"/>`, x(float64(k+1)), x(plateau)-x(0))
	text(x(float64(k+1))+(x(plateau)-x(0))/2, 378, "middle", "plateau: steps k+1 ... k+9")
	text(10, 378, "start", "NMDA spike")

	// The soma follows the current of the plateau with a time constant of 5 steps.
	top, rest, spike := 420.0, 500.0, -1
	path = fmt.Sprintf("M%.1f %.1f", x(0), rest)
	v := 0.0
	for s := range steps {
		drive := 0.0
		if s > k && s <= k+plateau {
			drive = 1
		}
		v += (drive - v) * 0.18
		if v >= 0.7 {
			spike, v = s, 0
			path += fmt.Sprintf(" L%.1f %.1f L%.1f %.1f L%.1f %.1f", x(float64(s+1)), rest-0.7*(rest-top), x(float64(s+1)), top-10, x(float64(s+1)), rest)
			continue
		}
		path += fmt.Sprintf(" L%.1f %.1f", x(float64(s+1)), rest-v*(rest-top))
	}
	out(`<path class="line" stroke-width="1.6" d="%s"/>`, path)
	out(`<line class="red" stroke-dasharray="5 4" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, x(0), rest-0.7*(rest-top), x(steps), rest-0.7*(rest-top))
	text(right, rest-0.7*(rest-top)-4, "end", "V_th")
	text(10, 466, "start", "soma")
	text(x(float64(spike+1))+5, top-2, "start", fmt.Sprintf("spike of step %d", spike))

	for s := 0; s <= steps; s += 4 {
		text(x(float64(s)), 538, "middle", fmt.Sprint(s))
	}
	text((left+right)/2, 555, "middle", "step")
	out(`</svg>`)
	return b.String()
}
