// expect: this stage holds data but cannot be saved
#include "compose/toy_stages.hpp"

using namespace tepui;

struct halve {
  using kind = tepui::kind::transform;
  static constexpr std::string_view name = "halve";
  using takes = port::any_counts;
  using gives = port::counts<scale::other>;
  float by = 2;
  std::string describe() const { return "halve"; }
#ifdef TEPUI_MENDED
  static void each_array(auto& self, auto&& visit) { visit("by", self.by); }
#endif
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

const auto made = compose(halve{}).fit(toy::three_cells()).arrays();
