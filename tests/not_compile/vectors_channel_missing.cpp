// expect: this encoder needs a channel beside the token vectors
#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/weighted_sum.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

/// Gives tokens alone.
struct bare {
  using kind = tepui::kind::tokenizer;
  static constexpr std::string_view name = "bare";
  using takes = port::any_counts;
  using gives = port::tokens<>;
  void operator()(const auto &, auto &, auto &, const kernel::draws &) const {}
};

#ifdef TEPUI_MENDED
const auto made = compose(bare{}, embed::token_vectors<embed::learned<8>>{},
                          encode::mean_of_vectors{});
#else
const auto made = compose(bare{}, embed::token_vectors<embed::learned<8>>{},
                          encode::weighted_sum<>{});
#endif
