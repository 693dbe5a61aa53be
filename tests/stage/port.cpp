#include <doctest/doctest.h>

#include <tepui/stage/check.hpp>

namespace test_stage_port {
namespace {
using namespace tepui;

static_assert(port::accepts<port::any_counts, port::counts<scale::log1p>>);
static_assert(port::accepts<port::counts_of<scale::raw, scale::normalised>, port::counts<scale::raw>>);
static_assert(!port::accepts<port::counts_of<scale::raw, scale::normalised>, port::counts<scale::log1p>>);
static_assert(port::accepts<port::tokens<>, port::tokens<channel::bin>>);
static_assert(!port::accepts<port::tokens<channel::value>, port::tokens<channel::bin>>);
static_assert(!port::accepts<port::any_counts, port::tokens<>>);
static_assert(!port::accepts<port::any_counts, port::embedding>);

/// Keeps the scale that comes in.
struct keeps_scale {
  using kind = tepui::kind::transform;
  static constexpr std::string_view name = "keeps_scale";
  using takes = port::any_counts;
  template <class In>
  using gives_for = In;
};
static_assert(std::is_same_v<port::given_t<keeps_scale, port::counts<scale::log1p>>, port::counts<scale::log1p>>);
static_assert(is_stage<keeps_scale> && transform_stage<keeps_scale> && !encoder_stage<keeps_scale>);

struct no_name {
  using kind = tepui::kind::transform;
};
static_assert(!has_name<no_name> && has_kind<no_name> && !has_kind<int>);

struct with_settings {
  static constexpr std::string_view name = "cut";
  int at = 3;
  [[nodiscard]] std::string describe() const { return "cut(" + std::to_string(at) + ")"; }
};

TEST_CASE("a stage is described by its name, or by its settings where it has some") {
  CHECK(description_of(keeps_scale{}) == "keeps_scale");
  CHECK(description_of(with_settings{}) == "cut(3)");
}
}  // namespace
}  // namespace test_stage_port
