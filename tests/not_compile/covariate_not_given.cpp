// expect: a stage reads a covariate that these cells do not carry
#include "compose/toy_stages.hpp"

using namespace tepui;

struct reads_donor {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "reads_donor";
  using takes = port::any_counts;
  using gives = port::embedding;
  using reads = covariates<covariate::donor>;
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const { out.resize(in.n_cells(), 1); }
};

template <class Model>
auto embedded(const Model& model) {
  const auto d = toy::three_cells();
#ifdef TEPUI_MENDED
  const std::vector<std::int32_t> codes{0, 1, 2};
  const auto source = cells_of(d.x.view().with<covariate::donor>(codes), d.genes);
#else
  const auto source = cells_of(d);
#endif
  return model.fit(source).embed(source);
}

const auto made = embedded(compose(reads_donor{}));
