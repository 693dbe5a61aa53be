#pragma once
/// Five numbers that a matrix must read to. The golden ones were computed with numpy from what anndata 0.12.19, h5py or scipy
/// read.

#include <cmath>
#include <cstdint>
#include <ostream>

#include <tepui/flow/dataset.hpp>

namespace io_files {

/// weighted: sum of value x (1 + place modulo 1009), where place = cell x genes + gene: a value in another place changes it.
struct numbers {
  std::int64_t n_cells = 0, n_genes = 0, nnz = 0;
  double sum = 0, weighted = 0;
  friend bool operator==(const numbers& a, const numbers& b) {
    const auto near = [](double x, double y) { return std::fabs(x - y) <= 1e-5 + 1e-7 * std::fabs(y); };
    return a.n_cells == b.n_cells && a.n_genes == b.n_genes && a.nnz == b.nnz && near(a.sum, b.sum) &&
           near(a.weighted, b.weighted);
  }
  friend std::ostream& operator<<(std::ostream& out, const numbers& n) {
    return out << n.n_cells << " x " << n.n_genes << ", nnz " << n.nnz << ", sum " << n.sum << ", weighted " << n.weighted;
  }
};

template <class Scale>
numbers numbers_of(const tepui::dataset<Scale>& data) {
  numbers out{data.n_cells(), data.x.n_genes, 0, 0, 0};
  const auto x = data.x.view();
  for (std::int64_t cell = 0; cell < x.n_cells(); ++cell)
    for (std::size_t k = 0; k < x.genes_of(cell).size(); ++k) {
      const auto v = static_cast<double>(x.values_of(cell)[k]);
      ++out.nnz;
      out.sum += v;
      out.weighted += v * static_cast<double>((cell * x.n_genes + x.genes_of(cell)[k]) % 1009 + 1);
    }
  return out;
}

/// The 60 x 80 matrix that most of the shared format files hold (from pbmc3k).
inline const numbers base_60x80{60, 80, 4676, 76557, 35341332};

}  // namespace io_files
