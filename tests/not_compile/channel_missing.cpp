// expect: this encoder needs a channel that the tokenizer does not give
#include "compose/toy_stages.hpp"

using namespace tepui;

/// Gives bins, no values.
struct bins_only {
  using kind = tepui::kind::tokenizer;
  static constexpr std::string_view name = "bins_only";
  using takes = port::any_counts;
  using gives = port::tokens<channel::bin>;
  void operator()(const auto&, auto&, auto&, const kernel::draws&) const {}
};

#ifdef TEPUI_MENDED
const auto made = compose(toy::as_tokens{}, toy::sum{});
#else
const auto made = compose(bins_only{}, toy::sum{});
#endif
