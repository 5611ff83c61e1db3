package spelling

import "testing"

func TestClosest(t *testing.T) {
	keys := []string{"theta", "theta_inh", "tau_m", "window", "plateau", "I_dAP"}
	for word, want := range map[string]string{"thetta": "theta", "tua_m": "tau_m", "i_dap": "I_dAP", "Window": "window", "platau": "plateau", "xyzzy": "", "q": ""} {
		if got := Closest(word, keys); got != want {
			t.Errorf("Closest(%q) = %q, want %q", word, got, want)
		}
	}
}
