// expect: a head was asked to score what it does not read
#include <string_view>
#include <vector>

#include <tepui/metric/head.hpp>

using namespace tepui;

struct of_whole_numbers {
  static constexpr std::string_view name = "of_whole_numbers";
  using reads = int;
  std::vector<score> operator()(const int&, const metric::score_options&) const { return {}; }
};

#ifdef TEPUI_MENDED
const auto made = metric::measure(7, metric::score_options{}, of_whole_numbers{});
#else
const auto made = metric::measure(0.5, metric::score_options{}, of_whole_numbers{});
#endif
