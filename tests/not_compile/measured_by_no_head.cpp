// expect: metric::measure was given something that is no head
#include <string_view>
#include <vector>

#include <tepui/metric/head.hpp>

using namespace tepui;

struct number_of_cells {
#ifdef TEPUI_MENDED
  static constexpr std::string_view name = "number_of_cells";
#endif
  using reads = int;
  std::vector<score> operator()(const int&, const metric::score_options&) const { return {}; }
};

const auto made = metric::measure(7, metric::score_options{}, number_of_cells{});
