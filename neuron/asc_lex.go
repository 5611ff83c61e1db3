package neuron

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// ascToken is a word of an ASC file.
type ascToken struct {
	kind ascKindOfToken
	line int
	text string  // of a word, a text, or a number as it is written
	x    float64 // of a number; NaN where it is not a finite one
}

type ascKindOfToken byte

// Kinds of words. The signs stand for themselves.
const (
	ascEnd    ascKindOfToken = 0
	ascWord   ascKindOfToken = 'w'
	ascNumber ascKindOfToken = 'n'
	ascText   ascKindOfToken = 't' // in quotes
	ascOpen   ascKindOfToken = '('
	ascClose  ascKindOfToken = ')'
	ascBar    ascKindOfToken = '|'
	ascSpine  ascKindOfToken = '<'
	ascSpined ascKindOfToken = '>'
	ascComma  ascKindOfToken = ','
	ascBad    ascKindOfToken = 'b' // a quote that is not closed
)

// String names a word for a message.
func (t ascToken) String() string {
	switch t.kind {
	case ascEnd:
		return "the end of the file"
	case ascText, ascWord, ascNumber, ascBad:
		return strconv.Quote(cut(t.text, 40))
	}
	return strconv.Quote(string(rune(t.kind)))
}

// ascLexer cuts a text into words.
type ascLexer struct {
	text []byte // what is left
	line int    // from 1

	ahead  ascToken
	peeked bool
}

// peek returns the word that next will return.
func (l *ascLexer) peek() ascToken {
	if !l.peeked {
		l.ahead, l.peeked = l.scan(), true
	}
	return l.ahead
}

// next returns the next word.
func (l *ascLexer) next() ascToken {
	t := l.peek()
	l.peeked = false
	return t
}

// ascSigns are the bytes that end a word.
const ascSigns = " \t\r\n\v\f\x00\x1a;()|<>,\""

func (l *ascLexer) scan() ascToken {
	for len(l.text) > 0 {
		switch c := l.text[0]; c {
		case '\r', '\n':
			if c == '\r' && len(l.text) > 1 && l.text[1] == '\n' {
				l.text = l.text[1:]
			}
			l.line++
			l.text = l.text[1:]
		case ' ', '\t', '\v', '\f', 0, 0x1a:
			l.text = l.text[1:]
		case ';':
			l.text = l.text[lineLength(l.text):]
		case '(', ')', '|', '<', '>', ',':
			l.text = l.text[1:]
			return ascToken{kind: ascKindOfToken(c), line: l.line}
		case '"':
			line := l.text[1:lineLength(l.text)]
			end := bytes.IndexByte(line, '"')
			if end < 0 {
				l.text = l.text[1+len(line):]
				return ascToken{kind: ascBad, line: l.line, text: string(line)}
			}
			l.text = l.text[end+2:]
			return ascToken{kind: ascText, line: l.line, text: string(line[:end])}
		default:
			end := bytes.IndexAny(l.text, ascSigns)
			if end < 0 {
				end = len(l.text)
			}
			word := string(l.text[:end])
			l.text = l.text[end:]
			return numberOrWord(word, l.line)
		}
	}
	return ascToken{kind: ascEnd, line: l.line}
}

// lineLength returns the length of the line that a text begins with, without its end.
func lineLength(text []byte) int {
	if end := bytes.IndexAny(text, "\r\n"); end >= 0 {
		return end
	}
	return len(text)
}

// numberOrWord tells numbers from words. What begins as a number does, and nan and inf,
// are meant as one.
func numberOrWord(word string, line int) ascToken {
	begin := strings.TrimLeft(word, "+-.")
	meant := begin != "" && begin[0] >= '0' && begin[0] <= '9' || begin != word || strings.EqualFold(word, "nan") || strings.EqualFold(word, "inf")
	if !meant {
		return ascToken{kind: ascWord, line: line, text: word}
	}
	x, err := strconv.ParseFloat(word, 64)
	if err != nil || math.IsInf(x, 0) {
		x = math.NaN()
	}
	return ascToken{kind: ascNumber, line: line, text: word, x: x}
}
