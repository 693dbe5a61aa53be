#include <tepui/objective/count_elbo.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <vector>

namespace tepui::tests::count_elbo_objective {
namespace {
using objective::moment;
using objective::prior_warm_up;

TEST_CASE("the prior grows with the steps, or with the epochs as published, and counts in full in a validation") {
  const prior_warm_up by_steps{.steps = 10}, none{};
  CHECK(by_steps.weight({0, 3}) == 0);
  CHECK(by_steps.weight({5, 0}) == 0.5);
  CHECK(by_steps.weight({50, 0}) == 1);
  CHECK(by_steps.weight({}) == 1);
  CHECK(none.weight({0, 0}) == 1);
  CHECK(prior_warm_up::published().weight({100000, 0}) == 0);
  CHECK(prior_warm_up::published().weight({100000, 40}) == doctest::Approx(0.1));
  CHECK(prior_warm_up::published().weight({100000, 4000}) == 1);
}

TEST_CASE("a normal is no distance from itself, and half a square of its mean from the standard one") {
  CHECK(objective::normal_divergence(0.0, 1.0) == 0);
  CHECK(objective::normal_divergence(3.0, 1.0) == doctest::Approx(4.5));
  CHECK(objective::normal_divergence(3.0, 2.0, 3.0, 2.0) == doctest::Approx(0));
  CHECK(objective::normal_divergence(1.0, 2.0, 0.0, 4.0) == doctest::Approx(0.5 * (std::log(2.0) + 0.75 - 1)));
}

TEST_CASE("a description tells other batches, so that a checkpoint knows them") {
  const auto text = [](const std::vector<std::int32_t>& of, std::int32_t n) {
    auto batch = std::make_shared<objective::labels_by_cell>();
    for (std::size_t c = 0; c < of.size(); ++c) (*batch)[isize(c)] = of[c];
    return objective::count_elbo<>{.batch = batch, .n_batches = n}.describe();
  };
  CHECK(text({0, 1, 1}, 2) == text({0, 1, 1}, 2));
  CHECK(text({0, 1, 1}, 2) != text({0, 1, 0}, 2));
  CHECK(text({0, 1, 1}, 2) != text({0, 1, 1}, 3));
  CHECK(text({0, 1, 1}, 2).find("2 batches of 3 cells (") != std::string::npos);
  CHECK(objective::count_elbo<>{}.describe().find("batches") == std::string::npos);
}

std::vector<double> flat(const nlohmann::json& rows) {
  std::vector<double> out;
  for (const auto& row : rows)
    for (const double v : row) out.push_back(v);
  return out;
}

TEST_CASE("divergence and likelihoods are those of scVI") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: no shared golden files here");
    return;
  }
  const auto file = nlohmann::json::parse(std::ifstream(shared + "/golden/systems/scvi_terms.json"));
  for (std::size_t c = 0; c < file["q_mean"].size(); ++c) {
    double sum = 0;
    for (std::size_t k = 0; k < file["q_mean"][c].size(); ++k)
      sum += objective::normal_divergence(file["q_mean"][c][k].get<double>(), file["q_var"][c][k].get<double>());
    CHECK(sum == doctest::Approx(file["kl_per_cell"][c].get<double>()).epsilon(1e-12));
  }
  // As the objective asks for them: rows of counts without their zeros. The original adds 1e-8 to means and dispersions.
  const auto x = flat(file["x"]), mean = flat(file["mu"]), logit = flat(file["pi_logit"]);
  const auto dispersion = file["theta"].get<std::vector<double>>();
  const std::size_t genes = dispersion.size();
  kernel::count_row_room<double> room;
  for (std::size_t c = 0; c < file["x"].size(); ++c) {
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    double want_nb = 0, want_zinb = 0;
    for (std::size_t g = 0; g < genes; ++g) {
      if (x[c * genes + g] > 0)
        gene.push_back(static_cast<std::int32_t>(g)), value.push_back(static_cast<float>(x[c * genes + g]));
      want_nb += file["log_nb"][c][g].get<double>();
      want_zinb += file["log_zinb"][c][g].get<double>();
    }
    const auto row = [&](const std::vector<double>& of) { return std::span<const double>(of).subspan(c * genes, genes); };
    const std::span<const std::int32_t> ids(gene);
    const std::span<const float> counts(value);
    CHECK(kernel::count_likelihood_row<kernel::count_law::negative_binomial>(ids, counts, {row(mean), dispersion, {}}, room) ==
          doctest::Approx(want_nb).epsilon(2e-7));
    CHECK(kernel::count_likelihood_row<kernel::count_law::zero_inflated_negative_binomial>(
              ids, counts, {row(mean), dispersion, row(logit)}, room) == doctest::Approx(want_zinb).epsilon(2e-7));
  }
}

}  // namespace
}  // namespace tepui::tests::count_elbo_objective
