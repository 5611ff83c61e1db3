COMMENT
AMPA and NMDA conductances of one synapse, differences of exponentials with peak 1, the second
with a block by magnesium, 1/(1 + eta mg exp(-gamma v)).
ENDCOMMENT

NEURON {
    POINT_PROCESS NmdaAmpa
    RANGE ampa, nmda
    NONSPECIFIC_CURRENT i
}

UNITS { (mV) = (millivolt) (nA) = (nanoamp) (uS) = (microsiemens) }

PARAMETER {
    ampa = 0.5e-3 (uS)
    nmda = 0.5e-3 (uS)
    eta = 0.25
    gamma = 0.08 (/mV)
}

ASSIGNED { v (mV) i (nA) fa fn }

STATE { a1 a2 n1 n2 }

INITIAL {
    a1 = 0 a2 = 0 n1 = 0 n2 = 0
    fa = peak(0.2, 2)
    fn = peak(2, 50)
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = (ampa*(a2 - a1) + nmda*(n2 - n1)/(1 + eta*exp(-gamma*v)))*v
}

DERIVATIVE decay {
    a1' = -a1/0.2
    a2' = -a2/2
    n1' = -n1/2
    n2' = -n2/50
}

NET_RECEIVE(weight) {
    a1 = a1 + weight*fa
    a2 = a2 + weight*fa
    n1 = n1 + weight*fn
    n2 = n2 + weight*fn
}

FUNCTION peak(rise, decay) {
    LOCAL at
    at = rise*decay/(decay - rise)*log(decay/rise)
    peak = 1/(exp(-at/decay) - exp(-at/rise))
}
