#pragma once
/// What a simulated corpus is made of: how many cells and genes, which types, how deep, how noisy.

#include <cstdint>
#include <sstream>
#include <string>

#include <tepui/flow/error.hpp>
#include <tepui/flow/number_text.hpp>

namespace tepui::simulate {

/// The settings of a simulated corpus. The defaults are set so that a study has something to find: a classifier that knows
/// every parameter makes few mistakes, untrained features make many, and learned features need thousands of cells.
struct corpus_options {
  std::uint64_t seed = 0;
  std::int64_t cells = 20'000;
  std::int32_t genes = 2'000;

  std::int32_t types = 14;      ///< leaves of the tree of cell types
  std::int32_t lineages = 4;    ///< branches at the root; twigs of two types go round them
  double rarest_share = 0.006;  ///< share of the rarest type; shares fall geometrically from the most common one

  std::int32_t programs_per_node = 2;  ///< gene programs that each lineage, twig and type switches on
  std::int32_t genes_per_program = 50;
  double lineage_effect = 0.9;  ///< mean log fold change of a program's genes, by the level that switches it on
  double twig_effect = 0.9;
  double type_effect = 0.5;
  std::int32_t shared_programs = 8;  ///< programs that stand on in about a third of the types, whatever the lineage
  double shared_effect = 0.5;
  std::int32_t state_programs = 2;  ///< programs that come and go in cells of every type (cycle, stress): at most 4
  double state_share = 0.25;        ///< share of cells in which each of them is on
  double state_effect = 0.6;

  double depth = 720;              ///< mean counts a cell, before dropout
  double depth_spread = 0.4;       ///< standard deviation of log depth
  double expression_spread = 1.2;  ///< standard deviation of the genes' log mean expression
  double dispersion = 4;           ///< size of the negative binomial: variance = mean + mean^2 / dispersion
  double dropout = 0.2;            ///< chance that a gene of vanishing mean is lost in a cell; falls with the gene's mean

  std::int32_t batches = 4;
  std::int32_t donors = 8;    ///< each donor lies in one batch
  double batch_effect = 0.2;  ///< standard deviation of the genes' log fold changes
  double donor_effect = 0.1;

  std::int32_t perturbations = 0;  ///< 0: every cell is a control
  double control_share = 0.3;      ///< share of unperturbed cells where there are perturbations
  double knockdown = 0.2;          ///< what is left of the direct target's expression
  std::int32_t programs_per_perturbation = 3;
  double downstream_effect = 0.6;  ///< log fold change of the genes of a program that a perturbation shifts, up or down

  /// Everything that determines the corpus, in one line.
  [[nodiscard]] std::string describe() const;
  /// errors  bad_option, one sentence, for a setting that no corpus can have
  void check() const;
};

inline std::string corpus_options::describe() const {
  std::ostringstream out;
  out << "simulated(seed " << seed << ", cells " << cells << ", genes " << genes << ", types " << types << ", lineages "
      << lineages << ", rarest " << shortest(rarest_share) << ", programs " << programs_per_node << "x" << genes_per_program
      << ", effects " << shortest(lineage_effect) << "/" << shortest(twig_effect) << "/" << shortest(type_effect) << ", shared "
      << shared_programs << "x" << shortest(shared_effect) << ", states " << state_programs << "x" << shortest(state_share)
      << "x" << shortest(state_effect) << ", depth " << shortest(depth) << "/" << shortest(depth_spread) << ", expression "
      << shortest(expression_spread) << ", dispersion " << shortest(dispersion) << ", dropout " << shortest(dropout)
      << ", batches " << batches << "x" << shortest(batch_effect) << ", donors " << donors << "x" << shortest(donor_effect);
  if (perturbations > 0)
    out << ", perturbations " << perturbations << ", controls " << shortest(control_share) << ", knockdown "
        << shortest(knockdown) << ", downstream " << programs_per_perturbation << "x" << shortest(downstream_effect);
  out << ")";
  return out.str();
}

inline void corpus_options::check() const {
  const auto within = [](const char* name, double value, double low, double high) {
    if (value >= low && value <= high) return;  // written so that NaN is refused too
    std::ostringstream out;
    out << "simulate: " << name << " is " << value << ", but must lie in [" << low << ", " << high << "]; choose a value there";
    throw bad_option(out.str());
  };
  within("cells", static_cast<double>(cells), 0, 1e15);
  within("genes", genes, 1, 1e6);
  within("types", types, 1, 10'000);
  within("lineages", lineages, 1, (types + 1) / 2);
  within("rarest_share", rarest_share, 0, 1.0 / types);
  within("programs_per_node", programs_per_node, 0, 100);
  within("genes_per_program", genes_per_program, 1, genes);
  within("lineage_effect", lineage_effect, 0, 5);
  within("twig_effect", twig_effect, 0, 5);
  within("type_effect", type_effect, 0, 5);
  within("shared_programs", shared_programs, 0, 1000);
  within("shared_effect", shared_effect, 0, 5);
  within("state_programs", state_programs, 0, 4);
  within("state_share", state_share, 0, 1);
  within("state_effect", state_effect, 0, 5);
  within("depth", depth, 1, 1e5);
  within("depth_spread", depth_spread, 0, 1);
  within("expression_spread", expression_spread, 0, 3);
  within("dispersion", dispersion, 0.05, 50);
  within("dropout", dropout, 0, 0.95);
  within("batches", batches, 1, 10'000);
  within("donors", donors, batches, 10'000);
  within("batch_effect", batch_effect, 0, 2);
  within("donor_effect", donor_effect, 0, 2);
  within("perturbations", perturbations, 0, genes);
  within("control_share", control_share, 0, 1);
  within("knockdown", knockdown, 0, 100);
  within("programs_per_perturbation", programs_per_perturbation, 0, 100);
  within("downstream_effect", downstream_effect, 0, 5);
}

}  // namespace tepui::simulate
