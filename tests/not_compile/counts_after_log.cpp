// expect: this stage works on raw counts, but the counts that reach it were normalised or logged
#include <tepui/transform/log1p.hpp>
#include "compose/toy_stages.hpp"

using namespace tepui;

/// A model of counts, such as a negative binomial.
struct count_model {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "count_model";
  using takes = port::counts<scale::raw>;
  using gives = port::embedding;
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

#ifdef TEPUI_MENDED
const auto made = compose(count_model{});
#else
const auto made = compose(transform::log1p{}, count_model{});
#endif
