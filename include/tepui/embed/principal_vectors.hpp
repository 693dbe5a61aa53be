#pragma once
/// Makes long gene vectors short: keeps the directions in which genes differ most.

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <tepui/embed/named_vectors.hpp>

namespace tepui::embed {

/// Principal component scores of all vectors, each dim brought to mean 0 and spread 1 (of the population) first; a dim that is
/// the same for all genes is only centred.
/// out    [vectors, dims], component 1 first            signs  the largest |loading| is positive, ties lower dim
/// errors bad_option: dims < 1, or more than the vectors have, or more than there are genes
/// cost   O(genes dims^2 + dims^3) with the dims of the file, in float64: do it once and keep the result
/// repeat bit-equal on one binary                       source Pearson 1901; as HEIMDALL reduces external vectors
/// A template only so that a program that includes this file does not compile Eigen's decomposition unless it uses it.
template <class Real = double>
[[nodiscard]] named_vectors principal_components(const named_vectors& from, std::int64_t dims) {
  if (dims < 1 || dims > from.dims() || dims > from.size())
    throw bad_option("gene vectors of " + std::to_string(from.size()) + " genes with " + std::to_string(from.dims()) +
                     " dims have no " + std::to_string(dims) + " principal components; ask for at most the smaller of both");
  using rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using column = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
  matrix x = Eigen::Map<const rows>(from.values().data(), from.size(), from.dims()).template cast<Real>();
  x.rowwise() -= x.colwise().mean().eval();
  for (Eigen::Index d = 0; d < x.cols(); ++d) {
    const Real spread = std::sqrt(x.col(d).squaredNorm() / static_cast<Real>(x.rows()));
    if (spread > 1e-12) x.col(d) /= spread;
  }
  const Eigen::SelfAdjointEigenSolver<matrix> found(x.transpose() * x);
  std::vector<float> values(usize(from.size() * dims));
  for (std::int64_t c = 0; c < dims; ++c) {
    column loading = found.eigenvectors().col(from.dims() - 1 - c);  // eigenvalues ascend
    Eigen::Index top = 0;
    for (Eigen::Index d = 1; d < loading.size(); ++d)
      if (std::abs(loading[d]) > std::abs(loading[top])) top = d;
    if (loading[top] < 0) loading = -loading;
    const column score = x * loading;
    for (std::int64_t r = 0; r < from.size(); ++r) values[usize(r * dims + c)] = static_cast<float>(score[r]);
  }
  return {{from.names().begin(), from.names().end()},
          dims,
          std::move(values),
          from.source() + " (" + std::to_string(dims) + " components)"};
}

}  // namespace tepui::embed
