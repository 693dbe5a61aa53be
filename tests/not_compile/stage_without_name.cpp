// expect: this stage has no name
#include "compose/toy_stages.hpp"

using namespace tepui;

struct halve {
  using kind = tepui::kind::transform;
#ifdef TEPUI_MENDED
  static constexpr std::string_view name = "halve";
#endif
  using takes = port::any_counts;
  using gives = port::counts<scale::other>;
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

const auto made = compose(halve{}, toy::as_tokens{});
