// expect: this stage reads a covariate that it does not declare
#include "compose/toy_stages.hpp"

using namespace tepui;

struct reads_donor {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "reads_donor";
  using takes = port::any_counts;
  using gives = port::embedding;
#ifdef TEPUI_MENDED
  using reads = covariates<covariate::donor>;
#else
  using reads = covariates<covariate::batch>;
#endif
  void operator()(const auto& in, auto& out, auto&, const kernel::draws&) const {
    out.resize(in.n_cells(), 1);
    for (std::int64_t c = 0; c < in.n_cells(); ++c)
      out.row(c)[0] = static_cast<float>(in.cells.template codes<covariate::donor>()[usize(c)]);
  }
};

template <class Model>
auto with_covariates(const Model& model) {
  const auto d = toy::three_cells();
  const std::vector<std::int32_t> codes{0, 1, 2};
  const auto source = cells_of(d.x.view().with<covariate::donor>(codes).with<covariate::batch>(codes), d.genes);
  return model.fit(source).embed(source);
}

const auto made = with_covariates(compose(reads_donor{}));
