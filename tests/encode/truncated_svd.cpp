#include <tepui/encode/truncated_svd.hpp>

#include <doctest/doctest.h>

namespace tepui::tests::truncated_svd {
namespace {

/// Rows cut into blocks of a given size.
struct blocks {
  Eigen::MatrixXd dense;
  std::int64_t at_once = 1000000;
  [[nodiscard]] std::int64_t n_rows() const { return dense.rows(); }
  template <class Visit>
  void each_block(Visit&& visit) const {
    kernel::sparse_rows block;
    for (Eigen::Index r = 0; r < dense.rows(); ++r) {
      for (Eigen::Index c = 0; c < dense.cols(); ++c)
        if (dense(r, c) != 0) block.add(static_cast<std::int32_t>(c), static_cast<float>(dense(r, c)));
      block.end_row();
      if (block.n_rows() == at_once) {
        visit(block);
        block.clear();
      }
    }
    visit(block);
  }
};

/// Cells of 6 groups over 300 columns, and noise.
blocks corpus(std::int64_t rows) {
  const kernel::draws random(1, "svd test");
  blocks out;
  out.dense = Eigen::MatrixXd::Zero(rows, 300);
  for (Eigen::Index r = 0; r < rows; ++r)
    for (Eigen::Index c = 0; c < 300; ++c) {
      const bool own = c % 6 == r % 6;
      if (random.uniform(r, usize(c)) < (own ? 0.9 : 0.05))
        out.dense(r, c) = static_cast<double>(static_cast<float>(1 + random.uniform(r, usize(c) + 1000) + static_cast<double>(r % 6) * 0.3));
    }
  return out;
}

TEST_CASE("a small matrix is decomposed exactly: two directions that a pencil finds") {
  blocks rows;
  rows.dense.resize(2, 2);
  rows.dense << 3, 0, 0, -2;
  const auto found = encode::truncated_svd(2, {}, {}, 1)(rows, 2, kernel::draws());
  CHECK(found.strength[0] == doctest::Approx(3));
  CHECK(found.strength[1] == doctest::Approx(2));
  CHECK(found.direction(0, 0) == doctest::Approx(1));  // the sign is chosen
  CHECK(found.direction(1, 1) == doctest::Approx(1));
}

TEST_CASE("subspace iteration finds what an exact decomposition finds, with mean and scale") {
  const blocks rows = corpus(400);
  const Eigen::VectorXd mean = rows.dense.colwise().mean();
  std::vector<double> scale(300);
  for (std::size_t c = 0; c < 300; ++c) scale[c] = 0.5 + static_cast<double>(c % 3);
  const Eigen::MatrixXd b = (rows.dense.rowwise() - mean.transpose()) * Eigen::Map<const Eigen::VectorXd>(scale.data(), 300).asDiagonal();
  // The exact answer from the eigenvectors of b'b, which Eigen gives ascending.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> exact(b.transpose() * b);
  const auto strength = [&](Eigen::Index d) { return std::sqrt(exact.eigenvalues()(299 - d)); };
  const std::vector<double> means(mean.data(), mean.data() + 300);
  const auto found = encode::truncated_svd(300, means, scale, 1)(rows, 12, kernel::draws(4, "svd"));
  for (Eigen::Index d = 0; d < 5; ++d) {  // the groups
    CHECK(found.strength[usize(d)] == doctest::Approx(strength(d)).epsilon(1e-5));
    CHECK(std::abs(found.direction.col(d).dot(exact.eigenvectors().col(299 - d))) > 1 - 1e-5);
  }
  for (Eigen::Index d = 5; d < 12; ++d)  // the noise, whose directions hardly differ in strength
    CHECK(found.strength[usize(d)] == doctest::Approx(strength(d)).epsilon(0.02));
  CHECK((found.direction.transpose() * found.direction - Eigen::MatrixXd::Identity(12, 12)).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("threads and the cutting into blocks change no bit, b'b written down or not") {
  for (const std::int64_t gram_columns : {5000, 0}) {
    const encode::svd_effort effort{.gram_columns = gram_columns, .products_with_rows = 6};
    blocks rows = corpus(300);
    const auto whole = encode::truncated_svd(300, {}, {}, 1, effort)(rows, 20, kernel::draws(4, "svd"));
    rows.at_once = 7;
    const auto cut = encode::truncated_svd(300, {}, {}, 3, effort)(rows, 20, kernel::draws(4, "svd"));
    CHECK(whole.strength == cut.strength);
    CHECK(whole.direction == cut.direction);
  }
}

TEST_CASE("noise without structure: every strength as in an exact decomposition, and the space of the directions") {
  const kernel::draws random(8, "flat");
  blocks rows;
  rows.dense = Eigen::MatrixXd::Zero(600, 220);
  for (Eigen::Index r = 0; r < 600; ++r)
    for (Eigen::Index c = 0; c < 220; ++c)
      if (random.uniform(r, usize(c)) < 0.2) rows.dense(r, c) = static_cast<double>(static_cast<float>(random.uniform(r, usize(c) + 1000)));
  const Eigen::VectorXd mean = rows.dense.colwise().mean();
  const std::vector<double> means(mean.data(), mean.data() + 220);
  const Eigen::MatrixXd b = rows.dense.rowwise() - mean.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> exact(b.transpose() * b);
  const Eigen::MatrixXd first = exact.eigenvectors().rightCols(10);
  const auto angle = [&](const encode::right_singular& found) {
    return (found.direction - first * (first.transpose() * found.direction)).norm();
  };
  const auto found = encode::truncated_svd(220, means, {}, 1)(rows, 10, kernel::draws(4, "svd"));
  for (Eigen::Index d = 0; d < 10; ++d)
    CHECK(found.strength[usize(d)] == doctest::Approx(std::sqrt(exact.eigenvalues()(219 - d))).epsilon(1e-6));
  CHECK(angle(found) < 1e-3);
  // The same rows, b'b never written down: float32 through and through.
  const auto by_rows =
      encode::truncated_svd(220, means, {}, 1, {.gram_columns = 0, .products_with_rows = 60})(rows, 10, kernel::draws(4, "svd"));
  for (std::size_t d = 0; d < 10; ++d) CHECK(by_rows.strength[d] == doctest::Approx(found.strength[d]).epsilon(1e-5));
  CHECK(angle(by_rows) < 1e-2);
}

TEST_CASE("directions that are guessed first are those that are found without a guess") {
  const blocks rows = corpus(700);
  const Eigen::VectorXd mean = rows.dense.colwise().mean();
  const std::vector<double> means(mean.data(), mean.data() + 300), none;
  for (const auto& m : {means, none}) {
    const auto with = encode::truncated_svd(300, m, {}, 2, {.few_rows_a_column = 4})(rows, 20, kernel::draws(4, "svd"));
    const auto without = encode::truncated_svd(300, m, {}, 2, {.few_rows_a_column = 0})(rows, 20, kernel::draws(4, "svd"));
    double caught = 0, in_all = 0;
    for (std::size_t d = 0; d < 20; ++d) {
      CHECK(with.strength[d] == doctest::Approx(without.strength[d]).epsilon(1e-6));
      caught += with.strength[d] * with.strength[d];
      in_all += without.strength[d] * without.strength[d];
    }
    CHECK(std::abs(caught - in_all) < 1e-6 * in_all);
    CHECK((with.direction - without.direction * (without.direction.transpose() * with.direction)).norm() < 1e-3);
    CHECK(with.direction != without.direction);
  }
}

TEST_CASE("a direction 100,000 times as strong as another is told from none") {
  blocks rows;
  rows.dense = Eigen::MatrixXd::Zero(200, 193);  // too wide for the decomposition of all directions
  rows.dense(0, 5) = 1000;
  rows.dense(1, 7) = 0.5;
  rows.dense(2, 9) = 0.001;  // below 1e-5 of the first
  const auto found = encode::truncated_svd(193, {}, {}, 1)(rows, 4, kernel::draws(4, "svd"));
  CHECK(found.strength[0] == doctest::Approx(1000));
  CHECK(found.strength[1] == doctest::Approx(0.5).epsilon(1e-3));
  CHECK(found.direction(5, 0) == doctest::Approx(1));
  CHECK(std::abs(found.direction(7, 1)) == doctest::Approx(1).epsilon(1e-3));
  CHECK(found.strength[2] == 0);
}

TEST_CASE("directions that are not there are zero") {
  const blocks rows = corpus(9);
  const auto found = encode::truncated_svd(300, {}, {}, 1)(rows, 20, kernel::draws(4, "svd"));
  CHECK(found.strength[8] > 0);
  for (std::size_t d = 9; d < 20; ++d) {
    CHECK(found.strength[d] == 0);
    CHECK(found.direction.col(isize(d)).isZero());
  }
  blocks nothing;
  nothing.dense = Eigen::MatrixXd::Zero(4, 3);
  CHECK(encode::truncated_svd(3, {}, {}, 1)(nothing, 2, kernel::draws()).direction.isZero());
}

}  // namespace
}  // namespace tepui::tests::truncated_svd
