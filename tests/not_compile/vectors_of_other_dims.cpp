// expect: of another number of dims than the embedder gives
#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/weighted_sum.hpp>

#include "compose/toy_stages.hpp"

using namespace tepui;

/// Reads token vectors of 16 dims.
struct sixteen {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "sixteen";
  using takes = port::token_vectors<16>;
  using gives = port::embedding;
  void operator()(const auto &, auto &, auto &, const kernel::draws &) const {}
};

#ifdef TEPUI_MENDED
const auto made = compose(
    toy::as_tokens{}, embed::token_vectors<embed::learned<16>>{}, sixteen{});
#else
const auto made = compose(toy::as_tokens{},
                          embed::token_vectors<embed::learned<8>>{}, sixteen{});
#endif
