package hdf5

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Object is a group, a dataset or a named type of a file.
type Object struct {
	f        *File
	path     string
	messages []message
	links    []Link // of a group whose links have been read
	listed   bool
}

// LinkKind says how a link finds its object.
type LinkKind int

// Kinds of links.
const (
	Hard     LinkKind = iota // by its address
	Soft                     // by a path in the same file
	External                 // in another file: not followed
)

// Link is a name in a group.
type Link struct {
	Name    string
	Kind    LinkKind
	Target  string // path of a soft link
	address uint64 // of a hard link
}

// maxSoft is how many soft links one path may lead through: more are taken for a loop.
const maxSoft = 32

// object reads the header of an object.
func (f *File) object(address uint64, path string) (*Object, error) {
	messages, err := f.header(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Object{f: f, path: path, messages: messages}, nil
}

// Root returns the root group.
func (f *File) Root() *Object { return f.root }

// Object returns the object with a path from the root, such as /spikes/E/timestamps. The
// error wraps fs.ErrNotExist if there is none.
func (f *File) Object(path string) (*Object, error) { return f.root.Object(path) }

// Path returns the path by which the object was opened.
func (o *Object) Path() string { return o.path }

// IsGroup reports whether o is a group.
func (o *Object) IsGroup() bool {
	return o.find(msgSymbols) != nil || o.find(msgLinkInfo) != nil || o.find(msgLink) != nil || o.find(msgGroupInfo) != nil
}

// IsDataset reports whether o is a dataset.
func (o *Object) IsDataset() bool { return o.find(msgLayout) != nil }

// find returns the first message of a kind; nil for none.
func (o *Object) find(kind uint16) *message {
	for i := range o.messages {
		if o.messages[i].kind == kind {
			return &o.messages[i]
		}
	}
	return nil
}

// Object returns the object with a path from o, from the root if the path begins with a
// slash. Soft links are followed. The error wraps fs.ErrNotExist if there is none.
func (o *Object) Object(path string) (*Object, error) {
	soft := 0
	return o.walk(path, &soft)
}

func (o *Object) walk(path string, soft *int) (*Object, error) {
	if strings.HasPrefix(path, "/") {
		o = o.f.root
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." {
			continue
		}
		link, err := o.link(name)
		if err != nil {
			return nil, err
		}
		at := o.at(name)
		switch link.Kind {
		case Soft:
			if *soft++; *soft > maxSoft {
				return nil, fmt.Errorf("%s: more than %d soft links follow each other: a loop", at, maxSoft)
			}
			if o, err = o.walk(link.Target, soft); err != nil {
				return nil, fmt.Errorf("%s, a soft link: %w", at, err)
			}
		case External:
			return nil, fmt.Errorf("%s: %w", at, unsupported("a link into another file", "h5copy -f ext copies what it leads to"))
		default:
			if o, err = o.f.object(link.address, at); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}

// at returns the path of a child.
func (o *Object) at(name string) string {
	return strings.TrimSuffix(o.path, "/") + "/" + name
}

// link returns the link with a name.
func (o *Object) link(name string) (Link, error) {
	links, err := o.Links()
	if err != nil {
		return Link{}, err
	}
	i, ok := slices.BinarySearchFunc(links, name, func(l Link, name string) int { return strings.Compare(l.Name, name) })
	if !ok {
		return Link{}, fmt.Errorf("%s: %w", o.at(name), fs.ErrNotExist)
	}
	return links[i], nil
}

// Links returns the links of a group by ascending name. The error says that o is no group,
// or where the file is damaged.
func (o *Object) Links() ([]Link, error) {
	if o.listed {
		return o.links, nil
	}
	if !o.IsGroup() {
		return nil, fmt.Errorf("%s: is no group", o.path)
	}
	links, err := o.readLinks()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.path, err)
	}
	slices.SortFunc(links, func(a, b Link) int { return strings.Compare(a.Name, b.Name) })
	for i, l := range links {
		if l.Name == "" || i > 0 && l.Name == links[i-1].Name {
			return nil, fmt.Errorf("%s: a link without a name, or two with the name %q: damaged", o.path, l.Name)
		}
	}
	o.links, o.listed = links, true
	return links, nil
}

// readLinks gathers links from wherever a group may keep them.
func (o *Object) readLinks() ([]Link, error) {
	var links []Link
	for _, m := range o.messages {
		switch m.kind {
		case msgSymbols:
			c := o.f.cursor(m.body)
			tree, heap := c.address(), c.address()
			if c.short {
				return nil, fmt.Errorf("its symbol table message is too short: damaged")
			}
			more, err := o.f.symbols(tree, heap)
			if err != nil {
				return nil, err
			}
			links = append(links, more...)
		case msgLink:
			l, err := o.f.linkMessage(m.body)
			if err != nil {
				return nil, err
			}
			links = append(links, l)
		case msgLinkInfo:
			more, err := o.f.denseLinks(m.body)
			if err != nil {
				return nil, err
			}
			links = append(links, more...)
		}
	}
	return links, nil
}

// linkMessage reads a link.
func (f *File) linkMessage(b []byte) (Link, error) {
	c := f.cursor(b)
	version, flags := c.u8(), c.u8()
	if version != 1 {
		return Link{}, unsupported(fmt.Sprintf("link message version %d", version), repack)
	}
	kind := byte(0)
	if flags&8 != 0 {
		kind = c.u8()
	}
	if flags&4 != 0 {
		c.skip(8) // order of creation
	}
	if flags&16 != 0 {
		c.skip(1) // character set of the name
	}
	n := c.uint(1 << (flags & 3))
	l := Link{Name: string(c.take(int(min(n, 1<<31))))}
	switch kind {
	case 0:
		l.address = c.address()
	case 1:
		l.Kind, l.Target = Soft, string(c.take(int(c.u16())))
	case 64:
		l.Kind = External
	default:
		return l, unsupported(fmt.Sprintf("the link %q of the user-defined kind %d", l.Name, kind), "")
	}
	if c.short {
		return l, fmt.Errorf("a link message is too short: damaged")
	}
	return l, nil
}

// denseLinks reads the links that a link info message leads to: none if the group keeps
// them as messages.
func (f *File) denseLinks(b []byte) ([]Link, error) {
	c := f.cursor(b)
	version, flags := c.u8(), c.u8()
	if version != 0 {
		return nil, unsupported(fmt.Sprintf("link info version %d", version), repack)
	}
	if flags&1 != 0 {
		c.skip(8) // greatest order of creation
	}
	heap, names := c.address(), c.address()
	if c.short {
		return nil, fmt.Errorf("a link info message is too short: damaged")
	}
	if heap == undefined {
		return nil, nil
	}
	var links []Link
	err := f.dense(heap, names, 5, 4, func(object []byte) error {
		l, err := f.linkMessage(object)
		links = append(links, l)
		return err
	})
	return links, err
}
