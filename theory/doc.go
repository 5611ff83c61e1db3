// Package theory computes what can be known about a dendritic segment without
// simulating it.
package theory
