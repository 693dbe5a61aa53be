// expect: this stage works on raw counts
#include "compose/toy_stages.hpp"

using namespace tepui;

template <class Scale>
dataset<Scale> some_cells() {
  dataset<Scale> d;
  d.x.n_genes = 1;
  d.genes = {{""}, {"A"}};
  return d;
}

#ifdef TEPUI_MENDED
const auto made = compose(toy::twice{}, toy::as_tokens{}, toy::sum{}).fit(some_cells<scale::raw>());
#else
const auto made = compose(toy::twice{}, toy::as_tokens{}, toy::sum{}).fit(some_cells<scale::log1p>());
#endif
