#pragma once
/// UCE reads a sample of a cell's genes chromosome by chromosome, as they lie in the genome.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/chromosomes.hpp>
#include <tepui/tokenize/composition/cut.hpp>
#include <tepui/tokenize/composition/special.hpp>
#include <tepui/tokenize/expression/values.hpp>
#include <tepui/tokenize/identity/named.hpp>

namespace tepui::system {

/// <cls>, then for each chromosome, in an order drawn for the cell: its own token, its genes by start, <close>. `Sample`
/// genes are drawn with replacement by log(1 + count).
/// ids    of genes: the table of protein vectors (`words`); 0 padding, 2 close, 3 cls, 143,574 + c chromosome c, counted
///        in the order of all names of chromosomes in `positions`
/// note   genes without a position are drawn and then left out; the original has none such
/// source Rosen et al. 2023 (UCE)
template <std::int32_t Sample = 1024>
struct uce {
  static constexpr std::string_view name = "uce";
  static constexpr std::array needs{
      need{file::vocabulary, "the row of each gene in the table of protein vectors: {\"A1BG\": 4, ...}"},
      need{file::positions, "where genes lie: a table with chromosome, start and gene_symbol, or ensembl_id"}};
  using writes = channels<>;
  static constexpr bool writes_mask = true;
  vocabulary words{};
  gene_positions positions{};
  std::int32_t slots = 1536;
  double min_share = 0.5;
  std::int32_t id_of_close = 2, id_of_cls = 3, id_of_first_chromosome = 143574;

  [[nodiscard]] padding pads(std::int32_t) const { return {}; }
  [[nodiscard]] auto stages() const {
    namespace c = tokenize::composition;
    vocabulary all;  // its own special tokens first: the first of two equal names counts
    all.source = words.source;
    const auto add = [&](std::string word, std::int32_t id) {
      all.name.push_back(std::move(word));
      all.id.push_back(id);
    };
    add("<cls>", id_of_cls);
    add("<close>", id_of_close);
    std::vector<std::string> chromosomes = positions.chromosome;
    std::sort(chromosomes.begin(), chromosomes.end());
    chromosomes.erase(std::unique(chromosomes.begin(), chromosomes.end()), chromosomes.end());
    for (std::size_t i = 0; i < chromosomes.size(); ++i)
      add("<open " + chromosomes[i] + ">", id_of_first_chromosome + static_cast<std::int32_t>(i));
    all.name.insert(all.name.end(), words.name.begin(), words.name.end());
    all.id.insert(all.id.end(), words.id.begin(), words.id.end());
    return compose(tokenizer_of(
        tokenize::identity::named{all, min_share}, expression_{},
        c::in_sequence(c::weighted_sample<Sample, c::drawn::as_drawn>{}, c::by_chromosome<>{positions, false, min_share},
                       c::truncate<>{slots_beside(name, slots, 1)}, c::first{.tokens = {"<cls>"}, .values = {}})));
  }

 private:
  struct expression_ : tokenize::expression::unsaid {
    using takes = port::counts<scale::raw>;
  };
};

static_assert(published<uce<>>);

}  // namespace tepui::system
