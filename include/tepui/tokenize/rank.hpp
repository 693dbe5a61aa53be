#pragma once
/// Reads a cell as its genes in order of expression, the most expressed first.

#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/kernel/row_topk.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/tokenize/slots.hpp>

namespace tepui::tokenize {

/// Orders a cell's genes by value, highest first, and keeps the first `slots`. A token is a gene's column.
/// in     counts [cells, genes], any scale         out    tokens, ragged, <= slots a cell; channel value: what ranked the gene
/// ties   lower gene index first, also for who is kept    zeros  give no token       empty  no tokens
/// errors bad_option: slots <= 0 at run time (in the type it does not compile)
/// cost   O(genes expressed + slots log slots) per cell   repeat bit-equal everywhere
/// source Theodoris et al. 2023 (Geneformer) when normalise and gene_medians stand before it; there the order of ties depends
///        on the processor, and the values are float64 where ours are rounded to float32 between stages
template <std::int32_t Slots = usual_slots>
struct rank {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "rank";
  static consteval bool check_shape() {
    static_assert(
        Slots > 0,
        "tepui: a tokenizer needs at least one slot, or no cell could have a token; write rank<2048>, or any number above 0");
    return Slots > 0;
  }
  using takes = port::any_counts;
  using gives = port::tokens<channel::value>;

  std::int32_t slots = Slots;

  struct scratch {
    kernel::topk_room order;
  };

  [[nodiscard]] std::string describe() const { return "rank(" + std::to_string(slots) + ")"; }
  static void each_array(auto& self, auto&& visit) { visit("slots", self.slots); }

  void operator()(const auto& in, auto& out, scratch& room, const kernel::draws&) const {
    check_slots(name, slots);
    out.clear();
    out.n_vocabulary = in.n_genes;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      kernel::row_topk(in.values_of(c), slots, room.order);
      for (const auto& [value, at] : room.order) out.add_token(genes[usize(at)], static_cast<float>(value));
      out.end_cell();
    }
  }
};

static_assert(is_stage<rank<>>);

}  // namespace tepui::tokenize
