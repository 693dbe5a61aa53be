// expect: this is not a stage, because it does not say what kind it is
#include "compose/toy_stages.hpp"

using namespace tepui;

struct halve {
#ifdef TEPUI_MENDED
  using kind = tepui::kind::transform;
#endif
  static constexpr std::string_view name = "halve";
  using takes = port::any_counts;
  using gives = port::counts<scale::other>;
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

const auto made = compose(halve{}, toy::as_tokens{});
