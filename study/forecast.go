package study

import "context"

// A Forecast is what a check can say of a run by short computations, beyond its plan.
type Forecast struct {
	Events []EventForecast `json:"events,omitempty"`
	Rates  []RateForecast  `json:"rates,omitempty"`

	Lines    []string `json:"lines"` // what check prints of it
	Warnings []string `json:"-"`     // beside those of the plan
	Notes    []string `json:"-"`
}

// A Forecaster is a study that can tell more of itself than its plan. It takes a second at
// most, runs nothing of the study itself and changes nothing of it.
type Forecaster interface {
	Forecast(ctx context.Context) Forecast
}

// An EventForecast is what one event of a synapse does to a cell at rest.
type EventForecast struct {
	Projection string   `json:"projection,omitempty"`
	Source     string   `json:"source,omitempty"`
	Target     string   `json:"target"`                      // population or population/segments
	Synapses   float64  `json:"synapses_per_cell,omitempty"` // of the projection
	Tried      int      `json:"segments_tried,omitempty"`    // of compartmental cells
	Segments   int      `json:"segments,omitempty"`          // that the projection has synapses on
	Soma       Range    `json:"soma_mV"`                     // peak, over the segments tried; negative for inhibition
	Site       *Range   `json:"site_mV,omitempty"`           // peak in the compartment of the synapse
	Rest       float64  `json:"rest_mV"`                     // potential of the soma without the event
	Threshold  *float64 `json:"V_th_mV,omitempty"`           // nil: the cell has none
	Needed     *Range   `json:"to_threshold,omitempty"`      // events at once that reach it, if they add; nil: they cannot
}

// A Range is the least and the greatest of some numbers.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// A RateForecast is what background and constant currents make of a population.
type RateForecast struct {
	Population string   `json:"population"`
	Mean       float64  `json:"mean_mV"`           // of the free membrane
	SD         float64  `json:"sd_mV"`             //
	Threshold  *float64 `json:"V_th_mV,omitempty"` // nil: the cells have none
	Rate       *float64 `json:"rate_Hz,omitempty"` // nil: not estimated
	Why        string   `json:"why,omitempty"`     // the rate is not estimated
	Volleys    bool     `json:"volleys"`           // other input reaches the population, which is not counted
	Recurrent  bool     `json:"recurrent"`         // input of other populations, at their expected rates, is counted
}
