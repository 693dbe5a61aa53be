#pragma once
/// Finds cells that should lie apart and lie too near: for two cells of one kind from two studies, a third of another kind.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/flow/place.hpp>
#include <tepui/kernel/gemm.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/kernel/triplet_row.hpp>

namespace tepui::kernel {

/// Which of the cells that lie too near is taken. The loss of a third cell is d(anchor, positive) - d(anchor, it) + margin.
enum class negatives {
  semihard,  ///< one at random whose loss is above 0 and below the margin: farther away than the positive, but not by much
  any_hard,  ///< one at random whose loss is above 0
  hardest,   ///< the one with the largest loss, if it is above 0; ties: the first
  all_hard   ///< each whose loss is above 0, a triplet of its own
};

/// Three cells, by their places in the batch.
struct triplet {
  std::int32_t anchor, positive, negative;
  friend bool operator==(const triplet&, const triplet&) = default;
};

/// What is known of the cells of a batch.
/// shapes  label, study, id [cells]; study empty: any two cells may be a pair; related [n_labels, n_labels], not 0 where
///         a label is no counterexample to the other; empty: none is
struct triplet_cells {
  std::span<const std::int32_t> label, study;
  std::span<const std::int64_t> id;
  std::int32_t n_labels = 0;
  std::span<const std::uint8_t> related{};
};

/// shapes  found [triplets], by label, then anchor, then positive, ascending, anchor before positive; the others are counts
struct mined_triplets {
  std::vector<triplet> found;
  std::int64_t pairs = 0;   ///< of anchor and positive
  std::int64_t viable = 0;  ///< pairs times the cells that could be their negative
  std::int64_t hard = 0;    ///< of these, those with a loss above 0
};

/// The plain reference of mine_triplets: three loops over cells, with the distances as they are given.
/// in     distance [cells, cells]            out    as mine_triplets
template <class Real>
void plain_mine_triplets(std::span<const Real> distance, const triplet_cells& cells, Real margin, negatives choose,
                         const draws& random, mined_triplets& out) {
  out = {};
  const std::int64_t n = isize(cells.label.size());
  for (std::int32_t label = 0; label < cells.n_labels; ++label)
    for (std::int64_t a = 0; a < n; ++a)
      for (std::int64_t p = a + 1; p < n; ++p) {
        if (cells.label[usize(a)] != label || cells.label[usize(p)] != label) continue;
        if (!cells.study.empty() &&
            (cells.study[usize(a)] < 0 || cells.study[usize(p)] < 0 || cells.study[usize(a)] == cells.study[usize(p)]))
          continue;
        ++out.pairs;
        std::vector<std::int64_t> hard, semi;
        std::int64_t hardest = -1;
        const auto loss = [&](std::int64_t k) { return (distance[usize(a * n + p)] - distance[usize(a * n + k)]) + margin; };
        for (std::int64_t k = 0; k < n; ++k) {
          const std::int32_t other = cells.label[usize(k)];
          if (other < 0 || other == label) continue;
          if (!cells.related.empty() && cells.related[usize(label) * usize(cells.n_labels) + usize(other)] != 0) continue;
          ++out.viable;
          if (!(loss(k) > 0)) continue;
          hard.push_back(k);
          if (loss(k) < margin) semi.push_back(k);
          if (hardest < 0 || loss(k) > loss(hardest)) hardest = k;
        }
        out.hard += isize(hard.size());
        const auto& some = choose == negatives::semihard ? semi : hard;
        const auto take = [&](std::int64_t k) {
          out.found.push_back({static_cast<std::int32_t>(a), static_cast<std::int32_t>(p), static_cast<std::int32_t>(k)});
        };
        if (some.empty()) continue;
        if (choose == negatives::hardest)
          take(hardest);
        else if (choose == negatives::all_hard)
          for (const std::int64_t k : hard) take(k);
        else
          take(some[usize(
              random.below(isize(some.size()), cells.id[usize(a)], static_cast<std::uint64_t>(cells.id[usize(p)])))]);
      }
}

inline namespace HWY_NAMESPACE {
inline namespace TEPUI_BF16_PAIRS {

/// Working memory of mine_triplets, that only grows: 64 rows of products, and a second copy of the embedding.
template <class Real>
struct triplet_room {
  /// A cell that may be the positive of an anchor, and its squared distance from it.
  struct partner {
    std::int64_t cell;
    Real distance;
  };
  gemm_room<Real> product;
  packed_factor<precision::float32, Real> every_cell;
  buffer_in<host, Real> anchor, squares, block, left_out, near;
  buffer_in<host, std::int32_t> place;
  std::vector<std::int64_t> begin, member;
  std::vector<partner> positive;
};

/// Cells by label, in the order of the batch.            out    member: cells of label l from begin[l] to begin[l + 1]
inline void group_by_label(std::span<const std::int32_t> label, std::int32_t n_labels, std::vector<std::int64_t>& begin,
                           std::vector<std::int64_t>& member) {
  // Counts lie two further, so that filling leaves the begins in their places.
  begin.assign(usize(n_labels) + 2, 0);
  for (const std::int32_t l : label)
    if (l >= 0) ++begin[usize(l) + 2];
  for (std::size_t l = 1; l < begin.size(); ++l) begin[l] += begin[l - 1];
  member.resize(usize(begin.back()));
  for (std::size_t c = 0; c < label.size(); ++c)
    if (label[c] >= 0) member[usize(begin[usize(label[c]) + 1]++)] = isize(c);
}

/// Mines triplets of a batch: anchor and positive have one label and two studies, the negative has a label that is not
/// related to theirs. Distances are squared Euclidean ones.
/// in     embedding [cells, dims], finite; cells: what is known of them, labels below n_labels; margin above 0; random:
///        of this step
/// out    triplets and counts. A cell without a label (below 0) is in none; one without a study is no anchor and no
///        positive. Two cells are a pair once, the first of them is the anchor. No pair, or none with a cell too near: no
///        triplets
/// ties   hardest: the first cell of the batch; a loss of exactly 0, or (semihard) of exactly the margin, is not taken
/// random the draw of a pair hangs on the ids of its two cells; it chooses among its candidates in the order of the batch
/// order  distances from one matrix product, |a|^2 + |b|^2 - 2 ab, as gemm sums them: off by about 1e-7 (|a|^2 + |b|^2)
/// cost   2 cells^2 dims operations; each anchor's distances are read once, and for each pair those again that are too
///        near for the farthest positive of the anchor; nothing is allocated once room and out have grown
/// repeat bit-equal on one kind of processor; double, and processors without vectors: plain loops
/// source Schroff et al. 2015 (FaceNet); across studies and with an ontology: Heimberg et al. 2025 (SCimilarity)
template <class Real>
void mine_triplets(std::span<const Real> embedding, std::int64_t dims, const triplet_cells& cells, Real margin,
                   negatives choose, const draws& random, triplet_room<Real>& room, mined_triplets& out) {
  constexpr std::int64_t rows_at_once = 64;
  constexpr Real beyond = std::numeric_limits<Real>::infinity();
  out.found.clear();
  out.pairs = out.viable = out.hard = 0;
  const std::int64_t n = isize(cells.label.size());
  const auto grown = [](auto& memory, std::int64_t size) {
    if (isize(memory.size()) < size) memory.resize(usize(size));
    return memory.data();
  };
  group_by_label(cells.label, cells.n_labels, room.begin, room.member);
  constexpr auto padding = static_cast<std::int64_t>(simd::lanes32);
  Real *const anchor = grown(room.anchor, rows_at_once * dims), *const squares = grown(room.squares, n),
              *const block = grown(room.block, rows_at_once * n), *const left_out = grown(room.left_out, n),
              *const near = grown(room.near, n + padding);
  std::int32_t* const place = grown(room.place, n + padding);
  for (std::int64_t c = 0; c < n; ++c) {
    double sum = 0;
    for (std::int64_t k = 0; k < dims; ++k) {
      const auto v = static_cast<double>(embedding[usize(c * dims + k)]);
      sum += v * v;
    }
    squares[c] = static_cast<Real>(sum);
  }
  if (n > 0) room.every_cell.pack({embedding.data(), 1, dims}, dims, n);

  const auto take = [&](std::int64_t a, std::int64_t p, std::int32_t k) {
    out.found.push_back({static_cast<std::int32_t>(a), static_cast<std::int32_t>(p), k});
  };
  const auto mine_anchor = [&](std::int64_t a, std::span<const std::int64_t> later, const Real* product,
                               std::int64_t n_negatives) {
    room.positive.clear();
    Real farthest = -beyond;
    for (const std::int64_t p : later) {
      if (!cells.study.empty()) {
        const std::int32_t s = cells.study[usize(a)], t = cells.study[usize(p)];
        if (s < 0 || t < 0 || s == t) continue;
      }
      room.positive.push_back({p, (-2 * product[p] + squares[p]) + squares[a]});
      farthest = std::max(farthest, room.positive.back().distance);
    }
    if (room.positive.empty()) return;
    out.pairs += isize(room.positive.size());
    out.viable += n_negatives * isize(room.positive.size());
    const std::size_t kept = keep_near(product, squares, left_out, squares[a], farthest, margin, usize(n), near, place);
    if (kept == 0) return;
    const near_cells<Real> row{near, kept, margin, choose == negatives::semihard ? margin : beyond};
    for (const auto& [p, from] : room.positive) {
      std::int64_t hard = 0, wanted = 0;
      row.count(from, hard, wanted);
      out.hard += hard;
      if (wanted == 0) continue;
      if (choose == negatives::hardest)
        take(a, p, place[row.hardest(from)]);
      else if (choose == negatives::all_hard)
        for (std::size_t k = 0; k < kept; ++k) {
          if ((from - near[k]) + margin > 0) take(a, p, place[k]);
        }
      else
        take(a, p,
             place[row.nth(from, random.below(wanted, cells.id[usize(a)], static_cast<std::uint64_t>(cells.id[usize(p)])))]);
    }
  };

  for (std::int32_t label = 0; label < cells.n_labels; ++label) {
    const auto of_label =
        std::span(room.member)
            .subspan(usize(room.begin[usize(label)]), usize(room.begin[usize(label) + 1] - room.begin[usize(label)]));
    if (of_label.size() < 2) continue;
    std::int64_t n_negatives = 0;
    for (std::int64_t c = 0; c < n; ++c) {
      const std::int32_t other = cells.label[usize(c)];
      const bool out_of_it =
          other < 0 || other == label ||
          (!cells.related.empty() && cells.related[usize(label) * usize(cells.n_labels) + usize(other)] != 0);
      left_out[c] = out_of_it ? beyond : Real{0};
      n_negatives += out_of_it ? 0 : 1;
    }
    for (std::size_t at = 0; at < of_label.size(); at += usize(rows_at_once)) {
      const std::size_t some = std::min(usize(rows_at_once), of_label.size() - at);
      for (std::size_t r = 0; r < some; ++r)
        std::copy_n(embedding.data() + of_label[at + r] * dims, dims, anchor + isize(r) * dims);
      gemm<precision::float32, Real>(static_cast<std::int64_t>(some), n, dims, {anchor, dims, 1}, room.every_cell, block, n,
                                     into::overwrite, room.product);
      for (std::size_t r = 0; r < some; ++r)
        mine_anchor(of_label[at + r], of_label.subspan(at + r + 1), block + isize(r) * n, n_negatives);
    }
  }
}

}  // namespace TEPUI_BF16_PAIRS
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernel
