// expect: this stage holds settings but does not tell them
#include "compose/toy_stages.hpp"

using namespace tepui;

struct halve {
  using kind = tepui::kind::transform;
  static constexpr std::string_view name = "halve";
  using takes = port::any_counts;
  using gives = port::counts<scale::other>;
  float by = 2;
#ifdef TEPUI_MENDED
  std::string describe() const { return "halve(" + std::to_string(by) + ")"; }
#endif
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

const auto made = compose(halve{}, toy::as_tokens{});
