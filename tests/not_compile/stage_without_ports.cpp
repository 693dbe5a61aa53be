// expect: this stage does not say what it takes and gives
#include "compose/toy_stages.hpp"

using namespace tepui;

struct halve {
  using kind = tepui::kind::transform;
  static constexpr std::string_view name = "halve";
#ifdef TEPUI_MENDED
  using takes = port::any_counts;
  using gives = port::counts<scale::other>;
#endif
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

const auto made = compose(halve{}, toy::as_tokens{});
