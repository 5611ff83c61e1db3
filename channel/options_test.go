package channel_test

import "neurosim/grammar"

var grammarOptions = grammar.Options{}
