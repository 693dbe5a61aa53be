#pragma once
/// Reads a cell as the gene programs that are active in it, the most active first.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/kernel/program_sum.hpp>
#include <tepui/kernel/simd/row_order.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/tokenize/programs_of_genes.hpp>
#include <tepui/tokenize/slots.hpp>

namespace tepui::tokenize {

/// Gene programs that know their columns: what `programs` and `learned_programs` become. A token is a program's number.
/// in     counts [cells, genes], any scale         out    tokens, ragged, <= slots a cell; channel value: activity
/// value  mean of the cell's values over all genes of the program, those not expressed as 0; no token unless above 0
/// order  activity, highest first                  ties   lower program first, also for who is kept
/// empty  no tokens                                errors bad_option: slots <= 0; bad_data: another number of genes
/// cost   O(memberships of expressed genes + programs) per cell       repeat bit-equal everywhere
template <std::int32_t Slots = usual_slots>
struct bound_programs {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "programs";
  static consteval bool check_shape() {
    static_assert(Slots > 0,
                  "tepui: a tokenizer needs at least one slot, or no cell could have a token; give Slots any number above 0");
    return Slots > 0;
  }
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;

  std::string bound_from = "hand";          ///< description of the stage that made it
  std::vector<std::string> program_name;    ///< [programs]
  std::vector<std::int32_t> n_members;      ///< [programs] genes of the program that are columns
  std::vector<std::int64_t> gene_begin{0};  ///< [genes + 1] positions in program
  std::vector<std::int32_t> program;        ///< [memberships] programs of each gene, ascending
  std::int32_t slots = Slots;

  struct scratch {
    std::vector<double> sum;
    std::vector<float> activity;
    std::vector<std::int32_t> order;
    kernel::program_sum_room sum_room;
    kernel::simd::row_order_room order_room;
  };

  /// in     members [programs] columns in [0, n_genes), any order, repeats count once; names [programs]
  [[nodiscard]] static bound_programs of(std::vector<std::vector<std::int32_t>> members, std::vector<std::string> names,
                                         std::int32_t n_genes, std::int32_t slots, std::string bound_from) {
    bound_programs out;
    out.bound_from = std::move(bound_from);
    out.program_name = std::move(names);
    out.slots = slots;
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;  // gene, program
    for (std::size_t p = 0; p < members.size(); ++p) {
      auto& genes = members[p];
      std::sort(genes.begin(), genes.end());
      genes.erase(std::unique(genes.begin(), genes.end()), genes.end());
      out.n_members.push_back(static_cast<std::int32_t>(genes.size()));
      for (const std::int32_t g : genes) pairs.emplace_back(g, static_cast<std::int32_t>(p));
    }
    list_programs_of_genes(std::move(pairs), n_genes, out.gene_begin, out.program);
    return out;
  }

  [[nodiscard]] std::int32_t n_programs() const { return static_cast<std::int32_t>(n_members.size()); }
  [[nodiscard]] std::string describe() const { return bound_from; }
  static void each_array(auto& self, auto&& visit) {
    visit("bound_from", self.bound_from);
    visit("program_name", self.program_name);
    visit("n_members", self.n_members);
    visit("gene_begin", self.gene_begin);
    visit("program", self.program);
    visit("slots", self.slots);
  }

  void operator()(const auto& in, auto& out, scratch& room, const kernel::draws&) const {
    check_slots(name, slots);
    check_programs_of_genes(gene_begin, in.n_genes);
    out.clear();
    out.n_vocabulary = n_programs();
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      const auto values = in.values_of(c);
      room.sum.resize(n_members.size());
      room.activity.resize(n_members.size());
      kernel::program_sum(std::span<const std::int64_t>(gene_begin), std::span<const std::int32_t>(program), genes, values, room.sum_room,
                          std::span<double>(room.sum));
      for (std::size_t p = 0; p < n_members.size(); ++p)
        room.activity[p] = room.sum[p] > 0 ? static_cast<float>(room.sum[p] / n_members[p]) : 0.0F;
      kernel::simd::row_order(std::span<const float>(room.activity), slots, room.order_room, room.order);
      for (const std::int32_t p : room.order) out.add_token(p, room.activity[usize(p)]);
      out.end_cell();
    }
  }
};

static_assert(is_stage<bound_programs<>>);

}  // namespace tepui::tokenize
