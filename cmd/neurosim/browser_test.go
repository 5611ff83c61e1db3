package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A browser is a headless Chromium with one page, which tests drive by the DevTools protocol over
// a pipe: messages in JSON, each with a zero byte behind it.
type browser struct {
	t        testing.TB
	to       io.Writer
	replies  chan reply
	said     chan string // what came on the console or was thrown
	session  string
	messages int
	console  []string
	last     string // span of time that a test has seen
}

type reply struct {
	ID     int
	Result json.RawMessage
	Error  *struct{ Message string }
	Method string
	Params json.RawMessage
}

// openBrowser starts Chromium, or skips the test where there is none.
func openBrowser(t testing.TB) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser: run without -short")
	}
	if runtime.GOOS == "windows" {
		t.Skip("drives Chromium over pipes: run it on Linux or macOS")
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs the program chromium: install it")
	}
	readEnd, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, writeEnd, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// The directory is not t.TempDir, which fails the test where a process of the browser still
	// writes to it.
	home, err := os.MkdirTemp("", "neurosim-chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+home)
	cmd.ExtraFiles = []*os.File{readEnd, writeEnd}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	readEnd.Close()
	writeEnd.Close()
	b := &browser{t: t, to: to, replies: make(chan reply), said: make(chan string, 1000)}
	go b.listen(from)
	t.Cleanup(func() {
		b.call("Browser.close", nil, nil)
		to.Close()
		cmd.Wait()
		from.Close()
		os.RemoveAll(home)
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// listen takes what the browser says apart.
func (b *browser) listen(from io.Reader) {
	defer close(b.replies)
	r := bufio.NewReader(from)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m reply
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			return
		}
		switch m.Method {
		case "":
			b.replies <- m
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
			b.said <- m.Method + " " + string(m.Params)
		}
	}
}

// call sends a command and reads its result into what result points to.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.messages++
	m := map[string]any{"id": b.messages, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" && !strings.HasPrefix(method, "Browser.") {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	timeout := time.After(time.Minute)
	for {
		select {
		case m, open := <-b.replies:
			switch {
			case !open && method == "Browser.close":
				return
			case !open:
				b.t.Fatalf("%s: the browser has ended", method)
			case m.ID != b.messages:
				continue
			case m.Error != nil:
				b.t.Fatalf("%s: %s", method, m.Error.Message)
			}
			if result != nil {
				if err := json.Unmarshal(m.Result, result); err != nil {
					b.t.Fatalf("%s: %v", method, err)
				}
			}
			return
		case <-timeout:
			b.t.Fatalf("%s: no answer in a minute", method)
		}
	}
}

// open loads a file, at a size of the window, and waits until its script is done.
func (b *browser) open(file string, width, height int, ready string) {
	b.t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		b.t.Fatal(err)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Page.navigate", map[string]any{"url": "file://" + filepath.ToSlash(path)}, nil)
	b.wait(ready)
}

// wait waits until an expression is true.
func (b *browser) wait(expression string) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b.eval("!!("+expression+")") == true {
			return
		}
	}
	b.t.Fatalf("not true in a minute: %s; the console has %q", expression, b.complaints())
}

// eval returns the value of an expression in the page, or of the promise that it is.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, got.ExceptionDetails.Exception.Description)
	}
	return got.Result.Value
}

// text returns the text of an element.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return fmt.Sprint(b.eval(fmt.Sprintf("document.querySelector(%q).textContent", selector)))
}

// mouse does something at a place of an element, in px from its corner.
func (b *browser) mouse(selector string, x, y float64, kinds ...string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center'})", selector))
	corner := b.eval(fmt.Sprintf("(r => [r.left, r.top])(document.querySelector(%q).getBoundingClientRect())", selector)).([]any)
	for _, kind := range kinds {
		m := map[string]any{"type": kind, "x": corner[0].(float64) + x, "y": corner[1].(float64) + y, "button": "left", "clickCount": 1}
		switch kind {
		case "mouseWheel":
			m["deltaX"], m["deltaY"], m["button"] = 0, -120, "none"
		case "mouseMoved":
			m["buttons"] = 1
		}
		b.call("Input.dispatchMouseEvent", m, nil)
	}
	b.frame()
}

// touch puts fingers on the page, at places from the corner of an element (px): a list of places of the
// first finger, and of the second, which moves with it; then it lifts them.
func (b *browser) touch(selector string, fingers ...[][2]float64) {
	b.t.Helper()
	b.eval(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center'})", selector))
	corner := b.eval(fmt.Sprintf("(r => [r.left, r.top])(document.querySelector(%q).getBoundingClientRect())", selector)).([]any)
	for k := range fingers[0] {
		var points []map[string]any
		for id, places := range fingers {
			points = append(points, map[string]any{"id": id, "x": corner[0].(float64) + places[k][0], "y": corner[1].(float64) + places[k][1]})
		}
		kind := "touchMove"
		if k == 0 {
			kind = "touchStart"
		}
		b.call("Input.dispatchTouchEvent", map[string]any{"type": kind, "touchPoints": points}, nil)
		b.frame()
	}
	b.call("Input.dispatchTouchEvent", map[string]any{"type": "touchEnd", "touchPoints": []any{}}, nil)
	b.frame()
}

// list returns the texts that an expression gives.
func (b *browser) list(expression string) (texts []string) {
	b.t.Helper()
	for _, x := range b.eval(expression).([]any) {
		texts = append(texts, fmt.Sprint(x))
	}
	return texts
}

// press presses a key.
func (b *browser) press(key string) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		m := map[string]any{"type": kind, "key": key}
		if len(key) == 1 && kind == "keyDown" {
			m["text"] = key
		}
		b.call("Input.dispatchKeyEvent", m, nil)
	}
	b.frame()
}

// frame waits until what was asked for is drawn.
func (b *browser) frame() {
	b.t.Helper()
	b.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
}

// complaints returns what came on the console so far.
func (b *browser) complaints() []string {
	for {
		select {
		case line := <-b.said:
			b.console = append(b.console, line)
		default:
			return b.console
		}
	}
}

// picture writes what the window shows, or an element of it.
func (b *browser) picture(file, selector string) {
	b.t.Helper()
	params := map[string]any{"format": "png"}
	if selector != "" {
		r := b.eval(fmt.Sprintf("(r => [r.left + scrollX, r.top + scrollY, r.width, r.height])(document.querySelector(%q).getBoundingClientRect())", selector)).([]any)
		params["clip"] = map[string]any{"x": r[0], "y": r[1], "width": r[2], "height": r[3], "scale": 1}
		params["captureBeyondViewport"] = true
	}
	var got struct{ Data string }
	b.call("Page.captureScreenshot", params, &got)
	data, err := base64.StdEncoding.DecodeString(got.Data)
	if err == nil {
		err = os.WriteFile(file, data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
