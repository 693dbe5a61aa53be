#include <doctest/doctest.h>

#include <string>
#include <tepui/stage/fitting.hpp>
#include <tepui/stage/kind.hpp>

namespace test_stage_kind {
namespace {
using namespace tepui;

struct plain {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "plain";
};
struct learns {
  using kind = tepui::kind::encoder;
  static constexpr std::string_view name = "learns";
  using fitted = plain;
  using reads = covariates<covariate::batch>;
  struct scratch {
    int used = 0;
  };
  [[nodiscard]] plain untrained() const { return {}; }
  [[nodiscard]] gene_table genes_out(const gene_table& in) const { return {{in.id[0]}, {in.symbol[0]}}; }
};

static_assert(has_kind<plain> && has_name<plain> && !needs_fit<plain> && needs_fit<learns>);
static_assert(std::is_same_v<reads_t<plain>, covariates<>> && std::is_same_v<reads_t<learns>, covariates<covariate::batch>>);
static_assert(std::is_same_v<scratch_t<plain>, no_scratch> && std::is_same_v<scratch_t<learns>, learns::scratch>);
static_assert(std::is_same_v<fitted_t<learns>, plain> && std::is_same_v<fitted_t<plain>, plain>);
static_assert(std::is_same_v<decltype(untrained_twin(learns{})), plain>);

TEST_CASE("a stage that keeps some genes says which; another keeps all") {
  const gene_table genes{{"ENSG01", "ENSG02"}, {"A", "B"}};
  CHECK(genes_after(plain{}, genes).size() == 2);
  CHECK(genes_after(learns{}, genes).symbol == std::vector<std::string>{"A"});
}
}  // namespace
}  // namespace test_stage_kind
